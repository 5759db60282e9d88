/** Who is in the room, as data: follows the manifest, the events and the packets. */
import { Participant } from "./participant.js";

export class Room extends EventTarget {
  people = new Map(); // id -> Participant
  selfId = null;

  constructor(connection) {
    super();
    connection.addEventListener("manifest", ({ detail }) => this.#begin(detail.manifest));
    connection.addEventListener("packet", ({ detail }) => this.#packet(detail));
    connection.addEventListener("event", ({ detail }) => this.#event(detail));
    connection.addEventListener("state", ({ detail }) => detail.state !== "open" && this.#end());
  }

  get self() {
    return this.people.get(this.selfId) ?? null;
  }

  #begin(manifest) {
    this.#end();
    this.selfId = manifest.participant;
    this.#join(manifest.participant, manifest.name, manifest.role);
    for (const { id, name, role } of manifest.participants) this.#join(id, name, role);
  }

  #packet(packet) {
    const person = this.people.get(packet.participant) ?? this.#join(packet.participant, "", "publisher");
    person.add(packet, packet.nowMs);
  }

  #event({ kind, participant, name, role, track, clockOffsetUs }) {
    const person = this.people.get(participant);
    if (kind === "joined") this.#join(participant, name, role);
    else if (kind === "left") this.#leave(participant);
    else if (kind === "lost_face") person?.endFace(track);
    else if (kind === "clock" && person) person.clockOffsetUs = Number(clockOffsetUs);
  }

  #join(id, name, role) {
    const known = this.people.get(id);
    if (known) return known;
    const person = new Participant(id, name, role);
    this.people.set(id, person);
    this.dispatchEvent(new CustomEvent("joined", { detail: person }));
    return person;
  }

  #leave(id) {
    if (this.people.delete(id)) this.dispatchEvent(new CustomEvent("left", { detail: id }));
  }

  #end() {
    for (const id of [...this.people.keys()]) this.#leave(id);
    this.selfId = null;
  }
}

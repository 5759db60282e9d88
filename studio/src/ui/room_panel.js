/** The room: its name, your name, who is there, and the link that brings another browser in. */
import { LIMITS } from "../../../server/page/wire_tables.js";
import { make, setText } from "./dom.js";

const ADJECTIVES = ["amber", "brisk", "calm", "clear", "coral", "eager", "gentle", "keen", "lucid", "merry", "quiet", "swift"];
const ANIMALS = ["badger", "crane", "falcon", "fox", "heron", "ibis", "lynx", "marten", "otter", "raven", "seal", "wren"];

export class RoomPanel {
  #people;
  #entries = new Map(); // id -> {state, rate}
  #room;
  #name;
  #link;

  /** `onJoin(room, name)` and `onInvite()` are called when the user asks for it. */
  constructor(container, { onJoin, onInvite }) {
    this.#room = make("input", { id: "room", maxlength: LIMITS.room_characters, required: true, autocomplete: "off", spellcheck: "false" });
    this.#name = make("input", { id: "name", maxlength: LIMITS.name_characters, autocomplete: "nickname", placeholder: "as others see you" });
    this.#link = make("output", { class: "link", id: "invite-link" });
    this.#people = make("ul", { class: "people", "aria-label": "Participants" });
    const submit = (event) => {
      event.preventDefault();
      if (this.#room.value.trim()) onJoin(this.#room.value.trim(), this.#name.value.trim());
    };
    container.append(
      make("form", { class: "region", onsubmit: submit }, make("h3", {}, "Room"),
        make("label", { for: "room" }, "Room name"), this.#room,
        make("label", { for: "name" }, "Your name"), this.#name,
        make("button", { type: "submit", class: "primary" }, "Enter the room")),
      make("section", { class: "region" }, make("h3", {}, "Invite"),
        make("p", { class: "hint" }, "Whoever opens this link sees your character, and you see theirs. No picture leaves your machine but to this server."),
        this.#link, make("button", { type: "button", onclick: onInvite }, "Copy the link")),
      make("section", { class: "region" }, make("h3", {}, "Participants"), this.#people),
    );
  }

  fill(room, name, link) {
    this.#room.value = room;
    this.#name.value = name;
    this.#link.textContent = link;
  }

  /** List the participants: [{id, name, isSelf, doing, rate}]. */
  show(people) {
    const ids = new Set(people.map(({ id }) => id));
    for (const [id, { row }] of this.#entries) {
      if (ids.has(id)) continue;
      row.remove();
      this.#entries.delete(id);
    }
    for (const person of people) {
      const entry = this.#entries.get(person.id) ?? this.#add(person);
      setText(entry.name, person.isSelf ? `${person.name} (you)` : person.name);
      setText(entry.doing, person.doing);
      entry.row.classList.toggle("live", person.isLive);
    }
  }

  #add({ id }) {
    const name = make("b", {});
    const doing = make("span", {});
    const row = make("li", { "data-participant": id }, make("i", { class: "dot" }), name, doing);
    this.#people.append(row);
    this.#entries.set(id, { row, name, doing });
    return this.#entries.get(id);
  }
}

/** A room that nobody else is in by chance: "calm-otter-407". */
export function inventRoom(random = Math.random) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  return `${pick(ADJECTIVES)}-${pick(ANIMALS)}-${100 + Math.floor(random() * 900)}`;
}

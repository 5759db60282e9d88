/** One publisher of the room as the page shows it: its clock, its faces, and what its packets tell. */
import { PLAYBACK, PlaybackClock } from "./clock.js";
import { FaceInterpolator } from "./interpolator.js";
import { RateMeter } from "../net/meter.js";

export class Participant {
  clock = new PlaybackClock();
  clockOffsetUs = null; // server clock minus this participant's, from the event `clock`
  packet = null; // the newest
  packets = new RateMeter();
  missing = 0;
  received = 0;
  #faces = new Map(); // track -> FaceInterpolator

  constructor(id, name, role) {
    this.id = id;
    this.name = name || `participant ${id}`;
    this.role = role;
  }

  /** Take a packet; `nowMs` is its arrival. */
  add(packet, nowMs) {
    const gap = this.packet ? packet.sequence - this.packet.sequence : 1;
    if (gap > 1 && gap < 1000) this.missing += gap - 1;
    this.received++;
    this.packet = packet;
    this.packets.add(nowMs);
    const timeMs = this.clock.add(packet.captureTimeUs, nowMs);
    const captureTimeMs = Number(packet.captureTimeUs) / 1000;
    for (const face of packet.faces) {
      if (!this.#faces.has(face.track)) this.#faces.set(face.track, new FaceInterpolator());
      this.#faces.get(face.track).add(timeMs, { ...face, presence: 1, captureTimeMs });
    }
  }

  /** A face's id will not come again. */
  endFace(track) {
    this.#faces.get(track)?.end();
  }

  /** The faces at a moment of the local clock, the longest known first. Faces long gone are forgotten. */
  facesAt(nowMs) {
    this.clock.advance(nowMs);
    const shown = [];
    for (const [track, interpolator] of this.#faces) {
      if (interpolator.silenceAt(this.clock) > PLAYBACK.removeMs) this.#faces.delete(track);
      else shown.push(interpolator.show(this.clock, nowMs));
    }
    return shown;
  }

  /** The face that the character wears: a present one first, of those the one tracked longest; null when none. */
  mainFaceAt(nowMs) {
    const faces = this.facesAt(nowMs);
    return faces.find((face) => face.presence > 0.5) ?? faces[0] ?? null;
  }

  /** Whether packets with a face come. */
  get isSeen() {
    return this.packet !== null && this.packet.faces.length > 0;
  }
}

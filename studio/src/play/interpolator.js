/**
 * One face at any moment from its snapshots: interpolated between two, held and then faded to neutral where nothing
 * comes, cross-faded at breaks. It never snaps and never goes back. Times are milliseconds.
 */
import { PLAYBACK } from "./clock.js";
import { fadeToNeutral, interpolateFaces, makeNeutralFace } from "./face.js";

const CAPACITY = 64; // one second at 60 packets a second, twice the longest delay

export class FaceInterpolator {
  #snapshots = []; // {timeMs, face}, in order of time
  #usedUntil = -Infinity;
  #shown = makeNeutralFace();
  #blendStart = this.#shown;
  #blendBegan = -Infinity;
  #silence = Infinity; // so that the first face is crossed over to from rest
  #holdMs = PLAYBACK.holdMs;
  #jumps = 0;

  get newestMs() {
    return this.#snapshots.at(-1)?.timeMs ?? -Infinity;
  }

  /** Keep a snapshot; one that comes twice, or too late to be shown, is refused: false. */
  add(timeMs, face) {
    if (timeMs <= this.#usedUntil) return false;
    let place = this.#snapshots.length;
    while (place > 0 && this.#snapshots[place - 1].timeMs >= timeMs) {
      place--;
      if (this.#snapshots[place].timeMs === timeMs) return false;
    }
    this.#snapshots.splice(place, 0, { timeMs, face });
    if (this.#snapshots.length > CAPACITY) this.#snapshots.shift();
    return true;
  }

  /** The face will not come again: it fades at once. */
  end() {
    this.#holdMs = Math.min(this.#holdMs, this.#silence);
  }

  /** How long the clock has been without this face. */
  silenceAt(clock) {
    const beyond = clock.positionMs - this.newestMs;
    return beyond < 0 ? 0 : beyond + clock.starvedMs;
  }

  /** The face at the clock's position; `nowMs` is the local time that the clock was advanced to. */
  show(clock, nowMs) {
    const before = this.#findBefore(clock.positionMs);
    if (before < 0) return this.#shown;
    const { face, silence } = this.#read(before, clock);
    const isBack = silence === 0 && this.#silence > Math.min(PLAYBACK.jumpMs, this.#holdMs);
    if (isBack || clock.jumps !== this.#jumps) {
      this.#blendStart = { ...this.#shown };
      this.#blendBegan = nowMs;
      this.#holdMs = PLAYBACK.holdMs;
    }
    this.#silence = silence;
    this.#jumps = clock.jumps;
    this.#shown = this.#compose(face, nowMs);
    this.#snapshots.splice(0, before);
    return this.#shown;
  }

  #findBefore(position) {
    let index = this.#snapshots.length - 1;
    while (index >= 0 && this.#snapshots[index].timeMs > position) index--;
    return index;
  }

  #read(before, clock) {
    const first = this.#snapshots[before];
    const second = this.#snapshots[before + 1];
    const gap = second ? second.timeMs - first.timeMs : 0;
    if (!second || gap > PLAYBACK.jumpMs) {
      this.#usedUntil = Math.max(first.timeMs, clock.positionMs);
      return { face: first.face, silence: clock.positionMs - first.timeMs + clock.starvedMs };
    }
    this.#usedUntil = second.timeMs;
    const amount = (clock.positionMs - first.timeMs) / gap;
    return { face: interpolateFaces(first.face, second.face, amount), silence: 0 };
  }

  #compose(face, nowMs) {
    const shown = fadeToNeutral(face, ease((this.#silence - this.#holdMs) / PLAYBACK.fadeMs));
    const blended = (nowMs - this.#blendBegan) / PLAYBACK.blendMs;
    if (blended >= 1) return shown;
    const mixed = { ...interpolateFaces(this.#blendStart, shown, ease(blended)), track: face.track };
    if (this.#blendStart.presence === 0) mixed.captureTimeMs = face.captureTimeMs; // rest is of no moment
    return mixed;
  }
}

/** Go from 0 to 1 with a soft start and end. */
function ease(amount) {
  const t = Math.max(0, Math.min(1, amount));
  return t * t * (3 - 2 * t);
}

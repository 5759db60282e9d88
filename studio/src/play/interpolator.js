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
  #live = null; // the face as it was read last, before fades
  #liveMs = 0; // the clock's position then
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
    const { face: read, silence } = this.#read(before, clock);
    const isBack = silence === 0 && this.#silence > Math.min(PLAYBACK.jumpMs, this.#holdMs);
    const isBreak = isBack || clock.jumps !== this.#jumps;
    const face = isBreak ? read : this.#withPeaks(read, before, clock.positionMs);
    if (isBreak) {
      this.#blendStart = { ...this.#shown };
      this.#blendBegan = nowMs;
      this.#holdMs = PLAYBACK.holdMs;
    }
    this.#silence = silence;
    this.#jumps = clock.jumps;
    this.#live = face;
    this.#liveMs = clock.positionMs;
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

  /**
   * Where pictures come rarer than packets, show the extreme that lay between: a blink of one packet must not fall
   * between two pictures. As in the Unity core's SnapshotInterpolator.
   */
  #withPeaks(face, before, position) {
    const first = Math.max(1, this.#findBefore(position - PLAYBACK.jumpMs) + 1);
    const snapshots = this.#snapshots;
    const isSlower =
      first < before ||
      (first === before && position - this.#liveMs > snapshots[before].timeMs - snapshots[before - 1].timeMs);
    if (!this.#live || before < 1 || !isSlower) return face;
    const passed = snapshots.slice(first, before + 1).map((each) => each.face);
    const peaks = (key) => farthest(face[key], this.#live[key], passed.map((each) => each[key]));
    return { ...face, blendshapes: peaks("blendshapes"), actionUnits: peaks("actionUnits") };
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

/** Of each number the passed value that lies farthest outside of what was shown and what comes, else what comes. */
function farthest(coming, shown, passed) {
  return coming.map((value, index) => {
    const low = Math.min(value, shown[index]);
    const high = Math.max(value, shown[index]);
    let [chosen, reach] = [value, 0];
    for (const each of passed) {
      const outside = Math.max(each[index] - high, low - each[index]);
      if (outside > reach) [chosen, reach] = [each[index], outside];
    }
    return chosen;
  });
}

/** Go from 0 to 1 with a soft start and end. */
function ease(amount) {
  const t = Math.max(0, Math.min(1, amount));
  return t * t * (3 - 2 * t);
}

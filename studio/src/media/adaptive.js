/**
 * What a slow network is given: steps from the size and rate that the user chose down to a small, rare picture.
 * Two signs count: pictures that still wait in the browser when the next is due, and pings that take longer than the
 * shortest did, since they travel behind the pictures. The server's own work plays no part. Going down is quick, going
 * up is slow. Pure: no clock, no socket.
 */
export const STEPS = Object.freeze([
  { scale: 1, rate: 1, quality: 0.85 },
  { scale: 1, rate: 1, quality: 0.7 },
  { scale: 0.75, rate: 1, quality: 0.7 },
  { scale: 0.75, rate: 0.66, quality: 0.65 },
  { scale: 0.5, rate: 0.5, quality: 0.65 },
  { scale: 0.375, rate: 0.33, quality: 0.55 },
]);
const SLOW_MS = 250; // of queue before a ping: more is felt
const FAST_MS = 100;
const SLOW_SHARE = 0.5; // of pictures that found another one waiting
const FAST_SHARE = 0.2;
const PING_GAIN = 0.5; // a ping a second
const FRAME_GAIN = 0.08;
const DOWN_EVERY_MS = 1500;
const UP_AFTER_MS = 5000;

export class Adaptive {
  step = 0;
  queueMs = 0;
  waitingShare = 0;
  #changedMs = -Infinity;
  #goodSinceMs = null;

  /** What to send now. */
  get setting() {
    return STEPS[this.step];
  }

  /** Learn from a ping how much longer it took than the shortest. Returns whether the step changed. */
  ping(queueMs, nowMs) {
    this.queueMs += (queueMs - this.queueMs) * PING_GAIN;
    return this.#judge(nowMs);
  }

  /** Learn whether the picture before still waited in the browser when one was due. Returns whether the step changed. */
  frame(isWaiting, nowMs) {
    this.waitingShare += ((isWaiting ? 1 : 0) - this.waitingShare) * FRAME_GAIN;
    return this.#judge(nowMs);
  }

  /** Begin at the top again, for another server or another choice of the user. */
  reset() {
    this.step = 0;
    this.#forget();
    this.#changedMs = -Infinity;
    this.#goodSinceMs = null;
  }

  #judge(nowMs) {
    if (this.queueMs > SLOW_MS || this.waitingShare > SLOW_SHARE) {
      this.#goodSinceMs = null;
      return this.step < STEPS.length - 1 && nowMs - this.#changedMs >= DOWN_EVERY_MS && this.#change(1, nowMs);
    }
    const isGood = this.queueMs < FAST_MS && this.waitingShare < FAST_SHARE;
    this.#goodSinceMs = isGood ? (this.#goodSinceMs ?? nowMs) : null;
    if (!isGood || this.step === 0 || nowMs - this.#goodSinceMs < UP_AFTER_MS) return false;
    this.#goodSinceMs = nowMs;
    return this.#change(-1, nowMs);
  }

  #change(by, nowMs) {
    this.step += by;
    this.#changedMs = nowMs;
    if (by > 0) this.#forget(); // the new step is judged by its own pictures
    return true;
  }

  #forget() {
    this.queueMs = 0;
    this.waitingShare = 0;
  }
}

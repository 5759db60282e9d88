/**
 * Sends the pictures of a source: at most one is being encoded or waits in the browser, and never more are unanswered
 * than the way to the server needs. Everything else is skipped, so nothing grows old in a queue.
 */
import { nowUs } from "../net/clock_sync.js";
import { RateMeter, Spread } from "../net/meter.js";
import { Adaptive } from "./adaptive.js";
import { SendWindow } from "./window.js";

export class Publisher extends EventTarget {
  adaptive = new Adaptive();
  window = new SendWindow();
  sentRate = new RateMeter();
  answerMs = new Spread();
  skipped = 0; // pictures that came while one was still on its way out
  sentSize = null; // {width, height} of the last picture
  #connection;
  #worker;
  #encoding = null; // {sequence, captureMs, picture}
  #sequence = 0;
  #nextDueMs = 0;

  constructor(connection) {
    super();
    this.#connection = connection;
    this.#worker = new Worker(new URL("./encoder_worker.js", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }) => (data.tick ? this.dispatchEvent(new Event("tick")) : this.#encoded(data));
    connection.addEventListener("state", () => this.#restart());
    connection.addEventListener("clock", () => this.#learnQueue());
    connection.addEventListener("notice", ({ detail }) => detail.sequence != null && this.#forget(detail.sequence));
  }

  /** Ask for the event "tick" every `ms`, also while the page is hidden; 0 ends it. */
  tick(ms) {
    this.#worker.postMessage({ tickMs: ms });
  }

  /**
   * Offer what a source shows now; it is sent if it is due and nothing is in the way. `limits` are the user's
   * choice: the longest side in pixels and the rate.
   */
  async offer(element, sizeWh, captureMs, limits) {
    const nowMs = performance.now();
    if (this.#connection.state !== "open") return;
    const rate = Math.min(limits.rate, this.#connection.manifest.limits.frames_per_second) * this.adaptive.setting.rate;
    const stepMs = 1000 / rate;
    if (nowMs < this.#nextDueMs - stepMs / 4) return; // a source's frames never fall exactly when they are due
    if (!this.#mayGo(nowMs, rate)) {
      this.skipped++;
      return;
    }
    this.#nextDueMs = Math.max(this.#nextDueMs, nowMs - stepMs) + stepMs;
    this.#sequence++;
    const mine = { sequence: this.#sequence, captureMs, picture: null };
    this.#encoding = mine;
    try {
      await this.#encode(mine, element, fitSize(sizeWh, limits.longSide * this.adaptive.setting.scale));
    } catch (error) {
      if (this.#encoding === mine) this.#encoding = null;
      if (error.name !== "InvalidStateError") throw error; // a source that just ended has no picture
    }
  }

  /** Take an answer to a frame of ours: when it was captured and what it showed, or null when it is unknown. */
  answered(packet, nowMs) {
    const entry = this.window.answer(packet.sequence);
    if (!entry) return null;
    this.answerMs.add(nowMs - entry.sentMs);
    return entry;
  }

  /** Begin anew after the user chose another source, size or rate. */
  reset() {
    this.adaptive.reset();
    this.#nextDueMs = 0;
  }

  #mayGo(nowMs, rate) {
    const isWaiting = this.#connection.bufferedBytes > 0;
    if (this.adaptive.frame(isWaiting, nowMs)) this.#changed();
    if (this.#encoding || isWaiting) return false;
    this.window.forgetOld(nowMs);
    return this.window.size < SendWindow.limit((this.#connection.clock.roundTripUs ?? 0) / 1000, rate);
  }

  async #encode(mine, element, [width, height]) {
    const picture = await createImageBitmap(element, { resizeWidth: width, resizeHeight: height, resizeQuality: "medium" });
    if (this.#encoding !== mine) {
      picture.close();
      return;
    }
    const copy = await createImageBitmap(picture); // the worker takes one, the preview keeps the other
    mine.picture = picture;
    this.sentSize = { width, height };
    const captureTimeUs = Math.min(nowUs(), Math.round(mine.captureMs * 1000));
    const message = { sequence: mine.sequence, captureTimeUs, picture: copy, quality: this.adaptive.setting.quality };
    this.#worker.postMessage(message, [copy]);
  }

  #encoded({ sequence, bytes, failure }) {
    const mine = this.#encoding;
    if (mine?.sequence !== sequence) return;
    this.#encoding = null;
    if (failure) {
      mine.picture.close();
      this.dispatchEvent(new CustomEvent("failure", { detail: failure }));
      return;
    }
    const nowMs = performance.now();
    if (!this.#connection.send(bytes)) {
      mine.picture.close();
      return;
    }
    this.sentRate.add(nowMs);
    this.window.add(sequence, nowMs, mine.captureMs, mine.picture);
  }

  #learnQueue() {
    if (this.sentRate.perSecond(performance.now()) === 0) return; // nothing of ours can stand in the way
    if (this.adaptive.ping(this.#connection.clock.queueUs / 1000, performance.now())) this.#changed();
  }

  #forget(sequence) {
    this.window.answer(sequence)?.picture?.close();
  }

  #restart() {
    this.window.clear();
    this.#encoding?.picture?.close();
    this.#encoding = null;
    this.adaptive.reset();
  }

  #changed() {
    this.dispatchEvent(new Event("adapted"));
  }
}

/** Fit a size into a longest side, even and never enlarged: [width, height]. */
export function fitSize([width, height], longSide) {
  const scale = Math.min(1, longSide / Math.max(width, height));
  const even = (value) => Math.max(2, 2 * Math.round((value * scale) / 2));
  return [even(width), even(height)];
}

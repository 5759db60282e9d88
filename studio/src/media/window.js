/** The frames that were sent and not answered yet, with their pictures: so few that nothing ever queues. */
const FORGET_MS = 2500; // an answer that did not come by then was dropped

export class SendWindow {
  sent = 0;
  answered = 0;
  dropped = 0;
  #pending = new Map(); // sequence -> {sentMs, captureMs, picture}

  get size() {
    return this.#pending.size;
  }

  /** How many may be under way: one on the wire and one at work, more where the way is long. */
  static limit(roundTripMs, rate) {
    return Math.min(8, 1 + Math.max(1, Math.ceil((roundTripMs / 1000) * rate)));
  }

  /** Note a frame that goes out. The picture is closed when it is not needed any more. */
  add(sequence, sentMs, captureMs, picture) {
    this.sent++;
    this.#pending.set(sequence, { sentMs, captureMs, picture });
    this.forgetOld(sentMs);
  }

  /** Take the frame that an answer belongs to; older ones will not be answered any more. Null when unknown. */
  answer(sequence) {
    const found = this.#pending.get(sequence) ?? null;
    for (const [other, entry] of this.#pending) {
      if (other > sequence) break;
      this.#pending.delete(other);
      if (other === sequence) continue;
      this.dropped++;
      entry.picture?.close();
    }
    if (found) this.answered++;
    return found;
  }

  /** Give up frames whose answers did not come in time. */
  forgetOld(nowMs) {
    for (const [sequence, entry] of this.#pending) {
      if (nowMs - entry.sentMs < FORGET_MS) break;
      this.#pending.delete(sequence);
      this.dropped++;
      entry.picture?.close();
    }
  }

  /** Forget all, for a new connection. */
  clear() {
    for (const entry of this.#pending.values()) entry.picture?.close();
    this.#pending.clear();
  }
}

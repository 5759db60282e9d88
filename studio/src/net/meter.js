/** Counts per second, and smoothed values with their high end. Times are milliseconds. */
const WINDOW_MS = 2000;

export class RateMeter {
  #events = []; // [timeMs, amount]

  add(nowMs, amount = 1) {
    this.#events.push([nowMs, amount]);
    this.#trim(nowMs);
  }

  /** The amount per second over the last two seconds. */
  perSecond(nowMs) {
    this.#trim(nowMs);
    let total = 0;
    for (const [, amount] of this.#events) total += amount;
    return total / (WINDOW_MS / 1000);
  }

  #trim(nowMs) {
    let old = 0;
    while (old < this.#events.length && this.#events[old][0] <= nowMs - WINDOW_MS) old++;
    if (old > 0) this.#events.splice(0, old);
  }
}

/** The mean and the 95th percentile of the last values. */
export class Spread {
  #values = [];
  #capacity;

  constructor(capacity = 120) {
    this.#capacity = capacity;
  }

  add(value) {
    this.#values.push(value);
    if (this.#values.length > this.#capacity) this.#values.shift();
  }

  get mean() {
    return this.#values.length ? this.#values.reduce((a, b) => a + b, 0) / this.#values.length : null;
  }

  get p95() {
    if (!this.#values.length) return null;
    const sorted = [...this.#values].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))];
  }

  clear() {
    this.#values = [];
  }
}

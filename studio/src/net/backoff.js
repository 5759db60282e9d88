/** How long to wait before connecting again: 1 s, 2 s, ... 30 s, with some chance in it. */
const FIRST_S = 1;
const LONGEST_S = 30;

export class Backoff {
  #tries = 0;

  /** The next pause in ms; `random` 0..1 spreads it over -25 %..+25 %. */
  next(random = Math.random()) {
    const pause = Math.min(LONGEST_S, FIRST_S * 2 ** this.#tries);
    this.#tries++;
    return 1000 * pause * (0.75 + 0.5 * random);
  }

  reset() {
    this.#tries = 0;
  }
}

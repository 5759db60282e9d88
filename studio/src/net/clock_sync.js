/** The server's clock against the page's, from pings: of the last ten the one with the shortest round trip counts. */
const REMEMBERED = 10; // as proto/SPEC.md, "Clocks"

export class ClockSync {
  #samples = [];

  /** Server clock minus the page's in us, or null before the first pong. */
  get offsetUs() {
    return this.#best?.offsetUs ?? null;
  }

  /** The shortest round trip of the last pongs in us, or null. */
  get roundTripUs() {
    return this.#best?.roundTripUs ?? null;
  }

  /** How much longer the newest ping took to the server than the quickest, in us: it waited behind pictures. */
  get queueUs() {
    if (this.#samples.length === 0) return 0;
    return this.#samples.at(-1).upUs - Math.min(...this.#samples.map(({ upUs }) => upUs));
  }

  /** Learn from a pong that came at `arrivalUs` of the page's clock; false when its times are impossible. */
  add(pong, arrivalUs) {
    const sent = Number(pong.clientTimeUs);
    const inside = Number(pong.sendTimeUs - pong.receiveTimeUs);
    const roundTripUs = arrivalUs - sent - inside;
    if (inside < 0 || roundTripUs < 0) return false;
    const offset = (pong.receiveTimeUs - BigInt(sent) + (pong.sendTimeUs - BigInt(arrivalUs))) / 2n;
    // With an unknown offset in it, the same in all samples.
    const upUs = Number(pong.receiveTimeUs - pong.clientTimeUs);
    this.#samples.push({ offsetUs: Number(offset), roundTripUs, upUs });
    if (this.#samples.length > REMEMBERED) this.#samples.shift();
    return true;
  }

  get #best() {
    return this.#samples.reduce((best, each) => (!best || each.roundTripUs < best.roundTripUs ? each : best), null);
  }
}

/** The page's monotonic clock in whole microseconds. */
export function nowUs() {
  return Math.round(performance.now() * 1000);
}

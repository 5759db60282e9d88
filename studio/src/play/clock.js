/**
 * Which moment of a stream is shown: behind the arrivals by an adaptive delay, corrected by playing a few per cent
 * faster or slower, standing still where nothing is there, never going back. Times are milliseconds.
 * The same rules and constants as unity_client/Runtime/Core/Time/PlaybackClock.cs and ArrivalMeter.cs.
 */
export const PLAYBACK = Object.freeze({
  minimumDelayMs: 20,
  maximumDelayMs: 500,
  jitterFactor: 3, // covers 95 % of exponential jitter and all of uniform
  speedLimit: 0.05,
  jumpMs: 250,
  holdMs: 400,
  fadeMs: 600,
  blendMs: 150,
  removeMs: 3000,
});
const BREAK_MS = 1000; // a step of the publisher's clock that no network explains
const RESPONSE_MS = 500; // an error of this size would be corrected at double speed

/** Measure how packets arrive: interval, jitter (RFC 3550, 6.4.1), and the shortest transit of the last 64. */
export class ArrivalMeter {
  intervalMs = 1000 / 30;
  jitterMs = 10;
  baseTransitMs = 0;
  #transits = [];
  #lastTimeMs = 0;

  restart() {
    this.#transits = [];
  }

  add(timeMs, arrivalMs) {
    const transit = arrivalMs - timeMs;
    if (this.#transits.length > 0) {
      const change = Math.min(250, Math.abs(transit - this.#transits.at(-1)));
      this.jitterMs += (change - this.jitterMs) / 16;
      this.intervalMs += (Math.min(250, timeMs - this.#lastTimeMs) - this.intervalMs) / 16;
    }
    this.#lastTimeMs = timeMs;
    this.#transits.push(transit);
    if (this.#transits.length > 64) this.#transits.shift();
    this.baseTransitMs = Math.min(...this.#transits);
  }
}

/** The playback clock of one participant. */
export class PlaybackClock {
  positionMs = 0;
  newestMs = 0;
  starvedMs = 0;
  jumps = 0;
  running = false;
  meter = new ArrivalMeter();
  #originUs = 0n;
  #shiftMs = 0;
  #lastArrivalMs = -Infinity;
  #lastAdvanceMs = 0;

  /** The delay aimed at, behind the fastest arrival. */
  get delayMs() {
    const delay = this.meter.intervalMs + PLAYBACK.jitterFactor * this.meter.jitterMs;
    return Math.max(PLAYBACK.minimumDelayMs, Math.min(PLAYBACK.maximumDelayMs, delay));
  }

  /** Take a packet's capture time (BigInt, us) and give its stream time; a publisher that began anew goes on. */
  add(captureTimeUs, arrivalMs) {
    if (!this.running) this.#originUs = captureTimeUs;
    let time = Number(captureTimeUs - this.#originUs) / 1000 + this.#shiftMs;
    const elapsed = Math.max(0, Math.min(1e9, arrivalMs - this.#lastArrivalMs));
    if (this.running && (time < this.newestMs - BREAK_MS || time > this.newestMs + elapsed + BREAK_MS)) {
      const goesOn = this.newestMs + Math.max(elapsed, this.meter.intervalMs);
      this.#shiftMs += goesOn - time;
      time = goesOn;
      this.meter.restart();
    }
    if (!this.running) this.#start(time, arrivalMs);
    if (time > this.newestMs || this.#lastArrivalMs === -Infinity) {
      this.meter.add(time, arrivalMs);
      this.newestMs = time;
      this.#lastArrivalMs = arrivalMs;
    }
    return time;
  }

  /** Play on to a moment of the local clock. */
  advance(nowMs) {
    const elapsed = nowMs - this.#lastAdvanceMs;
    if (!this.running || elapsed <= 0) return;
    this.#lastAdvanceMs = nowMs;
    let position = this.#follow(nowMs - this.meter.baseTransitMs - this.delayMs, elapsed);
    if (position >= this.newestMs) {
      this.starvedMs += this.positionMs < this.newestMs ? position - this.newestMs : elapsed;
      position = Math.max(this.positionMs, this.newestMs);
    } else {
      this.starvedMs = 0;
    }
    this.positionMs = position;
  }

  #start(time, arrivalMs) {
    this.running = true;
    this.newestMs = time;
    this.#lastAdvanceMs = arrivalMs;
    this.positionMs = time - this.delayMs;
  }

  #follow(target, elapsed) {
    const played = this.positionMs + elapsed;
    const error = target - played;
    const reachable = Math.min(target, this.newestMs);
    if (error > PLAYBACK.jumpMs && reachable > this.positionMs + PLAYBACK.jumpMs) {
      this.jumps++;
      return reachable;
    }
    const speed = Math.max(-PLAYBACK.speedLimit, Math.min(PLAYBACK.speedLimit, error / RESPONSE_MS));
    return played + elapsed * speed;
  }
}

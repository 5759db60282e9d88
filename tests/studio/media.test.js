/** What a slow network is given, and how many frames may be under way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Adaptive, STEPS } from "../../studio/src/media/adaptive.js";
import { SendWindow } from "../../studio/src/media/window.js";
import { Backoff } from "../../studio/src/net/backoff.js";
import { ClockSync } from "../../studio/src/net/clock_sync.js";
import { RateMeter, Spread } from "../../studio/src/net/meter.js";

/** Drive for some seconds at 30 frames and one ping a second. */
function drive(adaptive, fromS, seconds, { queueMs, waiting }) {
  for (let i = 0; i < seconds * 30; i++) {
    const now = fromS * 1000 + (i * 1000) / 30;
    adaptive.frame(waiting, now);
    if (i % 30 === 0) adaptive.ping(queueMs, now);
  }
}

test("a good network keeps what the user chose", () => {
  const adaptive = new Adaptive();
  drive(adaptive, 0, 60, { queueMs: 5, waiting: false });
  assert.deepEqual(adaptive.setting, { scale: 1, rate: 1, quality: 0.85 });
});

for (const [name, state] of Object.entries({ "pings that queue": { queueMs: 900, waiting: false }, "pictures that wait": { queueMs: 5, waiting: true } })) {
  test(`${name} lower quality, then size and rate, step by step`, () => {
    const adaptive = new Adaptive();
    drive(adaptive, 0, 4, state);
    assert.ok(adaptive.step >= 1 && adaptive.step < STEPS.length - 1, `step ${adaptive.step}`);
    drive(adaptive, 4, 30, state);
    assert.equal(adaptive.step, STEPS.length - 1);
  });
}

test("a network that recovered is given more again, slowly", () => {
  const adaptive = new Adaptive();
  drive(adaptive, 0, 30, { queueMs: 900, waiting: true });
  drive(adaptive, 30, 4, { queueMs: 5, waiting: false });
  assert.ok(adaptive.step >= STEPS.length - 2);
  drive(adaptive, 34, 60, { queueMs: 5, waiting: false });
  assert.equal(adaptive.step, 0);
});

test("each step sends less than the one before", () => {
  const cost = STEPS.map(({ scale, rate, quality }) => scale * scale * rate * quality);
  for (let i = 1; i < cost.length; i++) assert.ok(cost[i] < cost[i - 1]);
});

test("a close server has two frames under way, a far one as many as its way needs", () => {
  assert.equal(SendWindow.limit(1, 30), 2);
  assert.equal(SendWindow.limit(100, 30), 4);
  assert.equal(SendWindow.limit(5000, 60), 8);
});

test("an answer frees its frame and counts those that were passed over", () => {
  const closed = [];
  const picture = (name) => ({ close: () => closed.push(name) });
  const window = new SendWindow();
  for (const [i, name] of ["a", "b", "c"].entries()) window.add(i + 1, i * 30, i * 30, picture(name));
  assert.equal(window.answer(2).captureMs, 30);
  assert.deepEqual([window.size, window.answered, window.dropped, closed], [1, 1, 1, ["a"]]);
  assert.equal(window.answer(2), null);
  window.forgetOld(60000);
  assert.deepEqual([window.size, window.dropped, closed], [0, 2, ["a", "c"]]);
});

test("the pause before coming back doubles up to half a minute", () => {
  const backoff = new Backoff();
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7].map(() => backoff.next(0.5)), [1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  backoff.reset();
  assert.equal(backoff.next(0), 750);
});

test("the server's clock comes from the quickest pong, the queue from the way there", () => {
  const clock = new ClockSync();
  const pong = (sent, up, inside) => ({ clientTimeUs: BigInt(sent), receiveTimeUs: BigInt(sent + 3900000 + up), sendTimeUs: BigInt(sent + 3900000 + up + inside) });
  assert.ok(clock.add(pong(5100000, 400, 50), 5100850));
  assert.deepEqual([clock.offsetUs, clock.roundTripUs, clock.queueUs], [3900000, 800, 0]);
  clock.add(pong(6100000, 300400, 50), 6400850);
  assert.deepEqual([clock.offsetUs, clock.roundTripUs, clock.queueUs], [3900000, 800, 300000]);
  assert.equal(clock.add(pong(7100000, 400, 50), 7100000), false);
});

test("rates look two seconds back, spreads at the last values", () => {
  const meter = new RateMeter();
  for (let now = 0; now < 3000; now += 100) meter.add(now, 5);
  assert.equal(meter.perSecond(2900), 50);
  assert.equal(meter.perSecond(9000), 0);
  const spread = new Spread(100);
  assert.equal(spread.p95, null);
  for (let i = 0; i < 200; i++) spread.add(i);
  assert.deepEqual([spread.mean, spread.p95], [149.5, 195]);
});

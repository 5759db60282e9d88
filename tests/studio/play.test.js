/** Interpolation: the clock never goes back, follows jitter, and a face never snaps. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BLENDSHAPES } from "../../server/page/wire_tables.js";
import { PLAYBACK, PlaybackClock } from "../../studio/src/play/clock.js";
import { eulerDegrees, fadeToNeutral, interpolateFaces, makeNeutralFace, mirrorFace, slerp } from "../../studio/src/play/face.js";
import { FaceInterpolator } from "../../studio/src/play/interpolator.js";
import { Participant } from "../../studio/src/play/participant.js";

const JAW = BLENDSHAPES.indexOf("jawOpen");

function faceWith(jaw, changes = {}) {
  const face = { ...makeNeutralFace(), track: 1, presence: 1, ...changes };
  face.blendshapes = face.blendshapes.map((_, index) => (index === JAW ? jaw : 0));
  return face;
}

function turned(axis, degrees) {
  const half = (degrees * Math.PI) / 360;
  return Float64Array.of(...[0, 1, 2].map((i) => (i === axis ? Math.sin(half) : 0)), Math.cos(half));
}

/** Random numbers that are the same each time. */
function makeRandom(seed) {
  return () => (seed = (seed * 16807) % 2147483647) / 2147483647;
}

/** Play packets {captureMs, arrivalMs} at 60 Hz; gives [nowMs, positionMs] of each frame. */
function play(packets, endMs, onFrame = () => {}) {
  const clock = new PlaybackClock();
  const frames = [];
  let next = 0;
  for (let now = 0; now < endMs; now += 1000 / 60) {
    for (; next < packets.length && packets[next].arrivalMs <= now; next++) {
      packets[next].timeMs = clock.add(BigInt(Math.round(packets[next].captureMs * 1000)), packets[next].arrivalMs);
    }
    clock.advance(now);
    onFrame(clock, now, next);
    if (clock.running) frames.push([now, clock.positionMs]);
  }
  return { clock, frames };
}

function stream(count, intervalMs, delay) {
  return Array.from({ length: count }, (_, i) => ({ captureMs: 5e6 + i * intervalMs, arrivalMs: 100 + i * intervalMs + delay(i) }));
}

test("an even stream is shown one interval and a little jitter late", () => {
  const { clock, frames } = play(stream(300, 1000 / 30, () => 0), 10000);
  const [now, position] = frames.at(-10);
  const late = now - 100 - position;
  assert.ok(late >= 1000 / 30 && late < 60, `${late} ms late`);
  assert.equal(clock.jumps, 0);
});

test("the clock never goes back, whatever the arrivals are", () => {
  const random = makeRandom(7);
  const packets = stream(300, 1000 / 30, () => random() * 180).sort((a, b) => a.arrivalMs - b.arrivalMs);
  const { frames } = play(packets, 11000);
  for (let i = 1; i < frames.length; i++) assert.ok(frames[i][1] >= frames[i - 1][1], `at ${frames[i][0]} ms`);
});

test("the delay grows with jitter and stays below its limit", () => {
  const random = makeRandom(3);
  const calm = play(stream(300, 1000 / 30, () => 0), 10000).clock.delayMs;
  const rough = play(stream(300, 1000 / 30, () => random() * 100), 10000).clock.delayMs;
  const wild = play(stream(300, 1000 / 30, () => random() * 900).sort((a, b) => a.arrivalMs - b.arrivalMs), 10000).clock.delayMs;
  assert.ok(rough > calm + 40, `${calm} -> ${rough}`);
  assert.ok(wild <= PLAYBACK.maximumDelayMs);
});

test("a publisher that began anew, with another clock, goes on", () => {
  const first = stream(60, 1000 / 30, () => 0);
  const second = stream(60, 1000 / 30, () => 0).map((each) => ({ captureMs: each.captureMs - 4e6, arrivalMs: each.arrivalMs + 2500 }));
  const { frames } = play([...first, ...second], 5500);
  for (let i = 1; i < frames.length; i++) assert.ok(frames[i][1] >= frames[i - 1][1]);
  assert.ok(frames.at(-1)[1] > 3500);
});

test("what is shown between two packets lies between them and moves evenly", () => {
  const packets = stream(120, 100, () => 0);
  const interpolator = new FaceInterpolator();
  let fed = 0;
  const shown = [];
  play(packets, 9000, (clock, now, count) => {
    for (; fed < count; fed++) interpolator.add(packets[fed].timeMs, faceWith(fed / 120));
    if (fed > 0) shown.push(interpolator.show(clock, now).blendshapes[JAW]);
  });
  const steps = shown.slice(60).map((value, index, all) => value - (all[index - 1] ?? value - 1 / 720));
  assert.ok(Math.min(...steps) >= 0, "goes back");
  assert.ok(Math.max(...steps) < 2 / 720, `a step of ${Math.max(...steps)}`);
});

test("a face that comes no more is held, then fades to rest, and is forgotten", () => {
  const person = new Participant(1, "Ada", "both");
  const packet = (i) => ({ sequence: i, captureTimeUs: BigInt(i) * 33333n, timingsMs: [], faces: [faceWith(0.8)] });
  for (let i = 0; i < 30; i++) person.add(packet(i), i * 33.333);
  const jawAt = (fromMs, toMs) => {
    let face = null;
    for (let now = fromMs; now <= toMs; now += 16) face = person.mainFaceAt(now);
    return face?.blendshapes[JAW] ?? null;
  };
  assert.ok(Math.abs(jawAt(0, 1000) - 0.8) < 1e-6, "shown");
  assert.ok(Math.abs(jawAt(1000, 1300) - 0.8) < 1e-6, "held");
  const fading = jawAt(1300, 1750);
  assert.ok(fading > 0.05 && fading < 0.75, `fading: ${fading}`);
  assert.ok(jawAt(1750, 2400) < 1e-6, "at rest");
  assert.equal(jawAt(2400, 5000), null);
});

test("a blink between two rare pictures is shown", () => {
  const clock = new PlaybackClock();
  const interpolator = new FaceInterpolator();
  const shown = [];
  for (let i = 0; i < 90; i++) {
    const now = i * 33.333;
    interpolator.add(clock.add(BigInt(Math.round(now * 1000)), now), faceWith(i === 60 ? 1 : 0)); // one packet of 33 ms
    if (i % 4 !== 3) continue; // a picture every 133 ms
    clock.advance(now);
    shown.push(interpolator.show(clock, now).blendshapes[JAW]);
  }
  assert.ok(Math.max(...shown) > 0.99, `the highest shown is ${Math.max(...shown)}`);
  assert.equal(shown.filter((value) => value > 0.5).length, 1);
  assert.equal(shown.at(-1), 0);
});

test("pictures as frequent as packets get no peaks of their own", () => {
  const clock = new PlaybackClock();
  const interpolator = new FaceInterpolator();
  for (let i = 0; i < 90; i++) {
    const now = i * 33.333;
    interpolator.add(clock.add(BigInt(Math.round(now * 1000)), now), faceWith(i / 90));
    for (const part of [0, 16]) {
      clock.advance(now + part);
      const value = interpolator.show(clock, now + part).blendshapes[JAW];
      assert.ok(value <= i / 90 + 1e-9, `${value} is ahead of packet ${i}`);
    }
  }
});

test("a late or doubled snapshot is refused", () => {
  const clock = new PlaybackClock();
  const interpolator = new FaceInterpolator();
  for (const i of [0, 1, 2, 3]) interpolator.add(clock.add(BigInt(i * 100000), i * 100), faceWith(0.1 * i));
  clock.advance(500);
  interpolator.show(clock, 500);
  assert.equal(interpolator.add(300, faceWith(1)), false);
  assert.equal(interpolator.add(-50, faceWith(1)), false);
  assert.equal(interpolator.add(400, faceWith(1)), true);
});

test("a rotation takes the shorter way and keeps its length", () => {
  const half = slerp(turned(1, 10), turned(1, 50).map((each) => -each), 0.5);
  const euler = eulerDegrees(half);
  assert.ok(Math.abs(euler.yaw - 30) < 1e-6);
  assert.ok(Math.abs(Math.hypot(...half) - 1) < 1e-12);
});

test("angles have the signs of the specification", () => {
  assert.ok(Math.abs(eulerDegrees(turned(1, 20)).yaw - 20) < 1e-9);
  assert.ok(Math.abs(eulerDegrees(turned(0, -15)).pitch - 15) < 1e-9);
  assert.ok(Math.abs(eulerDegrees(turned(2, 25)).roll - 25) < 1e-9);
});

test("a mirrored face swaps its sides, and mirrored twice it is the same", () => {
  const face = { ...faceWith(0.5), rotation: slerp(turned(1, 30), turned(2, 20), 0.5), gaze: Float64Array.of(0.1, 0.2, 0.3, 0.4) };
  face.blendshapes[BLENDSHAPES.indexOf("eyeBlinkLeft")] = 0.9;
  const other = mirrorFace(face);
  assert.equal(other.blendshapes[BLENDSHAPES.indexOf("eyeBlinkRight")], 0.9);
  assert.equal(other.blendshapes[BLENDSHAPES.indexOf("eyeBlinkLeft")], 0);
  const before = eulerDegrees(face.rotation);
  const after = eulerDegrees(other.rotation);
  assert.ok(Math.abs(before.yaw + after.yaw) < 1e-9 && Math.abs(before.roll + after.roll) < 1e-9 && Math.abs(before.pitch - after.pitch) < 1e-9);
  assert.deepEqual([...mirrorFace(other).blendshapes], [...face.blendshapes]);
  assert.deepEqual([...mirrorFace(other).gaze], [...face.gaze]);
});

test("fading all the way is rest; half way is half", () => {
  const face = faceWith(0.6, { rotation: turned(1, 40) });
  assert.ok(Math.abs(fadeToNeutral(face, 0.5).blendshapes[JAW] - 0.3) < 1e-9);
  assert.ok(Math.abs(eulerDegrees(fadeToNeutral(face, 0.5).rotation).yaw - 20) < 1e-6);
  assert.equal(fadeToNeutral(face, 1).blendshapes[JAW], 0);
  assert.equal(interpolateFaces(face, faceWith(0), 0.5).blendshapes[JAW], 0.3);
});

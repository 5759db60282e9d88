/** The page's decoder and encoder against the wire's vectors: valid ones give what their JSON says, invalid ones are refused. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { decodeServerMessage } from "../../studio/src/wire/decode.js";
import * as encode from "../../studio/src/wire/encode.js";
import { UnknownMessageError, WireError } from "../../studio/src/wire/errors.js";

const { Decoder } = createRequire(new URL("../../studio/package.json", import.meta.url))("@msgpack/msgpack");
const VECTORS = new URL("../../proto/vectors/", import.meta.url);
const TOLERANCE = 1e-6; // as proto/SPEC.md, "Vectors"

function load(kind, direction) {
  const folder = new URL(`${kind}/`, VECTORS);
  const names = readdirSync(folder).filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -5));
  return names
    .map((name) => ({
      name,
      bytes: new Uint8Array(readFileSync(new URL(`${name}.bin`, folder))),
      ...JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")),
    }))
    .filter((vector) => vector.direction === direction);
}

/** Compare a decoded value with a vector's: 64-bit integers are text there, bytes are hexadecimal. */
function assertSame(actual, expected, path) {
  if (typeof actual === "bigint") assert.equal(String(actual), String(expected), path);
  else if (actual instanceof Uint8Array) assert.equal(Buffer.from(actual).toString("hex"), expected, path);
  else if (ArrayBuffer.isView(actual)) assertSame([...actual], expected.flat(), path);
  else if (Array.isArray(actual)) {
    assert.equal(actual.length, expected.length, path);
    actual.forEach((each, index) => assertSame(each, expected[index], `${path}[${index}]`));
  } else if (typeof actual === "number" && typeof expected === "number") {
    assert.ok(Math.abs(actual - expected) <= TOLERANCE, `${path}: ${actual}, expected ${expected}`);
  } else assert.deepEqual(actual, expected, path);
}

const FACE_FIELDS = {
  track: "track", score: "score", box: "box", rotation: "quaternion", translation: "translation_m", gaze: "gaze_rad",
  blendshapes: "blendshapes", actionUnits: "action_units",
};
const CHECKS = {
  manifest({ manifest }, message) {
    for (const key of Object.keys(message)) {
      if (key === "participants") assertSame(manifest.participants.map((each) => [each.id, each.name, each.role]), message[key], key);
      else if (key in manifest && typeof message[key] !== "object") assert.equal(String(manifest[key]), String(message[key]), key);
      else if (key in manifest) assert.deepEqual(JSON.parse(JSON.stringify(manifest[key], plainIntegers)), message[key], key);
    }
    assert.equal(manifest.blendshapes.length, 52);
  },
  packet(packet, message) {
    const fields = { participant: "participant", sequence: "sequence", captureTimeUs: "capture_time_us", width: "width", height: "height",
      encoding: "encoding", landmarks: "landmarks", timingsMs: "timings_ms" };
    for (const [own, theirs] of Object.entries(fields)) assertSame(packet[own], message[theirs], theirs);
    assert.equal(packet.faces.length, message.faces.length);
    packet.faces.forEach((face, index) => checkFace(face, message.faces[index]));
  },
  event(event, message) {
    const { kind, participant, name, track, role, clockOffsetUs } = event;
    assert.deepEqual([kind, participant, name, track, role], [message.kind, message.participant, message.name, message.track, message.role]);
    if (clockOffsetUs !== null) assert.equal(String(clockOffsetUs), message.clock_offset_us);
  },
  neutral: ({ data }, message) => assertSame(data, message.data, "data"),
  pong(pong, message) {
    assert.equal(pong.id, message.id);
    assertSame([pong.clientTimeUs, pong.receiveTimeUs, pong.sendTimeUs], [message.client_time_us, message.receive_time_us, message.send_time_us], "pong");
  },
  error: ({ code, text, fatal, sequence }, message) => assert.deepEqual({ code, text, fatal, sequence }, message),
};

function checkFace(face, expected) {
  for (const [own, theirs] of Object.entries(FACE_FIELDS)) assertSame(face[own], expected[theirs], theirs);
  if (face.landmarks) assertSame(face.landmarks, expected.landmarks, "landmarks");
}

function plainIntegers(_, value) {
  return typeof value === "bigint" ? Number(value) : value;
}

for (const vector of load("valid", "server")) {
  test(`reads valid/${vector.name}`, () => {
    const decoded = decodeServerMessage(vector.bytes);
    assert.equal(decoded.type, vector.type);
    CHECKS[vector.type](decoded, vector.message);
  });
}

for (const vector of load("invalid", "server")) {
  test(`refuses invalid/${vector.name}`, () => {
    assert.throws(() => decodeServerMessage(vector.bytes), WireError, vector.why);
  });
}

test("tells an unknown message, which is ignored, from a broken one", () => {
  assert.throws(() => decodeServerMessage(Uint8Array.of(0x93, 0x63, 1, 2)), UnknownMessageError);
  assert.throws(() => decodeServerMessage(Uint8Array.of(0x93, 2, 1, 2)), (error) => !(error instanceof UnknownMessageError));
});

const big = (text) => (text === null || text === undefined ? null : BigInt(text));
const bytesOf = (text) => (text === null || text === undefined ? null : new Uint8Array(Buffer.from(text, "hex")));
const ENCODERS = {
  hello: (m) => encode.encodeHello(m.client, m.options, bytesOf(m.neutral), m.version),
  options: (m) => encode.encodeOptions(m.options),
  frame: (m) => encode.encodeFrame(m.sequence, big(m.capture_time_us), m.format, bytesOf(m.payload), m.width, m.height),
  calibrate: () => encode.encodeCalibrate(),
  set_neutral: (m) => encode.encodeSetNeutral(bytesOf(m.data)),
  ping: (m) => encode.encodePing(m.id, big(m.client_time_us), big(m.clock_offset_us), m.round_trip_us),
};

test("writes large times as integers, also where they are numbers", () => {
  const [, , clientTimeUs, offsetUs] = new Decoder({ useBigInt64: true }).decode(encode.encodePing(1, 5e9, -5e9, 800));
  assert.deepEqual([clientTimeUs, offsetUs], [5000000000n, -5000000000n]);
});

for (const vector of load("valid", "client").filter(({ canonical }) => canonical)) {
  test(`writes valid/${vector.name}`, () => {
    const written = ENCODERS[vector.type](vector.message);
    assert.equal(Buffer.from(written).toString("hex"), Buffer.from(vector.bytes).toString("hex"));
  });
}

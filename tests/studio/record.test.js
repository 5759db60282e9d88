/** The recorded file has Live Link Face's columns, and the words for faults cover all codes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BLENDSHAPES, ERRORS } from "../../server/page/wire_tables.js";
import { connectionWords, noticeWords } from "../../studio/src/net/plain_words.js";
import { makeNeutralFace } from "../../studio/src/play/face.js";
import { COLUMNS, timecode, writeCsv } from "../../studio/src/record/csv.js";

test("columns are Live Link Face's, in its order", () => {
  assert.equal(COLUMNS.length, 2 + 52 + 9);
  assert.deepEqual(COLUMNS.slice(0, 4), ["Timecode", "BlendShapeCount", "EyeBlinkLeft", "EyeLookDownLeft"]);
  assert.deepEqual(COLUMNS.slice(53, 57), ["TongueOut", "HeadYaw", "HeadPitch", "HeadRoll"]);
});

test("a row holds the weights and the angles in radians", () => {
  const face = makeNeutralFace();
  face.blendshapes[BLENDSHAPES.indexOf("jawOpen")] = 0.25;
  face.rotation = Float64Array.of(0, Math.sin(0.1), 0, Math.cos(0.1));
  face.gaze = Float64Array.of(0.1, 0.2, 0.3, 0.4);
  const [head, row, rest] = writeCsv([{ captureMs: 61000.5, face }], 1000).split("\r\n");
  assert.equal(rest, "");
  const value = (name) => row.split(",")[head.split(",").indexOf(name)];
  assert.equal(value("Timecode"), "00:01:00:00.030");
  assert.equal(value("BlendShapeCount"), "61");
  assert.equal(value("JawOpen"), "0.250000");
  assert.equal(value("HeadYaw"), "0.200000");
  assert.deepEqual(["LeftEyeYaw", "LeftEyePitch", "RightEyeYaw", "RightEyePitch"].map(value), ["0.100000", "0.200000", "0.300000", "0.400000"]);
});

test("time codes count sixty frames a second and never round up to a sixtieth frame", () => {
  assert.equal(timecode(0), "00:00:00:00.000");
  assert.equal(timecode(3723500), "01:02:03:30.000");
  assert.equal(timecode(999.999), "00:00:01:00.000");
  assert.equal(timecode(999.9), "00:00:00:59.994");
});

test("every error code of the protocol has words of its own", () => {
  for (const [code, { fatal }] of Object.entries(ERRORS)) {
    const words = fatal ? connectionWords(code).join(" ") : noticeWords(code, "");
    const otherwise = fatal ? connectionWords("later").join(" ").replace("later", code) : noticeWords("later", "");
    assert.ok(words.length > 20 && words !== otherwise, `${code}: ${words}`);
  }
  assert.match(connectionWords("later").join(" "), /later/);
  assert.match(noticeWords("later", "because"), /because/);
});

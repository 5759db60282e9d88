/** Names of shapes in the wild: ARKit, sides as suffixes, Ready Player Me, VRM of both versions. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BLENDSHAPES } from "../../server/page/wire_tables.js";
import { drive, matchShape, matchShapes } from "../../studio/src/character/match.js";

const nameOf = (text) => BLENDSHAPES[matchShape(text)] ?? null;
const toSides = (name) => name.replace(/Left$/, "_L").replace(/Right$/, "_R");
const weights = (changes) => BLENDSHAPES.map((name) => changes[name] ?? 0);

test("all 52 are found under each maker's spelling", () => {
  const spellings = {
    apple: (name) => name,
    sides: toSides,
    "sides with a dot": (name) => name.replace(/Left$/, ".L").replace(/Right$/, ".R"),
    capital: (name) => name[0].toUpperCase() + name.slice(1),
    snake: (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    shouting: (name) => name.toUpperCase(),
    "with the mesh's name": (name) => `Head_Mesh.${name}`,
    maya: (name) => `blendShape1.${toSides(name)}`,
    "with a prefix": (name) => `ARKit_${name}`,
  };
  for (const [maker, spell] of Object.entries(spellings)) {
    for (const name of BLENDSHAPES) assert.equal(nameOf(spell(name)), name, `${maker}: ${spell(name)}`);
  }
});

test("what is no shape of a face is not matched", () => {
  for (const name of ["hatBig", "Breathing", "eye", "Left", "mouthSmileLeftOver", "_", ""]) assert.equal(nameOf(name), null, name);
});

test("a Ready Player Me head: its shapes drive it, coarse ones are left alone, the rest is listed", () => {
  const { drivers, unmatched, missing } = matchShapes([...BLENDSHAPES, "viseme_aa", "viseme_O", "mouthOpen", "mouthSmile", "eyesClosed", "hatBig"]);
  assert.equal(Object.keys(drivers).length, 52);
  assert.deepEqual(unmatched, ["viseme_aa", "viseme_O", "mouthOpen", "mouthSmile", "eyesClosed", "hatBig"]);
  assert.deepEqual(missing, []);
});

test("a VRM with presets alone blinks, talks and looks", () => {
  const { drivers, unmatched } = matchShapes(["aa", "ih", "ou", "ee", "oh", "blink", "blinkLeft", "blinkRight", "happy", "relaxed", "neutral", "lookUp"]);
  assert.deepEqual(unmatched, ["ee", "blink", "relaxed", "neutral"]);
  assert.equal(drive(drivers.blinkLeft, weights({ eyeBlinkLeft: 0.8 })), 0.8);
  assert.equal(drive(drivers.blinkRight, weights({ eyeBlinkLeft: 0.8 })), 0);
  assert.equal(drive(drivers.aa, weights({ jawOpen: 0.5 })), 0.5);
  assert.equal(drive(drivers.happy, weights({ mouthSmileLeft: 1, mouthSmileRight: 1 })), 1);
});

test("VRM 0 presets have other names", () => {
  const { drivers } = matchShapes(["A", "O", "Blink_L", "Blink_R", "Joy"]);
  assert.deepEqual(Object.keys(drivers).sort(), ["A", "Blink_L", "Blink_R", "Joy", "O"]);
  assert.equal(drive(drivers.Blink_R, weights({ eyeBlinkRight: 1 })), 1);
});

test("one blink for both eyes closes with either, by half", () => {
  const { drivers } = matchShapes(["blink"]);
  assert.equal(drive(drivers.blink, weights({ eyeBlinkLeft: 1 })), 0.5);
  assert.equal(drive(drivers.blink, weights({ eyeBlinkLeft: 1, eyeBlinkRight: 1 })), 1);
});

test("a model without a face moves nothing and says so", () => {
  const { drivers, missing } = matchShapes(["hatBig"]);
  assert.deepEqual(drivers, {});
  assert.equal(missing.length, 52);
});

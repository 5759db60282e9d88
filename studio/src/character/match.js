/**
 * Which of a model's shapes are which of the 52. Names are compared without case, separators and common prefixes;
 * sides may be Left/Right or L/R at the end. Models without the 52 get the coarser VRM presets or visemes. Pure.
 */
import { BLENDSHAPES } from "../../../server/page/wire_tables.js";

const KEY_TO_INDEX = new Map(BLENDSHAPES.map((name, index) => [name.toLowerCase(), index]));
const PREFIXES = ["blendshape", "arkit", "morph", "shape", "face", "head", "bs"];
// Names that some makers use for the same shape.
const OTHER_NAMES = {
  browinnerupl: "browInnerUp", browinnerupr: "browInnerUp",
  browinnerupleft: "browInnerUp", browinnerupright: "browInnerUp", cheekpuffleft: "cheekPuff", cheekpuffright: "cheekPuff",
  tongue: "tongueOut", jawdrop: "jawOpen",
};
// Coarse shapes: preset or viseme -> [shape, weight] pairs, summed and kept within 0..1.
const COARSE = {
  blink: [["eyeBlinkLeft", 0.5], ["eyeBlinkRight", 0.5]],
  blinkleft: [["eyeBlinkLeft", 1]],
  blinkright: [["eyeBlinkRight", 1]],
  aa: [["jawOpen", 1]],
  ou: [["mouthPucker", 0.8]],
  oh: [["mouthFunnel", 1]],
  ih: [["mouthStretchLeft", 0.4], ["mouthStretchRight", 0.4]],
  happy: [["mouthSmileLeft", 0.5], ["mouthSmileRight", 0.5]],
  sad: [["mouthFrownLeft", 0.5], ["mouthFrownRight", 0.5]],
  angry: [["browDownLeft", 0.5], ["browDownRight", 0.5]],
  surprised: [["browInnerUp", 0.6], ["eyeWideLeft", 0.2], ["eyeWideRight", 0.2]],
  lookup: [["eyeLookUpLeft", 0.5], ["eyeLookUpRight", 0.5]],
  lookdown: [["eyeLookDownLeft", 0.5], ["eyeLookDownRight", 0.5]],
  lookleft: [["eyeLookOutLeft", 0.5], ["eyeLookInRight", 0.5]],
  lookright: [["eyeLookInLeft", 0.5], ["eyeLookOutRight", 0.5]],
  mouthopen: [["jawOpen", 1]],
  mouthsmile: [["mouthSmileLeft", 0.5], ["mouthSmileRight", 0.5]],
  eyesclosed: [["eyeBlinkLeft", 0.5], ["eyeBlinkRight", 0.5]],
};
// VRM 0 presets and Ready Player Me's visemes by the names above.
const COARSE_OTHER_NAMES = {
  a: "aa", i: "ih", u: "ou", o: "oh", joy: "happy", sorrow: "sad", blinkl: "blinkleft", blinkr: "blinkright",
  visemeaa: "aa", visemeo: "oh", visemeu: "ou", visemei: "ih",
};

/** The index 0..51 of the shape that a name means, or -1. */
export function matchShape(name) {
  const lower = name.toLowerCase();
  for (const candidate of candidates(lower)) {
    const index = KEY_TO_INDEX.get(candidate) ?? KEY_TO_INDEX.get(OTHER_NAMES[candidate]?.toLowerCase());
    if (index !== undefined) return index;
  }
  return -1;
}

function* candidates(lower) {
  const last = lower.split(/[.:|/]/).at(-1); // "head_mesh.jawOpen", "blendShape1|jawOpen"
  for (const text of new Set([lower, last])) {
    const plain = text.replace(/[^a-z0-9]/g, "");
    const sided = text.replace(/[_.\- ]l$/, "left").replace(/[_.\- ]r$/, "right").replace(/[^a-z0-9]/g, "");
    for (const word of [plain, sided]) {
      yield word;
      for (const prefix of PREFIXES) {
        const digits = word.slice(prefix.length).replace(/^\d+/, "");
        if (word.startsWith(prefix)) yield digits;
      }
    }
  }
}

/** The [index, weight] pairs that drive a coarse shape, or null. */
export function matchCoarse(name) {
  const plain = name.toLowerCase().replace(/^.*[.:|/]/, "").replace(/[^a-z0-9]/g, "");
  const pairs = COARSE[COARSE_OTHER_NAMES[plain] ?? plain];
  return pairs ? pairs.map(([shape, weight]) => [BLENDSHAPES.indexOf(shape), weight]) : null;
}

/**
 * Match a model's shapes. Returns drivers {name: [[index, weight], ...]}, the shapes of the model that nothing drives,
 * and the weights of the 52 that move nothing. Coarse shapes are used only for weights that no fine shape takes.
 */
export function matchShapes(names) {
  const drivers = {};
  const taken = new Set();
  for (const name of names) {
    const index = matchShape(name);
    if (index < 0) continue;
    drivers[name] = [[index, 1]];
    taken.add(index);
  }
  const fine = new Set(taken);
  for (const name of names) {
    const pairs = drivers[name] ? null : matchCoarse(name);
    if (!pairs || pairs.some(([index]) => fine.has(index)) || isDoubled(name, names)) continue;
    drivers[name] = pairs;
    pairs.forEach(([index]) => taken.add(index));
  }
  return {
    drivers,
    unmatched: names.filter((name) => !drivers[name]),
    missing: BLENDSHAPES.filter((_, index) => !taken.has(index)),
  };
}

/** "blink" closes both eyes: not used beside one blink for each eye. */
function isDoubled(name, names) {
  const both = /^(blink|eyesclosed)$/.test(name.toLowerCase());
  return both && names.some((other) => /blink_?(left|right|l|r)$/i.test(other));
}

/** The value 0..1 of a driven shape for given weights. */
export function drive(pairs, weights) {
  let value = 0;
  for (const [index, weight] of pairs) value += weights[index] * weight;
  return Math.min(1, value);
}

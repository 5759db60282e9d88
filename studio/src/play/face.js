/** One face at one moment, and what can be done with it: blend, fade, mirror. Pure functions. */
import { ACTION_UNITS, BLENDSHAPES, LANDMARK_COUNT } from "../../../server/page/wire_tables.js";

/** A face at rest: no weight, the head upright, the eyes straight. */
export function makeNeutralFace() {
  return {
    track: 0,
    score: 0,
    box: new Float64Array(4),
    rotation: Float64Array.of(0, 0, 0, 1),
    translation: new Float64Array(3),
    gaze: new Float64Array(4),
    blendshapes: new Float64Array(BLENDSHAPES.length),
    actionUnits: new Float64Array(ACTION_UNITS.length),
    landmarks: null,
    presence: 0,
    captureTimeMs: 0,
  };
}

/** Blend two lists of numbers; `amount` 0 gives the first, 1 the second. */
export function mix(from, to, amount) {
  return from.map((value, index) => value + (to[index] - value) * amount);
}

/** Turn from one unit quaternion to another by the shortest way, at constant speed. */
export function slerp(from, to, amount) {
  let cosine = from[0] * to[0] + from[1] * to[1] + from[2] * to[2] + from[3] * to[3];
  const sign = cosine < 0 ? -1 : 1; // q and -q are one rotation
  cosine = Math.min(1, cosine * sign);
  const angle = Math.acos(cosine);
  const sine = Math.sin(angle);
  const near = sine < 1e-6;
  const before = near ? 1 - amount : Math.sin((1 - amount) * angle) / sine;
  const after = (near ? amount : Math.sin(amount * angle) / sine) * sign;
  const mixed = from.map((value, index) => before * value + after * to[index]);
  const length = Math.hypot(...mixed);
  return mixed.map((value) => value / length);
}

/** What lies between two faces; track and score are the nearer one's. */
export function interpolateFaces(from, to, amount) {
  const nearer = amount < 0.5 ? from : to;
  return {
    track: nearer.track,
    score: nearer.score,
    box: mix(from.box, to.box, amount),
    rotation: slerp(from.rotation, to.rotation, amount),
    translation: mix(from.translation, to.translation, amount),
    gaze: mix(from.gaze, to.gaze, amount),
    blendshapes: mix(from.blendshapes, to.blendshapes, amount),
    actionUnits: mix(from.actionUnits, to.actionUnits, amount),
    landmarks: from.landmarks && to.landmarks ? mix(from.landmarks, to.landmarks, amount) : nearer.landmarks,
    presence: from.presence + (to.presence - from.presence) * amount,
    captureTimeMs: from.captureTimeMs + (to.captureTimeMs - from.captureTimeMs) * amount,
  };
}

/** Move a face toward rest: 0 changes nothing, 1 is neutral. Where it is in the picture stays. */
export function fadeToNeutral(face, amount) {
  if (amount <= 0) return face;
  const rest = 1 - Math.min(1, amount);
  return {
    ...face,
    rotation: slerp(face.rotation, Float64Array.of(0, 0, 0, 1), 1 - rest),
    gaze: face.gaze.map((angle) => angle * rest),
    blendshapes: face.blendshapes.map((weight) => weight * rest),
    actionUnits: face.actionUnits.map((intensity) => intensity * rest),
    presence: face.presence * rest,
  };
}

const PARTNER = BLENDSHAPES.map((name) => {
  const other = name.endsWith("Left") ? `${name.slice(0, -4)}Right` : name.endsWith("Right") ? `${name.slice(0, -5)}Left` : name;
  return BLENDSHAPES.indexOf(other);
});

/** The face in a mirror: left and right are swapped in weights, head and gaze. */
export function mirrorFace(face) {
  const [x, y, z, w] = face.rotation;
  const [leftYaw, leftPitch, rightYaw, rightPitch] = face.gaze;
  const [tx, ty, tz] = face.translation;
  return {
    ...face,
    rotation: Float64Array.of(x, -y, -z, w),
    translation: Float64Array.of(-tx, ty, tz),
    gaze: Float64Array.of(-rightYaw, rightPitch, -leftYaw, leftPitch),
    blendshapes: face.blendshapes.map((_, index) => face.blendshapes[PARTNER[index]]),
  };
}

/** Yaw, pitch and roll in degrees, with the signs of proto/SPEC.md: R = Ry(yaw) Rx(-pitch) Rz(roll). */
export function eulerDegrees([x, y, z, w]) {
  const degrees = 180 / Math.PI;
  const r02 = 2 * (x * z + y * w);
  const r12 = 2 * (y * z - x * w);
  const r22 = 1 - 2 * (x * x + y * y);
  const r10 = 2 * (x * y + z * w);
  const r11 = 1 - 2 * (x * x + z * z);
  return {
    yaw: Math.atan2(r02, r22) * degrees,
    pitch: Math.asin(Math.max(-1, Math.min(1, r12))) * degrees,
    roll: Math.atan2(r10, r11) * degrees,
  };
}

/** The landmarks of a face as [x, y] pairs, or none. */
export function landmarkPairs(face) {
  if (!face.landmarks) return [];
  return Array.from({ length: LANDMARK_COUNT }, (_, i) => [face.landmarks[2 * i], face.landmarks[2 * i + 1]]);
}

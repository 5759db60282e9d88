/** A packet's packed head and faces, little-endian, as proto/SPEC.md lays them out. */
import {
  ACTION_UNIT_MAX, ACTION_UNITS, BLENDSHAPES, BOX_SCALE, ENCODING_BYTES, ENCODINGS, GAZE_SCALE,
  LANDMARK_COUNT, LANDMARK_OFFSET, LANDMARK_SCALE, QUATERNION_SCALE, STAGES, TIMING_STEP_US, TRANSLATION_SCALE,
} from "../../../server/page/wire_tables.js";
import { refuse } from "./errors.js";
import { readBytes, readList, readUint } from "./fields.js";

const HEAD_BYTES = 17 + 2 * STAGES.length;
const FACE_HEAD_BYTES = 35;
const LANDMARKS_FLAG = 4;
const ENCODING_NAMES = Object.keys(ENCODINGS).sort((a, b) => ENCODINGS[a] - ENCODINGS[b]);

/** Decode the fields of a packet after its id. */
export function decodePacket([participant, head, faces]) {
  const packet = { type: "packet", participant: readUint(participant, 0xffff, "participant"), ...decodeHead(head) };
  packet.faces = readList(faces, "faces").map((face) => decodeFace(face, packet));
  return packet;
}

function decodeHead(head) {
  const view = viewOf(readBytes(head, "head"), HEAD_BYTES, "a head");
  const flags = view.getUint8(0);
  const encoding = ENCODING_NAMES[flags & 3];
  if (encoding === undefined) refuse("a known encoding", flags & 3);
  return {
    encoding,
    landmarks: (flags & LANDMARKS_FLAG) !== 0,
    sequence: view.getUint32(1, true),
    captureTimeUs: view.getBigUint64(5, true),
    width: view.getUint16(13, true),
    height: view.getUint16(15, true),
    timingsMs: STAGES.map((_, index) => (view.getUint16(17 + 2 * index, true) * TIMING_STEP_US) / 1000),
  };
}

function decodeFace(bytes, packet) {
  const size = ENCODING_BYTES[packet.encoding];
  const coefficients = BLENDSHAPES.length + ACTION_UNITS.length;
  const landmarksAt = FACE_HEAD_BYTES + coefficients * size;
  const expected = landmarksAt + (packet.landmarks ? 4 * LANDMARK_COUNT : 0);
  const view = viewOf(readBytes(bytes, "a face"), expected, "a face");
  return {
    track: view.getUint32(0, true),
    score: view.getUint8(4) / 255,
    box: readScaled(view, 5, 4, BOX_SCALE),
    rotation: normalise(readScaled(view, 13, 4, QUATERNION_SCALE)),
    translation: readScaled(view, 21, 3, TRANSLATION_SCALE),
    gaze: readScaled(view, 27, 4, GAZE_SCALE),
    blendshapes: readCoefficients(view, FACE_HEAD_BYTES, BLENDSHAPES.length, size, 1),
    actionUnits: readCoefficients(
      view, FACE_HEAD_BYTES + BLENDSHAPES.length * size, ACTION_UNITS.length, size, ACTION_UNIT_MAX),
    landmarks: packet.landmarks ? readLandmarks(view, landmarksAt) : null,
  };
}

function viewOf(bytes, expected, what) {
  if (bytes.length < expected) refuse(`${what} of ${expected} bytes`, bytes);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readScaled(view, offset, count, scale) {
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = view.getInt16(offset + 2 * i, true) / scale;
  return values;
}

function normalise(quaternion) {
  const length = Math.hypot(...quaternion);
  if (length === 0) refuse("a rotation of length above 0", [...quaternion]);
  return quaternion.map((each) => each / length);
}

function readCoefficients(view, offset, count, size, range) {
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    if (size === 1) values[i] = (view.getUint8(offset + i) * range) / 255;
    else if (size === 2) values[i] = (view.getUint16(offset + 2 * i, true) * range) / 65535;
    else values[i] = checkRange(view.getFloat32(offset + 4 * i, true), range);
  }
  return values;
}

function checkRange(value, range) {
  if (!(value >= 0 && value <= range)) refuse(`a coefficient 0..${range}`, value);
  return value;
}

function readLandmarks(view, offset) {
  const points = new Float64Array(2 * LANDMARK_COUNT);
  for (let i = 0; i < points.length; i++) {
    points[i] = (view.getUint16(offset + 2 * i, true) - LANDMARK_OFFSET) / LANDMARK_SCALE;
  }
  return points;
}

/** Recorded faces as the text of a CSV file with the columns of Live Link Face. Pure. */
import { BLENDSHAPES } from "../../../server/page/wire_tables.js";
import { eulerDegrees } from "../play/face.js";

const FRAMES_PER_SECOND = 60; // of the timecode, as Live Link Face writes it
const ANGLES = ["HeadYaw", "HeadPitch", "HeadRoll", "LeftEyeYaw", "LeftEyePitch", "LeftEyeRoll", "RightEyeYaw", "RightEyePitch", "RightEyeRoll"];

/** The columns: a time of day, the count of values, 52 weights, 9 angles in radians. */
export const COLUMNS = Object.freeze(["Timecode", "BlendShapeCount", ...BLENDSHAPES.map(capitalise), ...ANGLES]);

/** Write rows of {captureMs, face}; `dayStartMs` is the page's clock at local midnight. */
export function writeCsv(rows, dayStartMs) {
  const lines = rows.map(({ captureMs, face }) => writeRow(captureMs - dayStartMs, face));
  return [COLUMNS.join(","), ...lines].join("\r\n") + "\r\n";
}

function writeRow(timeOfDayMs, face) {
  const { yaw, pitch, roll } = eulerDegrees(face.rotation);
  const head = [yaw, pitch, roll].map((degrees) => (degrees * Math.PI) / 180);
  const [leftYaw, leftPitch, rightYaw, rightPitch] = face.gaze;
  const values = [...face.blendshapes, ...head, leftYaw, leftPitch, 0, rightYaw, rightPitch, 0];
  return [timecode(timeOfDayMs), values.length, ...values.map((value) => value.toFixed(6))].join(",");
}

/** Hours, minutes, seconds, frames and thousandths of a frame: 17:03:59:42.250. */
export function timecode(timeOfDayMs) {
  const thousandths = Math.round((timeOfDayMs / 1000) * FRAMES_PER_SECOND * 1000);
  const perSecond = FRAMES_PER_SECOND * 1000;
  const seconds = Math.floor(thousandths / perSecond);
  const frames = ((thousandths % perSecond) / 1000).toFixed(3).padStart(6, "0");
  const parts = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  return `${parts.map((part) => String(part).padStart(2, "0")).join(":")}:${frames}`;
}

function capitalise(name) {
  return name[0].toUpperCase() + name.slice(1);
}

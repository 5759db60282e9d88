/** Checks of single fields, shared by all messages. Each returns the value or throws a WireError. */
import { refuse } from "./errors.js";

const U64_MAX = (1n << 64n) - 1n;
const I64_MIN = -(1n << 63n);
const I64_MAX = (1n << 63n) - 1n;

/** Read an unsigned integer that fits into a JavaScript number. */
export function readUint(value, max, name) {
  const number = typeof value === "bigint" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number) || number < 0 || number > max) {
    refuse(`${name} as an integer 0..${max}`, value);
  }
  return number;
}

/** Read 64 bits without losing a digit: a BigInt. */
export function readU64(value, name) {
  return readBig(value, 0n, U64_MAX, name);
}

/** Read 64 bits with a sign: a BigInt. */
export function readI64(value, name) {
  return readBig(value, I64_MIN, I64_MAX, name);
}

function readBig(value, min, max, name) {
  const isInteger = typeof value === "bigint" || Number.isSafeInteger(value);
  if (!isInteger) refuse(`${name} as an integer`, value);
  const big = BigInt(value);
  if (big < min || big > max) refuse(`${name} from ${min} to ${max}`, value);
  return big;
}

export function readText(value, name) {
  if (typeof value !== "string") refuse(`${name} as text`, value);
  return value;
}

export function readBytes(value, name) {
  if (!(value instanceof Uint8Array)) refuse(`${name} as bytes`, value);
  return value;
}

export function readBool(value, name) {
  if (typeof value !== "boolean") refuse(`${name} as a boolean`, value);
  return value;
}

export function readList(value, name) {
  if (!Array.isArray(value)) refuse(`${name} as a list`, value);
  return value;
}

export function readMap(value, name) {
  const isMap = value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Uint8Array);
  if (!isMap) refuse(`${name} as a map`, value);
  return value;
}

/** Read a field that may be nil or missing: null then. */
export function optional(read, value, ...rest) {
  return value === undefined || value === null ? null : read(value, ...rest);
}

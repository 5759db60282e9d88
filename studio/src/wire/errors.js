/** A message that is not what proto/SPEC.md says. */
export class WireError extends Error {
  name = "WireError";
}

/** A message of an id that this version does not know; SPEC.md tells a client to ignore it. */
export class UnknownMessageError extends WireError {
  name = "UnknownMessageError";
}

/** Throw a WireError that states what was expected and what came. */
export function refuse(expected, actual) {
  throw new WireError(`expected ${expected}, got ${describe(actual)}`);
}

function describe(value) {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === "object") return "a map";
  return typeof value === "bigint" ? String(value) : JSON.stringify(value);
}

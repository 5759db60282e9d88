/** Encode what the page sends. No I/O. Times are whole microseconds: numbers, or BigInts where they may be large. */
import { Encoder } from "@msgpack/msgpack";
import { FORMATS, MESSAGES, PROTOCOL_VERSION } from "../../../server/page/wire_tables.js";

const encoder = new Encoder({ useBigInt64: true });

/** Say who the page is, what it wants, and which face at rest it kept. */
export function encodeHello(client, options = null, neutral = null, version = PROTOCOL_VERSION) {
  return pack(MESSAGES.hello, version, client, options && Object.keys(options).length > 0 ? options : null, neutral);
}

export function encodeOptions(options) {
  return pack(MESSAGES.options, options);
}

/** Pack one picture; a raw format needs its size. */
export function encodeFrame(sequence, captureTimeUs, format, payload, width = null, height = null) {
  return pack(MESSAGES.frame, sequence, shortest(captureTimeUs), FORMATS[format], payload, width, height);
}

export function encodeCalibrate() {
  return pack(MESSAGES.calibrate);
}

export function encodeSetNeutral(data) {
  return pack(MESSAGES.set_neutral, data);
}

export function encodePing(id, clientTimeUs, clockOffsetUs = null, roundTripUs = null) {
  return pack(MESSAGES.ping, id, shortest(clientTimeUs), shortest(clockOffsetUs), roundTripUs);
}

/** Pack an array in its shortest form: optional fields at the end are left out when they are nil. */
function pack(...fields) {
  while (fields.at(-1) === null) fields.pop();
  return encoder.encode(fields);
}

/** The library writes large numbers as floats, which the wire does not allow; as BigInts they stay integers. */
function shortest(value) {
  if (value === null || value === undefined) return null;
  const number = Number(value);
  return number >= -0x80000000 && number <= 0xffffffff ? number : BigInt(value);
}

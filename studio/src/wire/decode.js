/** Decode what the server sends. No I/O. */
import { Decoder } from "@msgpack/msgpack";
import { EVENTS, MESSAGES } from "../../../server/page/wire_tables.js";
import { refuse, UnknownMessageError, WireError } from "./errors.js";
import { optional, readBool, readBytes, readI64, readText, readU64, readUint } from "./fields.js";
import { readManifest } from "./manifest.js";
import { decodePacket } from "./packet.js";

const U32 = 0xffffffff;
const decoder = new Decoder({ useBigInt64: true });
const EVENT_NAMES = Object.fromEntries(Object.entries(EVENTS).map(([name, id]) => [id, name]));

const READERS = {
  [MESSAGES.manifest]: ([content]) => ({ type: "manifest", manifest: readManifest(content) }),
  [MESSAGES.packet]: decodePacket,
  [MESSAGES.event]: decodeEvent,
  [MESSAGES.neutral]: ([data]) => ({ type: "neutral", data: readBytes(data, "data") }),
  [MESSAGES.pong]: decodePong,
  [MESSAGES.error]: decodeError,
};

/**
 * Decode one binary message.
 * Throws: UnknownMessageError for an id to be ignored, WireError for anything that SPEC.md does not allow.
 */
export function decodeServerMessage(bytes) {
  let message;
  try {
    message = decoder.decode(bytes);
  } catch (error) {
    throw new WireError(`expected one msgpack array: ${error.message}`);
  }
  if (!Array.isArray(message) || message.length === 0) refuse("an array that begins with a message id", message);
  const id = readUint(message[0], 0x7f, "the message id");
  const reader = READERS[id];
  if (reader === undefined) throw new UnknownMessageError(`message id ${id} is not one of a server's that version 1 knows`);
  return reader(message.slice(1));
}

function decodeEvent([kind, participant, name, track, role, clockOffsetUs]) {
  const id = readUint(kind, 255, "kind");
  return {
    type: "event",
    kind: EVENT_NAMES[id] ?? "unknown",
    participant: readUint(participant, 0xffff, "participant"),
    name: optional(readText, name, "name"),
    track: optional(readUint, track, U32, "track"),
    role: optional(readText, role, "role"),
    clockOffsetUs: optional(readI64, clockOffsetUs, "clock_offset_us"),
  };
}

function decodePong([id, clientTimeUs, receiveTimeUs, sendTimeUs]) {
  return {
    type: "pong",
    id: readUint(id, U32, "id"),
    clientTimeUs: readU64(clientTimeUs, "client_time_us"),
    receiveTimeUs: readU64(receiveTimeUs, "receive_time_us"),
    sendTimeUs: readU64(sendTimeUs, "send_time_us"),
  };
}

function decodeError([code, text, fatal, sequence]) {
  return {
    type: "error",
    code: readText(code, "code"),
    text: readText(text, "text"),
    fatal: readBool(fatal, "fatal"),
    sequence: optional(readUint, sequence, U32, "sequence"),
  };
}

/** The server's first message, checked as far as the page relies on it. */
import { refuse } from "./errors.js";
import { readBool, readList, readMap, readText, readU64, readUint } from "./fields.js";

const TEXTS = ["subprotocol", "server", "room", "name", "role", "profile", "backend"];
const LISTS = ["blendshapes", "action_units", "stages", "formats", "encodings"];

/** Check a manifest's map and return it with numbers where the page counts with them. */
export function readManifest(content) {
  const map = readMap(content, "the manifest");
  const manifest = { ...map, protocol: readUint(map.protocol, 255, "protocol") };
  for (const key of TEXTS) readText(map[key], key);
  for (const key of LISTS) readList(map[key], key).forEach((each) => readText(each, key));
  manifest.participant = readUint(map.participant, 0xffff, "participant");
  manifest.server_time_us = readU64(map.server_time_us, "server_time_us");
  manifest.participants = readList(map.participants, "participants").map(readParticipant);
  for (const kind of ["blendshapes", "action_units"]) checkEstimates(map, kind);
  for (const key of ["units", "axes", "models"]) readMap(map[key], key);
  manifest.limits = { ...readMap(map.limits, "limits") };
  for (const [key, value] of Object.entries(manifest.limits)) {
    if (typeof value === "bigint") manifest.limits[key] = Number(value);
  }
  return manifest;
}

function readParticipant(entry) {
  const [id, name, role] = readList(entry, "a participant");
  return { id: readUint(id, 0xffff, "a participant's id"), name: readText(name, "a name"), role: readText(role, "a role") };
}

function checkEstimates(map, kind) {
  const count = map[kind].length;
  const estimated = readList(map[`${kind}_estimated`], `${kind}_estimated`);
  const quality = readList(map[`${kind}_quality`], `${kind}_quality`);
  if (estimated.length !== count) refuse(`${count} entries in ${kind}_estimated`, estimated);
  if (quality.length !== count) refuse(`${count} entries in ${kind}_quality`, quality);
  estimated.forEach((each) => readBool(each, `${kind}_estimated`));
}

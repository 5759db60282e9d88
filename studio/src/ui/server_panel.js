/** The manifest in words: which server, which networks, and which coefficients are really estimated and how well. */
import { ACTION_UNIT_NAMES } from "../../../server/page/wire_tables.js";
import { make } from "./dom.js";

const LIMITS = {
  frames_per_second: "frames per second", faces: "faces per frame", room_participants: "participants per room", pixels: "pixels per frame",
  message_bytes: "bytes per message",
};

export class ServerPanel {
  #container;

  constructor(container) {
    this.#container = container;
    this.clear();
  }

  clear() {
    this.#container.replaceChildren(make("p", { class: "hint" }, "Not connected: the server tells about itself when it is."));
  }

  show(manifest) {
    const { profile, backend, server, protocol } = manifest;
    this.#container.replaceChildren(
      section("Server", facts([
        ["Version", server], ["Protocol", `version ${protocol}`], ["Profile", describeProfile(profile)], ["Networks run on", backend],
      ])),
      section("Limits", facts(Object.entries(LIMITS).filter(([key]) => key in manifest.limits)
        .map(([key, meaning]) => [capitalise(meaning), manifest.limits[key].toLocaleString()]))),
      section("Networks", facts(Object.entries(manifest.models).map(([name, hash]) => [name, make("code", {}, hash)]))),
      this.#estimates("Weights", manifest, "blendshapes"),
      this.#estimates("Action units", manifest, "action_units"),
    );
  }

  #estimates(title, manifest, kind) {
    const estimated = manifest[`${kind}_estimated`];
    const quality = manifest[`${kind}_quality`];
    const count = estimated.filter(Boolean).length;
    const rows = manifest[kind].map((name, index) => make("tr", { class: estimated[index] ? null : "silent" },
      make("th", { scope: "row" }, name, ACTION_UNIT_NAMES[name] ? make("small", {}, ` ${ACTION_UNIT_NAMES[name]}`) : ""),
      make("td", {}, estimated[index] ? "estimated" : "always 0"),
      make("td", { class: "quality" }, describeQuality(quality[index]))));
    const head = make("tr", {}, ...["Name", "Estimated", "Correlation"].map((text) => make("th", { scope: "col" }, text)));
    return section(`${title}: ${count} of ${estimated.length} really estimated`,
      make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
  }
}

function section(title, content) {
  return make("section", { class: "region" }, make("h3", {}, title), content);
}

function facts(rows) {
  return make("dl", {}, ...rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
}

function describeProfile(profile) {
  const meaning = { lite: "lite: quick, for CPUs", full: "full: exact, for GPUs" };
  return meaning[profile] ?? profile;
}

function describeQuality(value) {
  return typeof value === "number" ? value.toFixed(2) : "not measured";
}

function capitalise(text) {
  return text[0].toUpperCase() + text.slice(1);
}

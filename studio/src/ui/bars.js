/** The 52 weights and 18 intensities as live bars by region; a click on one puts it into the plot. */
import { ACTION_UNIT_MAX, ACTION_UNIT_NAMES, ACTION_UNITS, BLENDSHAPE_GROUPS, BLENDSHAPES } from "../../../server/page/wire_tables.js";
import { make, setText } from "./dom.js";

const REGIONS = { eye: "Eyes", jaw: "Jaw", mouth: "Mouth", brow: "Brows", cheek: "Cheeks", nose: "Nose", tongue: "Tongue" };
const LEAST_CHANGE = 0.002; // less is not seen

export class Bars {
  #meters = new Map(); // name -> {fill, value, row, shown}
  #onChoose;

  /** `onChoose(name)` is called when the user clicks a coefficient. */
  constructor(container, onChoose) {
    this.#onChoose = onChoose;
    for (const [group, names] of Object.entries(BLENDSHAPE_GROUPS)) {
      container.append(this.#region(REGIONS[group] ?? group, pairSides(names).map((row) => this.#shapeRow(row))));
    }
    container.append(this.#region("Action units", ACTION_UNITS.map((unit) => this.#unitRow(unit))));
  }

  /** Show a face's values; null shows rest. */
  show(face) {
    BLENDSHAPES.forEach((name, index) => this.#set(name, face?.blendshapes[index] ?? 0, 1));
    ACTION_UNITS.forEach((name, index) => this.#set(name, face?.actionUnits[index] ?? 0, ACTION_UNIT_MAX));
  }

  /** Mark which coefficients the server really estimates. */
  mark(manifest) {
    for (const kind of ["blendshapes", "action_units"]) {
      manifest[kind].forEach((name, index) => {
        const meter = this.#meters.get(name);
        const estimated = manifest[`${kind}_estimated`][index];
        meter?.button.classList.toggle("silent", !estimated);
        if (meter) meter.button.title = estimated ? meter.title : `${meter.title}: not estimated by this server, always 0`;
      });
    }
  }

  /** Show which ones are plotted: a Map of name to colour. */
  choose(colours) {
    for (const [name, { button }] of this.#meters) {
      button.setAttribute("aria-pressed", String(colours.has(name)));
      button.style.setProperty("--chosen", colours.get(name) ?? "transparent");
    }
  }

  #region(title, rows) {
    return make("section", { class: "region" }, make("h3", {}, title), ...rows);
  }

  #shapeRow([label, names]) {
    const sides = names.length === 2 ? ["L", "R"] : [""];
    return make("div", { class: "coefficient" }, make("span", { class: "name" }, label),
      ...names.map((name, index) => this.#meter(name, sides[index], name)));
  }

  #unitRow(unit) {
    const label = make("span", { class: "name" }, make("b", {}, unit), ` ${ACTION_UNIT_NAMES[unit]}`);
    return make("div", { class: "coefficient" }, label, this.#meter(unit, "", `${unit} ${ACTION_UNIT_NAMES[unit]}`));
  }

  #meter(name, side, title) {
    const fill = make("i", {});
    const value = make("output", {}, "0.00");
    const button = make("button", {
      type: "button", class: "meter", title, "aria-pressed": "false", "data-name": name,
      "aria-label": `${title}: plot`, onclick: () => this.#onChoose(name),
    }, side ? make("span", { class: "side" }, side) : null, make("span", { class: "track" }, fill), value);
    this.#meters.set(name, { fill, value, button, title, shown: 0 });
    return button;
  }

  #set(name, number, range) {
    const meter = this.#meters.get(name);
    const share = number / range;
    if (Math.abs(share - meter.shown) < LEAST_CHANGE) return;
    meter.shown = share;
    meter.fill.style.transform = `scaleX(${share.toFixed(3)})`;
    setText(meter.value, number.toFixed(2));
  }
}

/** Put the left and the right of a shape into one row: [label, names]. */
export function pairSides(names) {
  const rows = new Map();
  for (const name of names) {
    const base = name.replace(/(Left|Right)$/, "");
    const both = names.includes(`${base}Left`) && names.includes(`${base}Right`);
    const label = both ? base : name;
    rows.set(label, [...(rows.get(label) ?? []), name].sort());
  }
  return [...rows].map(([label, group]) => [label, group]);
}

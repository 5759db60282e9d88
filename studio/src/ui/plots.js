/** The last seconds of chosen coefficients as lines. */
import { ACTION_UNIT_MAX, ACTION_UNITS, BLENDSHAPES } from "../../../server/page/wire_tables.js";
import { make, setText } from "./dom.js";

const SPAN_MS = 10000;
const MOST = 6;
const COLOURS = ["#6d8bff", "#ff8a5c", "#2fbf8f", "#d86bd2", "#e0b422", "#3bb9e0"];
const FIRST = ["eyeBlinkLeft", "eyeBlinkRight", "jawOpen", "mouthSmileLeft"];

export class Plots {
  chosen = new Map(); // name -> colour
  #canvas;
  #legend;
  #rows = []; // {timeMs, face}
  #paused = false;
  #onChange;

  constructor(canvas, legend, onChange) {
    this.#canvas = canvas;
    this.#legend = legend;
    this.#onChange = onChange;
    FIRST.forEach((name, index) => this.chosen.set(name, COLOURS[index]));
    this.#changed();
  }

  /** Add a coefficient to the plot or take it out; the oldest goes when there are too many. */
  toggle(name) {
    if (!this.chosen.delete(name)) {
      if (this.chosen.size === MOST) this.chosen.delete(this.chosen.keys().next().value);
      const used = new Set(this.chosen.values());
      this.chosen.set(name, COLOURS.find((colour) => !used.has(colour)));
    }
    this.#changed();
  }

  pause(paused) {
    this.#paused = paused;
  }

  /** Keep a packet's first face; null leaves a gap. */
  add(timeMs, face) {
    if (this.#paused) return;
    this.#rows.push({ timeMs, face });
    while (this.#rows[0].timeMs < timeMs - SPAN_MS - 500) this.#rows.shift();
  }

  clear() {
    this.#rows = [];
  }

  draw(nowMs) {
    const ratio = Math.min(2, devicePixelRatio);
    const width = Math.round(this.#canvas.clientWidth * ratio);
    const height = Math.round(this.#canvas.clientHeight * ratio);
    if (width === 0) return;
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    const context = this.#canvas.getContext("2d");
    context.clearRect(0, 0, width, height);
    drawGrid(context, width, height, ratio, getComputedStyle(this.#canvas));
    const endMs = this.#paused ? (this.#rows.at(-1)?.timeMs ?? nowMs) : nowMs;
    for (const [name, colour] of this.chosen) this.#drawLine(context, name, colour, endMs, ratio);
  }

  #drawLine(context, name, colour, endMs, ratio) {
    const { width, height } = this.#canvas;
    context.strokeStyle = colour;
    context.lineWidth = 1.8 * ratio;
    context.lineJoin = "round";
    context.beginPath();
    let pen = false;
    for (const { timeMs, face } of this.#rows) {
      const x = width * (1 - (endMs - timeMs) / SPAN_MS);
      const y = height - 4 * ratio - valueOf(face, name) * (height - 8 * ratio);
      if (face && pen) context.lineTo(x, y);
      else if (face) context.moveTo(x, y);
      pen = face !== null;
    }
    context.stroke();
    const label = this.#legend.querySelector(`[data-name="${name}"] output`);
    if (label) setText(label, (valueOf(this.#rows.at(-1)?.face ?? null, name) * rangeOf(name)).toFixed(2));
  }

  #changed() {
    this.#legend.replaceChildren(...[...this.chosen].map(([name, colour]) => this.#legendEntry(name, colour)));
    if (this.chosen.size === 0) this.#legend.append(make("p", { class: "hint" }, "Click a bar to plot it."));
    this.#onChange(this.chosen);
  }

  #legendEntry(name, colour) {
    const dot = make("i", {});
    dot.style.background = colour;
    return make("button", { type: "button", class: "legend", "data-name": name, title: "Take out of the plot", onclick: () => this.toggle(name) },
      dot, make("span", {}, name), make("output", {}, "0.00"), make("span", { "aria-hidden": "true" }, "×"));
  }
}

/** A coefficient's share of its range, 0..1. */
function valueOf(face, name) {
  if (!face) return 0;
  const index = BLENDSHAPES.indexOf(name);
  return index >= 0 ? face.blendshapes[index] : face.actionUnits[ACTION_UNITS.indexOf(name)] / ACTION_UNIT_MAX;
}

function rangeOf(name) {
  return name.startsWith("AU") ? ACTION_UNIT_MAX : 1;
}

function drawGrid(context, width, height, ratio, style) {
  context.strokeStyle = style.getPropertyValue("--line");
  context.lineWidth = ratio;
  context.beginPath();
  for (let i = 1; i < 4; i++) {
    context.moveTo(0, (height * i) / 4);
    context.lineTo(width, (height * i) / 4);
  }
  for (let i = 1; i < 5; i++) {
    context.moveTo((width * i) / 5, 0);
    context.lineTo((width * i) / 5, height);
  }
  context.stroke();
}

/** The strip of figures under the picture: latency, rates, drops, bytes, and the stages as one stacked bar. */
import { STAGES } from "../../../server/page/wire_tables.js";
import { Spread } from "../net/meter.js";
import { make, setText } from "./dom.js";

const GAIN = 0.12;
const MEANINGS = {
  decode: "unpack the picture", track: "follow known faces", detect: "find new faces", landmarks: "98 points",
  pose: "head and gaze", expression: "weights and action units", smooth: "smoothing",
};

export class Figures {
  latency = new Spread(90);
  #cells = new Map();
  #stages = new Map();
  #total;
  #means = STAGES.map(() => 0);

  constructor(strip, stages) {
    const cells = [
      ["latency", "Capture to picture", "From the camera's frame to the character that shows it; 95 % of frames are below the second number"],
      ["answer", "Answer", "From sending a frame to its faces: network and server together"],
      ["sent", "Sent", "Frames per second on their way to the server, and their size"],
      ["shown", "Character", "Pictures of the character per second"],
      ["drops", "Dropped", "Frames that got no answer, of all that were sent"],
      ["bytes", "Network", "Bytes per second, up and down"],
    ];
    strip.append(...cells.map(([key, name, meaning]) => this.#cell(key, name, meaning)));
    this.#makeStages(stages);
  }

  /** Learn the stage times of a packet of ours. */
  addTimings(timingsMs) {
    timingsMs.forEach((ms, index) => (this.#means[index] += (ms - this.#means[index]) * GAIN));
  }

  clear() {
    this.latency.clear();
    this.#means.fill(0);
  }

  /** Show everything; `state` holds what the page measured. */
  show({ answerMs, sentRate, sentSize, step, shownRate, software, dropped, sent, upBytes, downBytes }) {
    this.#set("latency", number(this.latency.mean, "ms"), this.latency.p95 === null ? "" : `95 % < ${Math.round(this.latency.p95)} ms`);
    this.#set("answer", number(answerMs, "ms"), "");
    const size = sentSize ? `${sentSize.width} × ${sentSize.height}` : "";
    this.#set("sent", number(sentRate, "fps", 1), step > 0 ? `${size}, lowered` : size, step > 0);
    this.#set("shown", number(shownRate, "fps"), software ? "no GPU: limited" : "");
    const share = sent > 0 ? (100 * dropped) / sent : 0;
    this.#set("drops", sent > 0 ? `${share.toFixed(share < 10 ? 1 : 0)} %` : "–", sent > 0 ? `${dropped} of ${sent}` : "", share > 20);
    this.#set("bytes", `↑ ${bytes(upBytes)}`, `↓ ${bytes(downBytes)}`);
    this.#showStages();
  }

  #cell(key, name, meaning) {
    const value = make("output", {}, "–");
    const detail = make("small", {});
    const cell = make("div", { class: "figure", title: meaning, "data-figure": key }, make("span", {}, name), value, detail);
    this.#cells.set(key, { cell, value, detail });
    return cell;
  }

  #set(key, value, detail, isWarning = false) {
    const entry = this.#cells.get(key);
    setText(entry.value, value);
    setText(entry.detail, detail);
    entry.cell.classList.toggle("warning", isWarning);
  }

  #makeStages(container) {
    const bar = make("div", { class: "stack", role: "img", "aria-label": "Time of the server's stages" });
    const legend = make("div", { class: "stack-legend" });
    STAGES.forEach((stage, index) => {
      const part = make("i", { class: `stage-${index}` });
      const output = make("output", {}, "–");
      bar.append(part);
      legend.append(make("span", { title: `${stage}: ${MEANINGS[stage] ?? ""}` }, make("i", { class: `stage-${index}` }), stage, output));
      this.#stages.set(stage, { part, output });
    });
    this.#total = make("output", {}, "–");
    container.append(make("div", { class: "stack-head" }, make("span", {}, "Server, per frame"), this.#total), bar, legend);
  }

  #showStages() {
    const total = this.#means.reduce((a, b) => a + b, 0);
    setText(this.#total, number(total || null, "ms", 1));
    STAGES.forEach((stage, index) => {
      const { part, output } = this.#stages.get(stage);
      part.style.flexGrow = total ? this.#means[index].toFixed(2) : "0";
      setText(output, total ? this.#means[index].toFixed(1) : "–");
    });
  }
}

function number(value, unit, digits = 0) {
  return value === null || !Number.isFinite(value) ? "–" : `${value.toFixed(digits)} ${unit}`;
}

function bytes(perSecond) {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toFixed(1)} MB/s`;
  return `${(perSecond / 1000).toFixed(perSecond < 10000 ? 1 : 0)} kB/s`;
}

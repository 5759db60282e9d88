/** Head pose and gaze: numbers with a scale, a turning cross of axes, and two eyes. */
import { eulerDegrees } from "../play/face.js";
import { rotate } from "./overlay.js";
import { make, setText } from "./dom.js";

const ANGLES = [
  ["yaw", "Yaw", "to the subject's left", 60], ["pitch", "Pitch", "up", 45], ["roll", "Roll", "counter-clockwise in the picture", 45],
];
const PLACES = [["x", "Right"], ["y", "Up"], ["z", "Distance"]];
const EYE_REACH = 16; // units of the drawing at half a radian
const SVG = "http://www.w3.org/2000/svg";

export class HeadPanel {
  #angles = new Map();
  #places = new Map();
  #pupils;
  #gaze;
  #axes;

  constructor(container) {
    const rows = ANGLES.map(([key, name, meaning, range]) => this.#angleRow(key, name, meaning, range));
    const places = PLACES.map(([key, name]) => {
      const output = make("output", {}, "–");
      this.#places.set(key, output);
      return make("div", { class: "place" }, make("span", {}, name), output);
    });
    container.append(
      make("section", { class: "region head-turn" }, make("h3", {}, "Head"), this.#cross(), make("div", { class: "angles" }, ...rows)),
      make("section", { class: "region" }, make("h3", {}, "Place before the camera"), make("div", { class: "places" }, ...places)),
      make("section", { class: "region" }, make("h3", {}, "Gaze, relative to the head"), this.#eyes()),
    );
  }

  /** Show a face; null shows rest. `mirrored` swaps the picture's sides as the preview does. */
  show(face) {
    const pose = face ? eulerDegrees(face.rotation) : { yaw: 0, pitch: 0, roll: 0 };
    for (const [key, , , range] of ANGLES) {
      const { needle, output } = this.#angles.get(key);
      needle.style.left = `${50 + 50 * Math.max(-1, Math.min(1, pose[key] / range))}%`;
      setText(output, `${pose[key].toFixed(1)}°`);
    }
    const [x, y, z] = face ? face.translation : [0, 0, 0];
    const centimetres = { x: x * 100, y: y * 100, z: -z * 100 };
    for (const [key] of PLACES) setText(this.#places.get(key), face ? `${centimetres[key].toFixed(1)} cm` : "–");
    this.#showGaze(face?.gaze ?? [0, 0, 0, 0]);
    this.#showAxes(face?.rotation ?? [0, 0, 0, 1]);
  }

  #angleRow(key, name, meaning, range) {
    const needle = make("i", {});
    const output = make("output", {}, "0.0°");
    this.#angles.set(key, { needle, output });
    return make("div", { class: "angle", title: `${name}: positive ${meaning}; the scale ends at ±${range}°` },
      make("span", { class: "name" }, name), make("span", { class: "scale" }, needle), output);
  }

  #cross() {
    this.#axes = ["x", "y", "z"].map((axis) => svg("line", { x1: 0, y1: 0, x2: 0, y2: 0, class: `axis-${axis}` }));
    return svg("svg", { viewBox: "-40 -40 80 80", class: "cross", "aria-hidden": "true" }, svg("circle", { r: 38 }), ...this.#axes);
  }

  #showAxes(rotation) {
    [[1, 0, 0], [0, 1, 0], [0, 0, 1]].forEach((axis, index) => {
      const [x, y] = rotate(rotation, axis);
      this.#axes[index].setAttribute("x2", (x * 32).toFixed(1));
      this.#axes[index].setAttribute("y2", (-y * 32).toFixed(1));
    });
  }

  /** The subject's right eye is on the left, as in the picture. */
  #eyes() {
    this.#pupils = { right: svg("circle", { r: 7, class: "pupil" }), left: svg("circle", { r: 7, class: "pupil" }) };
    this.#gaze = make("p", { class: "hint" });
    const eye = (x, pupil) => svg("g", { transform: `translate(${x} 0)` }, svg("ellipse", { rx: 30, ry: 19, class: "eyeball" }), pupil);
    return make("div", { class: "eyes" },
      svg("svg", { viewBox: "-80 -24 160 48", "aria-hidden": "true" }, eye(-42, this.#pupils.right), eye(42, this.#pupils.left)), this.#gaze);
  }

  #showGaze([leftYaw, leftPitch, rightYaw, rightPitch]) {
    for (const [side, yaw, pitch] of [["left", leftYaw, leftPitch], ["right", rightYaw, rightPitch]]) {
      this.#pupils[side].setAttribute("cx", (clamp(yaw / 0.5) * EYE_REACH).toFixed(1));
      this.#pupils[side].setAttribute("cy", (-clamp(pitch / 0.5) * EYE_REACH * 0.6).toFixed(1));
    }
    const degrees = (radians) => `${((radians * 180) / Math.PI).toFixed(0)}°`;
    setText(this.#gaze, `Right eye ${degrees(rightYaw)} / ${degrees(rightPitch)} · left eye ${degrees(leftYaw)} / ${degrees(leftPitch)} (yaw / pitch)`);
  }
}

function clamp(value) {
  return Math.max(-1, Math.min(1, value));
}

function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

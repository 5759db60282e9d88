/** Draws a picture and what was found in it: box, 98 points by part of the face, the head's axes. */
import { LANDMARK_GROUPS } from "../../../server/page/wire_tables.js";
import { landmarkPairs } from "../play/face.js";

const COLOURS = {
  contour: "#8fd3ff", right_brow: "#ffd166", left_brow: "#ffd166", nose: "#b8f2c8", right_eye: "#ff9ec7", left_eye: "#ff9ec7",
  outer_lip: "#ff8a75", inner_lip: "#ffb59e", right_pupil: "#ffffff", left_pupil: "#ffffff",
};
const CLOSED = new Set(["right_eye", "left_eye", "outer_lip", "inner_lip", "right_brow", "left_brow"]);
const AXES = [["x", [1, 0, 0], "#ff5d5d"], ["y", [0, 1, 0], "#5ddb7e"], ["z", [0, 0, 1], "#5da2ff"]];
const AXIS_M = 0.07;
const FOCAL = 0.9; // of the longer side: the server's own assumption

export class Overlay {
  #canvas;

  constructor(canvas) {
    this.#canvas = canvas;
  }

  /** Draw a picture with its faces. `show` says whether points, box and axes, and the mirror are on. */
  draw(picture, faces, show) {
    const context = this.#begin();
    const place = contain([picture.width, picture.height], [this.#canvas.width, this.#canvas.height]);
    context.save();
    if (show.mirror) mirror(context, this.#canvas.width);
    fillBehind(context, picture, this.#canvas);
    context.drawImage(picture, place.x, place.y, place.width, place.height);
    for (const face of faces) this.#drawFace(context, face, place, show);
    context.restore();
    if (show.points) faces.forEach((face) => labelFace(context, face, place, show.mirror ? this.#canvas.width : 0));
  }

  clear() {
    this.#begin();
  }

  #begin() {
    const ratio = Math.min(2, devicePixelRatio);
    const width = Math.round(this.#canvas.clientWidth * ratio);
    const height = Math.round(this.#canvas.clientHeight * ratio);
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    const context = this.#canvas.getContext("2d");
    context.clearRect(0, 0, width, height);
    return context;
  }

  #drawFace(context, face, place, show) {
    if (!show.points) return;
    drawBox(context, face.box, place);
    drawPoints(context, landmarkPairs(face), place);
    drawAxes(context, face, place);
  }
}

/** Where a picture lies in a frame when all of it is seen. */
export function contain([width, height], [frameWidth, frameHeight]) {
  const scale = Math.min(frameWidth / width, frameHeight / height);
  return {
    x: (frameWidth - width * scale) / 2, y: (frameHeight - height * scale) / 2,
    width: width * scale, height: height * scale,
  };
}

/** Project a point in camera axes (metres) to fractions of the picture; null behind the camera. */
export function project([x, y, z], [width, height]) {
  if (z >= -0.01) return null;
  const focal = FOCAL * Math.max(width, height);
  return [0.5 + (focal * x) / -z / width, 0.5 - (focal * y) / -z / height];
}

/** Turn a vector by a unit quaternion x y z w. */
export function rotate([qx, qy, qz, qw], [x, y, z]) {
  const tx = 2 * (qy * z - qz * y);
  const ty = 2 * (qz * x - qx * z);
  const tz = 2 * (qx * y - qy * x);
  return [x + qw * tx + qy * tz - qz * ty, y + qw * ty + qz * tx - qx * tz, z + qw * tz + qx * ty - qy * tx];
}

function mirror(context, width) {
  context.translate(width, 0);
  context.scale(-1, 1);
}

let haze = null;

/** Fill the bars beside a picture with a dark haze of itself: a tiny copy, drawn large. */
function fillBehind(context, picture, { width, height }) {
  haze ??= Object.assign(document.createElement("canvas"), { width: 16, height: 16 });
  haze.getContext("2d").drawImage(picture, 0, 0, haze.width, haze.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(haze, 2, 2, 12, 12, 0, 0, width, height);
  context.fillStyle = "rgba(8,10,14,.55)";
  context.fillRect(0, 0, width, height);
}

function drawBox(context, [x0, y0, x1, y1], place) {
  const [left, top] = toPixels([x0, y0], place);
  const [right, bottom] = toPixels([x1, y1], place);
  const corner = Math.min(right - left, bottom - top) * 0.16;
  context.strokeStyle = "rgba(255,255,255,.9)";
  context.lineWidth = Math.max(1.5, place.width / 380);
  context.lineJoin = "round";
  context.beginPath();
  for (const [x, y, sx, sy] of [[left, top, 1, 1], [right, top, -1, 1], [right, bottom, -1, -1], [left, bottom, 1, -1]]) {
    context.moveTo(x + sx * corner, y);
    context.lineTo(x, y);
    context.lineTo(x, y + sy * corner);
  }
  context.stroke();
}

function drawPoints(context, points, place) {
  if (points.length === 0) return;
  const radius = Math.max(1.2, place.width / 330);
  for (const [group, [first, last]] of Object.entries(LANDMARK_GROUPS)) {
    const pixels = points.slice(first, last + 1).map((point) => toPixels(point, place));
    context.strokeStyle = `${COLOURS[group]}66`;
    context.fillStyle = COLOURS[group];
    context.lineWidth = radius * 0.7;
    context.beginPath();
    pixels.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
    if (CLOSED.has(group)) context.closePath();
    context.stroke();
    context.beginPath();
    for (const [x, y] of pixels) {
      context.moveTo(x + radius, y);
      context.arc(x, y, group.endsWith("pupil") ? radius * 1.6 : radius, 0, 2 * Math.PI);
    }
    context.fill();
  }
}

function drawAxes(context, face, place) {
  const size = [place.width, place.height];
  const from = project(face.translation, size);
  if (!from) return;
  context.lineWidth = Math.max(2, place.width / 260);
  context.lineCap = "round";
  for (const [, axis, colour] of AXES) {
    const turned = rotate(face.rotation, axis);
    const to = project(turned.map((each, i) => face.translation[i] + AXIS_M * each), size);
    if (!to) continue;
    context.strokeStyle = colour;
    context.beginPath();
    context.moveTo(...toPixels(from, place));
    context.lineTo(...toPixels(to, place));
    context.stroke();
  }
}

function labelFace(context, face, place, mirrorWidth) {
  const [x0, y0] = toPixels([face.box[mirrorWidth ? 2 : 0], face.box[1]], place);
  const x = mirrorWidth ? mirrorWidth - x0 : x0;
  const size = Math.max(11, place.width / 52);
  context.font = `600 ${size}px system-ui, sans-serif`;
  context.fillStyle = "rgba(255,255,255,.95)";
  context.shadowColor = "rgba(0,0,0,.8)";
  context.shadowBlur = 4;
  context.fillText(`#${face.track}  ${Math.round(face.score * 100)} %`, x, y0 - size * 0.5);
  context.shadowBlur = 0;
}

function toPixels([x, y], place) {
  return [place.x + x * place.width, place.y + y * place.height];
}

/** Draws every participant's character with one WebGL canvas: each tile of the page shows its own part of it. */
import {
  Box3, Color, DirectionalLight, HemisphereLight, NeutralToneMapping, PerspectiveCamera, Scene, Vector3, WebGLRenderer,
} from "three";
import { RateMeter } from "../net/meter.js";

const FIELD_DEGREES = 22; // a long lens: faces look like faces
const SOFTWARE_INTERVAL_MS = 45; // without a GPU the page must stay responsive:
const SOFTWARE_SHARE = 0.35; // drawing takes no more of the time than this
const SLOW_MS = 26; // of a frame: then fewer pixels are drawn
const LEAST_RATIO = 0.6;
const MARGIN = 1.16; // of the head's height, so that it may turn and nod within its tile

export class CharacterStage {
  rate = new RateMeter();
  #views = new Map(); // id -> {character, scene, camera, tile}
  #canvas;
  #renderer;
  #lastMs = 0;
  #spentMs = 0;
  #slowFrames = 0;
  #pixel = new Uint8Array(4);

  /** Throws when the browser has no WebGL. */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true, powerPreference: "high-performance" });
    this.#renderer.toneMapping = NeutralToneMapping;
    this.#renderer.toneMappingExposure = 1.08;
    this.software = isSoftware(this.#renderer);
    this.#renderer.setPixelRatio(this.software ? Math.min(1, devicePixelRatio) : Math.min(2, devicePixelRatio));
  }

  /** Show a character in a tile of the page. */
  set(id, character, tile) {
    this.remove(id);
    const scene = lit(new Scene());
    scene.add(character.root);
    const camera = frame(character);
    this.#views.set(id, { character, scene, camera, tile });
  }

  remove(id) {
    this.#views.delete(id);
  }

  get(id) {
    return this.#views.get(id)?.character ?? null;
  }

  /** Draw all; `faceOf(id)` gives the face that each wears, or null. Returns false when it is not due yet. */
  draw(nowMs, faceOf) {
    if (this.software && nowMs - this.#lastMs < this.#softwareIntervalMs) return false;
    const seconds = Math.min(0.1, (nowMs - this.#lastMs) / 1000);
    this.#lastMs = nowMs;
    this.#resize();
    const bounds = this.#canvas.getBoundingClientRect();
    this.#renderer.setScissorTest(false);
    this.#renderer.clear();
    this.#renderer.setScissorTest(true);
    const began = performance.now();
    for (const [id, view] of this.#views) {
      const face = faceOf(id);
      if (face) view.character.wear(face);
      view.character.update(seconds);
      this.#drawView(view, bounds);
    }
    if (this.software) this.#waitUntilDrawn();
    this.#adapt(performance.now() - began);
    this.rate.add(nowMs);
    return true;
  }

  get #softwareIntervalMs() {
    return Math.max(SOFTWARE_INTERVAL_MS, this.#spentMs / SOFTWARE_SHARE);
  }

  #drawView({ scene, camera, tile }, bounds) {
    const rect = tile.getBoundingClientRect();
    if (rect.width < 2 || rect.height < 2) return;
    const left = rect.left - bounds.left;
    const bottom = bounds.bottom - rect.bottom;
    camera.aspect = rect.width / rect.height;
    // In a narrow tile the width decides how much is seen.
    camera.zoom = Math.min(1, camera.aspect * 1.35);
    camera.updateProjectionMatrix();
    this.#renderer.setViewport(left, bottom, rect.width, rect.height);
    this.#renderer.setScissor(left, bottom, rect.width, rect.height);
    this.#renderer.render(scene, camera);
  }

  #resize() {
    const { clientWidth, clientHeight } = this.#canvas;
    const ratio = this.#renderer.getPixelRatio();
    const width = Math.floor(clientWidth * ratio);
    const height = Math.floor(clientHeight * ratio);
    if (this.#canvas.width !== width || this.#canvas.height !== height) this.#renderer.setSize(clientWidth, clientHeight, false);
  }

  /** Without a GPU another process draws on the same processor: only reading back tells how long it takes. */
  #waitUntilDrawn() {
    const gl = this.#renderer.getContext();
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, this.#pixel);
  }

  /** Draw fewer pixels on a machine that is too slow for all of them. */
  #adapt(spentMs) {
    this.#spentMs += (spentMs - this.#spentMs) * 0.1;
    this.#slowFrames = this.#spentMs > SLOW_MS ? this.#slowFrames + 1 : 0;
    const ratio = this.#renderer.getPixelRatio();
    if (this.#slowFrames < (this.software ? 8 : 40) || ratio <= LEAST_RATIO) return;
    this.#slowFrames = 0;
    this.#renderer.setPixelRatio(Math.max(LEAST_RATIO, ratio * 0.8));
  }
}

function lit(scene) {
  scene.add(new HemisphereLight(new Color(0xdfe9ff), new Color(0x4a3a34), 1.15));
  for (const [colour, strength, place] of [
    [0xfff1e2, 2.4, [0.6, 0.9, 1.2]],
    [0xc6d8ff, 0.7, [-1.2, 0.2, 0.8]],
    [0xffffff, 1.1, [-0.4, 1.2, -1.2]],
  ]) {
    const light = new DirectionalLight(colour, strength);
    light.position.set(...place);
    scene.add(light);
  }
  return scene;
}

/** A camera that shows the head: around the head's bone, or the whole of a bust. */
function frame(character) {
  character.root.updateWorldMatrix(true, true);
  const box = new Box3();
  const meshes = character.headBone && character.faceMeshes.length ? character.faceMeshes : [character.root];
  meshes.forEach((mesh) => box.expandByObject(mesh, true));
  if (character.headBone) {
    const head = character.headBone.getWorldPosition(new Vector3());
    const size = Math.max(0.05, box.max.y - head.y);
    box.min.set(head.x - size * 0.7, head.y - size * 0.35, head.z - size * 0.5);
    box.max.set(head.x + size * 0.7, Math.max(box.max.y, head.y + size), head.z + size * 0.7);
  }
  const centre = box.getCenter(new Vector3());
  const size = box.getSize(new Vector3());
  const camera = new PerspectiveCamera(FIELD_DEGREES, 1, size.y / 50, size.y * 50);
  const distance = (size.y * MARGIN) / 2 / Math.tan((FIELD_DEGREES / 2) * (Math.PI / 180)) + size.z / 2;
  camera.position.set(centre.x, centre.y, centre.z + distance);
  return camera;
}

/** Whether the browser draws on the processor: then fewer frames are drawn. */
function isSoftware(renderer) {
  const gl = renderer.getContext();
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}

/** A three.js model that wears a face: shapes by name, the head's turn, the eyes' turn. */
import { Quaternion } from "three";
import { drive, matchShapes } from "./match.js";

const HEAD_BONE = /^(mixamorig:?)?head$/i;
const EYE_BONES = { left: /^(mixamorig:?)?(left_?eye|eye_?l(eft)?)$/i, right: /^(mixamorig:?)?(right_?eye|eye_?r(ight)?)$/i };
const FOLLOWS = /^(collar|body|shoulders)$/i; // parts of a bust that follow the head's turn only in part
const FOLLOWS_BY = 0.55; // more and the body sways, less and the neck leaves the collar

export class Character {
  #turn = new Quaternion();
  #parent = new Quaternion();
  #influences = []; // {list, index, pairs}
  #head;
  #eyes;
  #following;

  /** `root` is the model; shapes are the morph targets of its meshes. */
  constructor(root, title) {
    this.root = root;
    this.title = title;
    const meshes = morphMeshes(root);
    const names = [...new Set(meshes.flatMap((mesh) => Object.keys(mesh.morphTargetDictionary)))];
    this.match = matchShapes(names);
    for (const mesh of meshes) {
      for (const [name, index] of Object.entries(mesh.morphTargetDictionary)) {
        const pairs = this.match.drivers[name];
        if (pairs) this.#influences.push({ list: mesh.morphTargetInfluences, index, pairs });
      }
    }
    this.#head = rest(find(root, HEAD_BONE));
    this.#eyes = { left: rest(find(root, EYE_BONES.left)), right: rest(find(root, EYE_BONES.right)) };
    this.#following = this.#head ? [] : [...descendants(root)].filter((node) => FOLLOWS.test(node.name)).map(rest);
    this.faceMeshes = meshes.filter((mesh) => Object.keys(mesh.morphTargetDictionary).some((name) => this.match.drivers[name]));
  }

  /** The bone that turns, or null for a bust that turns as a whole. */
  get headBone() {
    return this.#head?.node ?? null;
  }

  /** How strongly a shape of the model moves now, 0..1; null when the model has none of that name. */
  influence(name) {
    const mesh = morphMeshes(this.root).find((each) => name in each.morphTargetDictionary);
    return mesh ? mesh.morphTargetInfluences[mesh.morphTargetDictionary[name]] : null;
  }

  /** Wear a face. */
  wear(face) {
    for (const { list, index, pairs } of this.#influences) list[index] = drive(pairs, face.blendshapes);
    this.#turn.fromArray(face.rotation);
    if (this.#head) turnBone(this.#head, this.#turn, this.#parent);
    else this.#turnBust();
    const [leftYaw, leftPitch, rightYaw, rightPitch] = face.gaze;
    turnEye(this.#eyes.left, leftYaw, leftPitch);
    turnEye(this.#eyes.right, rightYaw, rightPitch);
  }

  update() {}

  /** Another character of the same looks that moves by itself. */
  clone() {
    return new Character(this.root.clone(true), this.title);
  }

  #turnBust() {
    this.root.quaternion.copy(this.#turn);
    const back = this.#parent.copy(this.#turn).invert();
    for (const { node, quaternion } of this.#following) node.quaternion.copy(back).multiply(quaternion);
  }
}

/** A VRM model: its own expressions instead of raw shapes, its humanoid's head, its look-at. */
export class VrmCharacter {
  #turn = new Quaternion();
  #turnsBack;

  constructor(vrm, title) {
    this.vrm = vrm;
    this.root = vrm.scene;
    this.title = title;
    this.match = matchShapes(vrm.expressionManager?.expressions.map((expression) => expression.expressionName) ?? []);
    this.faceMeshes = morphMeshes(this.root);
    // VRM 0 models look along -z and are turned around once; their bones then turn the other way about x and z.
    this.#turnsBack = vrm.meta?.metaVersion === "0";
  }

  get headBone() {
    return this.vrm.humanoid?.getRawBoneNode("head") ?? null;
  }

  influence(name) {
    return this.vrm.expressionManager?.getValue(name) ?? null;
  }

  wear(face) {
    for (const [name, pairs] of Object.entries(this.match.drivers)) {
      this.vrm.expressionManager.setValue(name, drive(pairs, face.blendshapes));
    }
    const [x, y, z, w] = face.rotation;
    const sign = this.#turnsBack ? -1 : 1;
    this.#turn.set(sign * x, y, sign * z, w);
    this.vrm.humanoid?.getNormalizedBoneNode("head")?.quaternion.copy(this.#turn);
    if (!this.vrm.lookAt) return;
    this.vrm.lookAt.yaw = degrees((face.gaze[0] + face.gaze[2]) / 2);
    this.vrm.lookAt.pitch = -degrees((face.gaze[1] + face.gaze[3]) / 2);
  }

  update(seconds) {
    this.vrm.update(seconds);
  }

  /** VRM models cannot be copied: everybody else keeps the built-in head. */
  clone() {
    return null;
  }
}

function morphMeshes(root) {
  return [...descendants(root)].filter((node) => node.isMesh && node.morphTargetDictionary);
}

function* descendants(node) {
  yield node;
  for (const child of node.children) yield* descendants(child);
}

function find(root, pattern) {
  for (const node of descendants(root)) if (pattern.test(node.name) && !node.isMesh) return node;
  return null;
}

function rest(node) {
  return node && { node, quaternion: node.quaternion.clone() };
}

/** Turn a bone about its own place by a rotation in the model's axes, wherever its parents point. */
function turnBone({ node, quaternion }, turn, parent) {
  node.parent.getWorldQuaternion(parent);
  node.quaternion.copy(parent).invert().multiply(turn).multiply(parent).multiply(quaternion);
}

const identity = new Quaternion();
const eyeTurn = new Quaternion();
const eyeParent = new Quaternion();

function turnEye(eye, yaw, pitch) {
  if (!eye) return;
  eyeTurn.set(-Math.sin(pitch / 2), 0, 0, Math.cos(pitch / 2));
  const sideways = new Quaternion(0, Math.sin(yaw / 2), 0, Math.cos(yaw / 2));
  // Relative to the head: in the axes that the head has at rest, carried along by the parents' turn.
  eye.bind ??= eye.node.parent.getWorldQuaternion(new Quaternion());
  eyeParent.copy(eye.bind);
  eye.node.quaternion.copy(eyeParent).invert().multiply(sideways.multiply(eyeTurn)).multiply(eyeParent).multiply(eye.quaternion);
}

function degrees(radians) {
  return (radians * 180) / Math.PI;
}

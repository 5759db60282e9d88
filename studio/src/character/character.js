/** A three.js model that wears a face: shapes by name, the head's turn, the eyes' turn. */
import { Box3, Quaternion, Vector3 } from "three";
import { drive, matchShapes } from "./match.js";

const HEAD_BONE = /^(mixamorig:?)?head$/i;
const EYE_BONES = { left: /^(mixamorig:?)?(left_?eye|eye_?l(eft)?)$/i, right: /^(mixamorig:?)?(right_?eye|eye_?r(ight)?)$/i };
const LOOKS = /^look(up|down|left|right)$/i; // driven by the model's own look-at
const STAYS = /^(collar|body|shoulders)$/i; // a bust's parts below the neck: the head turns about their upper end
const PIVOT_HEIGHT = 0.7; // of what stays: within the collar

export class Character {
  #turn = new Quaternion();
  #parent = new Quaternion();
  #influences = []; // {list, index, pairs}
  #head;
  #eyes;
  #staying;
  #pivot = new Vector3();

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
    this.#staying = this.#head ? [] : [...descendants(root)].filter((node) => STAYS.test(node.name)).map(rest);
    if (this.#staying.length > 0) this.#pivot = neckOf(this.#staying.map(({ node }) => node));
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

  /** Turn everything about the base of the neck, and turn back what stays. */
  #turnBust() {
    this.root.quaternion.copy(this.#turn);
    this.root.position.copy(this.#pivot).applyQuaternion(this.#turn).negate().add(this.#pivot);
    const back = this.#parent.copy(this.#turn).invert();
    for (const { node, quaternion, position } of this.#staying) {
      node.quaternion.copy(back).multiply(quaternion);
      node.position.copy(position).sub(this.root.position).applyQuaternion(back);
    }
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
    const names = vrm.expressionManager?.expressions.map(({ expressionName }) => expressionName) ?? [];
    this.match = matchShapes(vrm.lookAt ? names.filter((name) => !LOOKS.test(name)) : names);
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

/** The base of the neck above a bust's lower parts. */
function neckOf(nodes) {
  const box = new Box3();
  nodes.forEach((node) => box.expandByObject(node));
  const neck = box.getCenter(new Vector3());
  neck.y = box.min.y + PIVOT_HEIGHT * (box.max.y - box.min.y);
  return neck;
}

function find(root, pattern) {
  for (const node of descendants(root)) if (pattern.test(node.name) && !node.isMesh) return node;
  return null;
}

/** A node as it is before anything turns: its own rotation, and the axes that its parents give it. */
function rest(node) {
  return node && { node, quaternion: node.quaternion.clone(), position: node.position.clone(), axes: node.parent?.getWorldQuaternion(new Quaternion()) };
}

/** Turn a bone about its own place by a rotation in the model's axes, wherever its parents point. */
function turnBone({ node, quaternion }, turn, parent) {
  node.parent.getWorldQuaternion(parent);
  node.quaternion.copy(parent).invert().multiply(turn).multiply(parent).multiply(quaternion);
}

const upward = new Quaternion();
const sideways = new Quaternion();

/** Turn an eye relative to the head, whose own turn it follows as its child. */
function turnEye(eye, yaw, pitch) {
  if (!eye) return;
  upward.set(-Math.sin(pitch / 2), 0, 0, Math.cos(pitch / 2));
  sideways.set(0, Math.sin(yaw / 2), 0, Math.cos(yaw / 2)).multiply(upward);
  eye.node.quaternion.copy(eye.axes).invert().multiply(sideways).multiply(eye.axes).multiply(eye.quaternion);
}

function degrees(radians) {
  return (radians * 180) / Math.PI;
}

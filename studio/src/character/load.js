/** Read a model from a file or an address: .glb and .gltf in one file, .vrm of both versions. */
import { VRMLoaderPlugin, VRMUtils } from "@pixiv/three-vrm";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { Character, VrmCharacter } from "./character.js";

export class ModelError extends Error {}

/** Read the built-in head. */
export async function loadBuiltIn(address) {
  const response = await fetch(address);
  if (!response.ok) throw new ModelError("The built-in character could not be fetched. Reload the page.");
  return readModel(await response.arrayBuffer(), "Facecast head");
}

/** Read a user's file. Throws: ModelError in plain words. */
export async function loadFile(file) {
  if (!/\.(glb|gltf|vrm)$/i.test(file.name)) throw new ModelError(`${file.name} is no .glb or .vrm file.`);
  const character = await readModel(await file.arrayBuffer(), file.name);
  if (Object.keys(character.match.drivers).length === 0) {
    throw new ModelError(`${file.name} has no morph target that is named like a face's shape, so it cannot move.`);
  }
  return character;
}

async function readModel(buffer, title) {
  const loader = new GLTFLoader();
  loader.register((parser) => new VRMLoaderPlugin(parser));
  let gltf;
  try {
    gltf = await loader.parseAsync(buffer, "");
  } catch (error) {
    throw new ModelError(`${title} could not be read. ${hint(String(error.message ?? error))}`);
  }
  const vrm = gltf.userData.vrm;
  if (!vrm) return new Character(gltf.scene, title);
  VRMUtils.rotateVRM0(vrm);
  vrm.scene.traverse((node) => (node.frustumCulled = false));
  return new VrmCharacter(vrm, title);
}

/** What the loader's message means for the user. */
function hint(message) {
  if (/draco/i.test(message)) return "It is Draco-compressed: export it without compression.";
  if (/meshopt/i.test(message)) return "It is meshopt-compressed: export it without compression.";
  if (/ktx2|basis/i.test(message)) return "Its textures are KTX2: export it with PNG or JPEG textures.";
  return `Expected glTF 2.0 or VRM in one file (${message.slice(0, 120)}).`;
}

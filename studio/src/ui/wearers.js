/** Who wears which character: the built-in head for everybody, the user's own model for the user. */
import builtInAddress from "../../../character/head.glb?url";
import { loadBuiltIn, loadFile, ModelError } from "../character/load.js";
import { CharacterStage } from "../character/stage.js";
import { mirrorFace } from "../play/face.js";
import { byId, make, setText } from "./dom.js";
import { Tiles } from "./tiles.js";

export class Wearers {
  calmMs = 0; // more smoothing for all characters, in ms; 0: as it comes
  shown = new Map(); // id -> the face worn last
  #room;
  #picture;
  #messages;
  #tiles = new Tiles();
  #stage = null;
  #builtIn = null;
  #own = null; // the user's model
  #lastMs = 0;

  constructor(room, picture, messages) {
    this.#room = room;
    this.#picture = picture;
    this.#messages = messages;
    try {
      this.#stage = new CharacterStage(byId("characters"));
    } catch {
      this.#problem("This browser draws no 3-D (WebGL is off), so no character is shown. Everything else works.");
    }
    room.addEventListener("joined", ({ detail }) => this.#join(detail));
    room.addEventListener("left", ({ detail }) => this.#leave(detail));
    byId("open-model").addEventListener("click", () => byId("model").click());
    byId("model").addEventListener("change", ({ target }) => this.#takeInput(target));
    byId("built-in").addEventListener("click", () => this.#wear(null));
  }

  get rate() {
    return this.#stage?.rate ?? null;
  }

  get software() {
    return this.#stage?.software ?? true;
  }

  /** The character of a participant, for looking into. */
  characterOf(id) {
    return this.#stage?.get(id) ?? null;
  }

  async load() {
    if (!this.#stage) return;
    try {
      this.#builtIn = await loadBuiltIn(builtInAddress);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      this.#problem(error.message);
      return;
    }
    this.#tiles.ids.forEach((id) => this.#dress(id));
    this.#showMatch();
  }

  async openFile(file) {
    try {
      this.#wear(await loadFile(file));
      this.#messages.notice(`${file.name} is your character now.`);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      this.#messages.notice(error.message, "problem");
    }
  }

  /** Draw all characters at a moment. Returns false when nothing was due. */
  draw(nowMs) {
    if (!this.#stage) return false;
    const seconds = (nowMs - this.#lastMs) / 1000;
    const drawn = this.#stage.draw(nowMs, (id) => this.#faceOf(id, nowMs, seconds));
    if (drawn) this.#lastMs = nowMs;
    return drawn;
  }

  /** Write each tile's name and state. */
  label() {
    for (const [id, person] of this.#room.people) {
      const isSelf = id === this.#room.selfId;
      const state = person.packet === null ? (isSelf ? "" : "watching") : person.isSeen ? "" : "no face seen";
      this.#tiles.label(id, isSelf ? "You" : person.name, state);
    }
  }

  #faceOf(id, nowMs, seconds) {
    const face = this.#room.people.get(id)?.mainFaceAt(nowMs);
    if (!face) return null;
    const calmed = this.#calm(id, face, seconds);
    this.shown.set(id, calmed);
    return id === this.#room.selfId && this.#picture.mirror ? mirrorFace(calmed) : calmed;
  }

  /** A first-order low-pass on the weights, on top of the server's filter. */
  #calm(id, face, seconds) {
    const before = this.shown.get(id);
    if (this.calmMs === 0 || !before || before.track !== face.track) return face;
    const gain = 1 - Math.exp((-1000 * seconds) / this.calmMs);
    return { ...face, blendshapes: face.blendshapes.map((weight, index) => before.blendshapes[index] + (weight - before.blendshapes[index]) * gain) };
  }

  #join({ id }) {
    this.#tiles.add(id, id === this.#room.selfId);
    this.#dress(id);
    this.label();
  }

  #leave(id) {
    this.#tiles.remove(id);
    this.#stage?.remove(id);
    this.shown.delete(id);
  }

  #dress(id) {
    if (!this.#stage || !this.#builtIn) return;
    const isSelf = id === this.#room.selfId;
    const character = isSelf && this.#own ? this.#own : this.#builtIn.clone();
    this.#stage.set(id, character, this.#tiles.add(id, isSelf));
  }

  #wear(character) {
    this.#own = character;
    if (this.#room.selfId !== null) this.#dress(this.#room.selfId);
    this.#showMatch();
  }

  #showMatch() {
    const character = this.#own ?? this.#builtIn;
    const { drivers, unmatched, missing } = character.match;
    setText(byId("character-name"), character.title);
    byId("built-in").hidden = this.#own === null;
    const count = Object.keys(drivers).length;
    setText(byId("character-match"), `${count} shapes follow your face, ${52 - missing.length} of the 52 weights are used.`);
    byId("unmatched").replaceChildren(...listOf("Shapes of this model that nothing drives", unmatched), ...listOf("Weights that move nothing on it", missing));
  }

  #problem(text) {
    byId("no-character").textContent = text;
    byId("no-character").hidden = false;
  }

  #takeInput(input) {
    const [file] = input.files;
    input.value = "";
    if (file) this.openFile(file);
  }
}

function listOf(title, names) {
  if (names.length === 0) return [];
  return [make("details", { open: names.length < 9 }, make("summary", {}, `${title}: ${names.length}`),
    make("ul", { class: "names" }, ...names.map((name) => make("li", {}, name))))];
}

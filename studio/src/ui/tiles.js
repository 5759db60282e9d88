/** The characters side by side: one tile for each participant, drawn by the character stage behind them. */
import { byId, make, setText } from "./dom.js";

export class Tiles {
  #grid = byId("tiles");
  #tiles = new Map(); // id -> {tile, name, state}

  /** The tile of a participant; made when it is new. */
  add(id, isSelf) {
    if (this.#tiles.has(id)) return this.#tiles.get(id).tile;
    const name = make("span", { class: "who" });
    const state = make("span", { class: "what" });
    const tile = make("figure", { class: `tile wearer${isSelf ? " self" : ""}`, "data-participant": id }, make("figcaption", {}, name, state));
    if (isSelf) this.#grid.prepend(tile);
    else this.#grid.append(tile);
    this.#tiles.set(id, { tile, name, state });
    this.#arrange();
    return tile;
  }

  remove(id) {
    this.#tiles.get(id)?.tile.remove();
    this.#tiles.delete(id);
    this.#arrange();
  }

  label(id, name, state) {
    const entry = this.#tiles.get(id);
    if (!entry) return;
    setText(entry.name, name);
    setText(entry.state, state);
  }

  get ids() {
    return [...this.#tiles.keys()];
  }

  #arrange() {
    this.#grid.dataset.count = String(Math.min(9, this.#tiles.size));
  }
}

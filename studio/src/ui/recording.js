/** The record button: start, stop, and the file. */
import { download, Recorder } from "../record/recorder.js";
import { byId, setText } from "./dom.js";

export class Recording {
  recorder = new Recorder();
  #messages;

  constructor(messages) {
    this.#messages = messages;
    byId("record").addEventListener("click", () => (this.recorder.running ? this.#stop() : this.#start()));
  }

  /** Keep a packet of ours; ends by itself when it is very long. */
  add(packet) {
    const wasRunning = this.recorder.running;
    this.recorder.add(packet);
    if (wasRunning && !this.recorder.running) this.#stop();
  }

  /** Show how long it runs. */
  show(nowMs) {
    if (!this.recorder.running) return;
    const seconds = Math.floor((nowMs - this.recorder.startedMs) / 1000);
    setText(byId("record-text"), `Stop ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
  }

  #start() {
    this.recorder.start(performance.now());
    byId("record").setAttribute("aria-pressed", "true");
    this.show(performance.now());
  }

  #stop() {
    this.recorder.stop();
    byId("record").setAttribute("aria-pressed", "false");
    setText(byId("record-text"), "Record");
    const { rows } = this.recorder;
    if (rows.length === 0) {
      this.#messages.notice("Nothing was recorded: no face was seen.", "problem");
      return;
    }
    download(this.recorder.toFile());
    this.#messages.notice(`${rows.length} frames were recorded and downloaded as CSV.`);
  }
}

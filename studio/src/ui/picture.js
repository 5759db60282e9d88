/** The picture's side of the page: choose a camera or a file, send it, and show what was found in it. */
import { CameraError, FileError, listCameras, openCamera, openFile } from "../media/source.js";
import { cameraWords } from "../net/plain_words.js";
import { byId, kept, make, setText } from "./dom.js";
import { Overlay } from "./overlay.js";

const HIDDEN_TICK_MS = 100; // hidden pages get no new-frame calls; ten pictures a second keep the character alive

export class Picture {
  source = null;
  mirror = kept.get("mirror", "on") === "on";
  points = kept.get("points", "on") === "on";
  #publisher;
  #messages;
  #overlay = new Overlay(byId("found"));
  #last = null; // {picture, faces} of the newest answer
  #onSource;

  /** `onSource()` is called when the source changes. */
  constructor(publisher, messages, onSource) {
    this.#publisher = publisher;
    this.#messages = messages;
    this.#onSource = onSource;
    byId("start-camera").addEventListener("click", () => this.startCamera());
    byId("camera-toggle").addEventListener("click", () => (this.source?.kind === "camera" ? this.stop() : this.startCamera()));
    byId("camera").addEventListener("change", () => this.#chooseCamera());
    byId("size").addEventListener("change", () => this.#reopen());
    byId("fps").addEventListener("change", () => this.#reopen());
    byId("pause").addEventListener("click", () => this.#togglePause());
    for (const id of ["open-file", "start-file"]) byId(id).addEventListener("click", () => byId("file").click());
    byId("file").addEventListener("change", ({ target }) => this.#takeInput(target));
    publisher.addEventListener("tick", () => this.source?.poll());
    publisher.addEventListener("failure", () => messages.notice("This browser could not make a JPEG of a picture.", "problem"));
    document.addEventListener("visibilitychange", () => publisher.tick(document.hidden && this.source ? HIDDEN_TICK_MS : 0));
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.#listCameras());
    this.#listCameras();
    this.#showSource();
  }

  get limits() {
    return { longSide: Number(byId("size").value), rate: Number(byId("fps").value) };
  }

  async startCamera(deviceId = byId("camera").value) {
    this.#fault(null);
    this.#busy(true);
    try {
      this.#use(await openCamera({ deviceId, ...this.limits }));
      kept.set("camera", this.source.deviceId);
      await this.#listCameras();
    } catch (error) {
      if (!(error instanceof CameraError)) throw error;
      this.#use(null);
      this.#fault(error.code);
    } finally {
      this.#busy(false);
    }
  }

  async openFile(file) {
    this.#fault(null);
    try {
      this.#use(await openFile(file));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.#messages.notice(error.message, "problem");
    }
  }

  stop() {
    this.#use(null);
  }

  /** Show the faces of an answer on the very picture that they were found in. */
  show(picture, faces) {
    this.#last?.picture.close();
    this.#last = { picture, faces };
    this.redraw();
    byId("found").hidden = false;
    setText(byId("seen"), faces.length === 0 ? "no face seen" : faces.length === 1 ? "1 face" : `${faces.length} faces`);
    byId("seen").classList.toggle("nobody", faces.length === 0);
    byId("seen").hidden = false;
  }

  redraw() {
    if (this.#last) this.#overlay.draw(this.#last.picture, this.#last.faces, { mirror: this.mirror, points: this.points });
    byId("live").classList.toggle("mirrored", this.mirror);
  }

  #use(source) {
    this.source?.close();
    this.source = source;
    this.#last?.picture.close();
    this.#last = null;
    this.#overlay.clear();
    byId("found").hidden = true;
    byId("seen").hidden = true;
    this.#publisher.reset();
    if (source) {
      source.onFrame = (captureMs) => this.#publisher.offer(source.element, source.sizeWh, captureMs, this.limits);
      source.onEnded = () => {
        this.stop();
        this.#fault("ended");
      };
    }
    this.#showSource();
    this.#onSource();
  }

  #showSource() {
    const { source } = this;
    const isVideo = source?.element instanceof HTMLVideoElement;
    byId("live").replaceChildren(...(isVideo ? [source.element] : []));
    byId("empty").hidden = source !== null;
    byId("pause").hidden = source?.kind !== "video";
    setText(byId("pause-text"), source?.paused ? "Play" : "Pause");
    byId("camera-toggle").setAttribute("aria-pressed", String(source?.kind === "camera"));
    setText(byId("camera-toggle-text"), source?.kind === "camera" ? "Stop" : "Camera");
    setText(byId("source-name"), source ? source.label : "");
    this.redraw();
  }

  #togglePause() {
    this.source?.togglePause();
    this.#showSource();
  }

  #chooseCamera() {
    if (this.source?.kind === "camera") this.startCamera();
  }

  /** Another size or rate: a camera is asked for it again, a file is only scaled. */
  #reopen() {
    kept.set("size", byId("size").value);
    kept.set("fps", byId("fps").value);
    this.#publisher.reset();
    if (this.source?.kind === "camera") this.startCamera(this.source.deviceId);
  }

  async #listCameras() {
    const cameras = await listCameras();
    const chosen = this.source?.deviceId || byId("camera").value || kept.get("camera", "");
    const options = cameras.map(({ deviceId, label }, index) => make("option", { value: deviceId }, label || `Camera ${index + 1}`));
    byId("camera").replaceChildren(...(options.length ? options : [make("option", { value: "" }, "No camera found")]));
    if (cameras.some(({ deviceId }) => deviceId === chosen)) byId("camera").value = chosen;
  }

  #takeInput(input) {
    const [file] = input.files;
    input.value = "";
    if (file) this.openFile(file);
  }

  #busy(isBusy) {
    byId("start-camera").disabled = isBusy;
    byId("camera-toggle").disabled = isBusy;
  }

  #fault(code) {
    const box = byId("camera-fault");
    box.hidden = code === null;
    if (code === null) return;
    const [title, advice] = cameraWords(code);
    box.dataset.code = code;
    box.replaceChildren(make("b", {}, title), ` ${advice}`);
  }
}

/** Capture the face at rest, keep it in this browser, and hand it to the server at each connection. */
import { encodeCalibrate } from "../wire/encode.js";
import { byId, kept, setText } from "./dom.js";

const KEY = "neutral";
const WORDS = { capturing: "Hold still …", again: "Rest face kept", none: "Rest face" };

export class Neutral {
  #connection;
  #messages;
  #button = byId("neutral");

  constructor(connection, messages) {
    this.#connection = connection;
    this.#messages = messages;
    this.#button.addEventListener("click", () => this.#capture());
    byId("forget-neutral").addEventListener("click", () => this.#forget());
    connection.addEventListener("neutral", ({ detail }) => this.#captured(detail.data));
    connection.addEventListener("notice", ({ detail }) => this.#refused(detail.code));
    connection.addEventListener("state", () => this.#show());
    this.#show();
  }

  /** What was captured before: bytes, or null. */
  get data() {
    const text = kept.get(KEY);
    return text ? Uint8Array.from(atob(text), (character) => character.charCodeAt(0)) : null;
  }

  #capture() {
    if (!this.#connection.send(encodeCalibrate())) return;
    this.#button.disabled = true;
    setText(byId("neutral-text"), WORDS.capturing);
    this.#messages.notice("Look straight ahead with a face at rest for half a second.");
  }

  #captured(data) {
    kept.set(KEY, btoa(String.fromCharCode(...data)));
    this.#connection.remember({ neutral: data });
    this.#messages.notice("Your face at rest is captured and kept in this browser.");
    this.#show();
  }

  #refused(code) {
    if (code === "bad_neutral") kept.set(KEY, "");
    if (code === "bad_neutral" || code === "no_face") this.#show();
  }

  /** The protocol has no message that takes a face at rest back: a new connection starts without. */
  #forget() {
    kept.set(KEY, "");
    this.#connection.remember({ neutral: null });
    this.#connection.reconnect();
  }

  #show() {
    this.#button.disabled = this.#connection.state !== "open";
    const has = this.data !== null;
    setText(byId("neutral-text"), has ? WORDS.again : WORDS.none);
    byId("forget-neutral").hidden = !has;
  }
}

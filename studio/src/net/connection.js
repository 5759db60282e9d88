/**
 * The page's connection to the stream: connects, says hello, pings, comes back after a loss, and hands on what arrives.
 * States: "idle", "connecting", "open", "waiting" (comes back by itself), "refused" (the user must act).
 */
import { PROTOCOL_VERSION, STREAM_PATH, SUBPROTOCOL } from "../../../server/page/wire_tables.js";
import { decodeServerMessage } from "../wire/decode.js";
import { encodeHello, encodePing } from "../wire/encode.js";
import { UnknownMessageError, WireError } from "../wire/errors.js";
import { Backoff } from "./backoff.js";
import { ClockSync, nowUs } from "./clock_sync.js";
import { RateMeter } from "./meter.js";

const PING_MS = 1000;
const SILENCE_MS = 15000; // pongs come once a second; so long a silence is a dead network
const COMES_BACK = new Set(["shutting_down", "server_full"]); // fatal, but worth trying again

export class Connection extends EventTarget {
  state = "idle";
  manifest = null;
  clock = new ClockSync();
  bytesIn = new RateMeter();
  bytesOut = new RateMeter();
  #place = null; // {room, name, options, neutral}
  #socket = null;
  #backoff = new Backoff();
  #retryTimer = 0;
  #pingTimer = 0;
  #pingId = 0;
  #lastArrivalMs = 0;
  #fatal = null;

  /** Enter a room; leaves the one before. `neutral` is a stored face at rest or null. */
  join(place) {
    this.#place = place;
    this.#backoff.reset();
    this.#drop();
    this.#connect();
  }

  /** Leave and come back at once, for what only a new connection can change. */
  reconnect() {
    this.join(this.#place);
  }

  /** Try again now instead of waiting. */
  retry() {
    if (this.state === "waiting" || this.state === "refused") this.#connect();
  }

  /** Change what a later connection asks for. */
  remember(changes) {
    this.#place = { ...this.#place, ...changes };
  }

  /** Send bytes when connected; false when not. */
  send(bytes) {
    if (this.state !== "open" || this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(bytes);
    this.bytesOut.add(performance.now(), bytes.length);
    return true;
  }

  /** Bytes that wait in the browser because the network does not take them. */
  get bufferedBytes() {
    return this.#socket?.bufferedAmount ?? 0;
  }

  #connect() {
    clearTimeout(this.#retryTimer);
    this.#fatal = null;
    this.#enter("connecting", {});
    const query = new URLSearchParams({ room: this.#place.room, role: "both", name: this.#place.name });
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${STREAM_PATH}?${query}`, [SUBPROTOCOL]);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(encodeHello("facecast-studio", this.#place.options, this.#place.neutral));
    socket.onmessage = (event) => socket === this.#socket && this.#receive(event.data);
    socket.onclose = (event) => socket === this.#socket && this.#closed(event);
    this.#socket = socket;
  }

  #receive(data) {
    const nowMs = performance.now();
    this.#lastArrivalMs = nowMs;
    if (typeof data === "string") return;
    this.bytesIn.add(nowMs, data.byteLength);
    let message;
    try {
      message = decodeServerMessage(new Uint8Array(data));
    } catch (error) {
      if (error instanceof UnknownMessageError) return;
      if (!(error instanceof WireError)) throw error;
      this.#emit("notice", { code: "unreadable", text: error.message });
      return;
    }
    if (message.type === "manifest") this.#opened(message.manifest);
    else if (message.type === "pong") this.#learnClock(message);
    else if (message.type === "error") this.#takeError(message);
    else this.#emit(message.type, { ...message, nowMs });
  }

  #opened(manifest) {
    if (manifest.protocol !== PROTOCOL_VERSION) {
      this.#refuse("version", `the server speaks version ${manifest.protocol}, this page version ${PROTOCOL_VERSION}`);
      return;
    }
    this.manifest = manifest;
    this.clock = new ClockSync();
    this.#backoff.reset();
    this.#enter("open", {});
    this.#emit("manifest", { manifest });
    this.#pingTimer = setInterval(() => this.#ping(), PING_MS);
    this.#ping();
  }

  #ping() {
    if (performance.now() - this.#lastArrivalMs > SILENCE_MS) {
      this.#closed({ code: 1006 });
      return;
    }
    this.#pingId = (this.#pingId + 1) >>> 0;
    this.send(encodePing(this.#pingId, nowUs(), this.clock.offsetUs, this.clock.roundTripUs));
  }

  #learnClock(pong) {
    if (this.clock.add(pong, nowUs())) this.#emit("clock", {});
  }

  #takeError(message) {
    if (message.fatal) this.#fatal = message;
    else this.#emit("notice", message);
  }

  #closed(event) {
    const fatal = this.#fatal;
    this.#drop();
    if (fatal && !COMES_BACK.has(fatal.code)) {
      this.#refuse(fatal.code, fatal.text);
      return;
    }
    const pauseMs = this.#backoff.next();
    this.#enter("waiting", { code: fatal?.code ?? "gone", close: event.code, retryAtMs: performance.now() + pauseMs });
    this.#retryTimer = setTimeout(() => this.#connect(), pauseMs);
  }

  #refuse(code, text) {
    this.#drop();
    this.#enter("refused", { code, text });
  }

  #drop() {
    clearInterval(this.#pingTimer);
    clearTimeout(this.#retryTimer);
    const socket = this.#socket;
    this.#socket = null;
    this.manifest = null;
    socket?.close();
  }

  #enter(state, detail) {
    this.state = state;
    this.#emit("state", { state, ...detail });
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

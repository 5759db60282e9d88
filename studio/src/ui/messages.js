/** What the page has to say: a banner for a lost connection, the state in the header, short notices. */
import { connectionWords, noticeWords } from "../net/plain_words.js";
import { byId, make, setText } from "./dom.js";

const NOTICE_MS = 7000;
const STATES = { idle: "not connected", connecting: "connecting", open: "connected", waiting: "reconnecting", refused: "not connected" };

export class Messages {
  #connection;
  #detail = null;
  #recent = new Map(); // text -> when it was shown

  constructor(connection) {
    this.#connection = connection;
    connection.addEventListener("state", ({ detail }) => this.#show(detail));
    connection.addEventListener("notice", ({ detail }) => this.notice(noticeWords(detail.code, detail.text), "problem"));
    byId("banner-retry").addEventListener("click", () => connection.retry());
    setInterval(() => this.#countDown(), 500);
  }

  /** Show a sentence for a while; the same one not twice at a time. */
  notice(text, kind = "") {
    const nowMs = performance.now();
    if (nowMs - (this.#recent.get(text) ?? -Infinity) < NOTICE_MS) return;
    this.#recent.set(text, nowMs);
    const box = make("div", { class: `notice ${kind}` }, make("span", {}, text),
      make("button", { type: "button", "aria-label": "Close", onclick: () => box.remove() }, "×"));
    byId("notices").append(box);
    setTimeout(() => box.remove(), NOTICE_MS);
  }

  async #show(detail) {
    this.#detail = detail;
    byId("state").dataset.state = detail.state;
    setText(byId("state-text"), STATES[detail.state]);
    document.body.dataset.connection = detail.state;
    if (detail.state === "open") byId("banner").hidden = true;
    if (detail.state !== "waiting" && detail.state !== "refused") return;
    const code = detail.code === "gone" ? await whyGone() : detail.code;
    if (this.#detail !== detail) return; // it came back meanwhile
    const [title, advice] = connectionWords(code);
    setText(byId("banner-title"), title);
    setText(byId("banner-advice"), advice);
    byId("banner").dataset.code = code;
    byId("banner").hidden = false;
    this.#countDown();
  }

  #countDown() {
    const left = this.#detail?.state === "waiting" ? Math.max(0, Math.ceil((this.#detail.retryAtMs - performance.now()) / 1000)) : 0;
    setText(byId("banner-retry"), left > 0 ? `Try now (${left} s)` : "Try again");
    byId("banner-retry").disabled = this.#connection.state === "connecting";
  }
}

/** A failed WebSocket does not say why: the health check does. */
async function whyGone() {
  try {
    const health = await (await fetch("/health/ready", { signal: AbortSignal.timeout(3000) })).json();
    if (health.state === "loading") return "loading";
    if (health.state === "stopping") return "shutting_down";
    return health.ready ? "unwilling" : "gone";
  } catch {
    return "gone";
  }
}

/** The page as a whole: what arrives goes to the characters, the panels and the figures; each frame draws them. */
import { Connection } from "./net/connection.js";
import { encodeOptions } from "./wire/encode.js";
import { Publisher } from "./media/publisher.js";
import { Room } from "./play/room.js";
import { Bars } from "./ui/bars.js";
import { byId, kept, setText } from "./ui/dom.js";
import { acceptDrops } from "./ui/drop.js";
import { Figures } from "./ui/figures.js";
import { HeadPanel } from "./ui/head_panel.js";
import { Messages } from "./ui/messages.js";
import { Neutral } from "./ui/neutral.js";
import { Picture } from "./ui/picture.js";
import { Plots } from "./ui/plots.js";
import { Recording } from "./ui/recording.js";
import { inventRoom, RoomPanel } from "./ui/room_panel.js";
import { ServerPanel } from "./ui/server_panel.js";
import { makeTabs } from "./ui/tabs.js";
import { makeThemeSwitch } from "./ui/theme.js";
import { Wearers } from "./ui/wearers.js";

const PANELS_MS = 50; // bars, head and plots
const FIGURES_MS = 500;

export class Studio {
  connection = new Connection();
  room = new Room(this.connection);
  publisher = new Publisher(this.connection);
  messages = new Messages(this.connection);
  picture = new Picture(this.publisher, this.messages, () => this.#newSource());
  wearers = new Wearers(this.room, this.picture, this.messages);
  neutral = new Neutral(this.connection, this.messages);
  recording = new Recording(this.messages);
  figures = new Figures(byId("figures"), byId("stages"));
  bars = new Bars(byId("bars"), (name) => this.plots.toggle(name));
  plots = new Plots(byId("plot"), byId("legend"), (chosen) => this.bars.choose(chosen));
  head = new HeadPanel(byId("head"));
  server = new ServerPanel(byId("server"));
  roomPanel = new RoomPanel(byId("room-panel"), {
    onJoin: (room, name) => this.enter(room, name),
    onInvite: () => this.#invite(),
  });
  #panel = "";
  #panelsMs = 0;
  #figuresMs = 0;

  constructor() {
    this.openTab = makeTabs(byId("tablist"), (id) => (this.#panel = id));
    makeThemeSwitch();
    acceptDrops(this.picture, this.wearers);
    this.#listen();
    this.#makeControls();
  }

  /** Load the character, enter the room of the address, and begin to draw. */
  start() {
    const query = new URLSearchParams(location.search);
    this.enter(query.get("room") || inventRoom(), query.get("name") ?? kept.get("name", ""));
    this.wearers.load();
    requestAnimationFrame((nowMs) => this.#frame(nowMs));
  }

  enter(room, name) {
    kept.set("name", name);
    const address = new URL(location.href);
    address.search = new URLSearchParams({ room }).toString();
    history.replaceState(null, "", address);
    this.roomPanel.fill(room, name, address.href);
    setText(byId("room-name"), room);
    this.connection.join({ room, name, options: this.#options, neutral: this.neutral.data });
  }

  get #options() {
    return { landmarks: this.picture.points, encoding: "u8" };
  }

  #listen() {
    this.connection.addEventListener("manifest", ({ detail }) => {
      this.bars.mark(detail.manifest);
      this.server.show(detail.manifest);
      setText(byId("profile"), `${detail.manifest.profile} · ${detail.manifest.backend}`);
    });
    this.connection.addEventListener("state", ({ detail }) => {
      if (detail.state !== "open") this.server.clear();
      byId("profile").hidden = detail.state !== "open";
      this.figures.clear();
    });
    this.connection.addEventListener("packet", ({ detail }) => this.#packet(detail));
  }

  #packet(packet) {
    if (packet.participant !== this.room.selfId) return;
    const entry = this.publisher.answered(packet, packet.nowMs);
    this.figures.addTimings(packet.timingsMs);
    this.recording.add(packet);
    this.plots.add(packet.nowMs, packet.faces[0] ?? null);
    if (entry?.picture && this.picture.source) this.picture.show(entry.picture, packet.faces);
    else entry?.picture?.close();
  }

  #newSource() {
    this.publisher.window.clear();
    this.plots?.clear();
    this.figures?.clear();
  }

  #frame(nowMs) {
    requestAnimationFrame((next) => this.#frame(next));
    const now = performance.now();
    this.wearers.draw(now);
    if (nowMs - this.#panelsMs >= PANELS_MS) {
      this.#panelsMs = nowMs;
      this.#showPanels(now);
    }
    if (nowMs - this.#figuresMs >= FIGURES_MS) {
      this.#figuresMs = nowMs;
      this.#showFigures(now);
    }
  }

  #showPanels(now) {
    const { self } = this.room;
    const face = self ? (this.wearers.shown.get(self.id) ?? self.mainFaceAt(now)) : null;
    if (face?.presence > 0.5 && self.isSeen) this.figures.latency.add(now - face.captureTimeMs);
    if (this.#panel === "bars") this.bars.show(face);
    if (this.#panel === "plots") this.plots.draw(now);
    if (this.#panel === "head") this.head.show(face);
    this.recording.show(now);
  }

  #showFigures(now) {
    const { publisher, connection, wearers } = this;
    this.figures.show({
      answerMs: publisher.answerMs.mean,
      sentRate: this.picture.source ? publisher.sentRate.perSecond(now) : null,
      sentSize: this.picture.source ? publisher.sentSize : null,
      step: this.picture.source ? publisher.adaptive.step : 0,
      shownRate: wearers.rate?.perSecond(now) ?? null,
      software: wearers.software,
      dropped: publisher.window.dropped,
      sent: publisher.window.sent,
      upBytes: connection.bytesOut.perSecond(now),
      downBytes: connection.bytesIn.perSecond(now),
    });
    wearers.label();
    const people = [...this.room.people.values()].map((person) => this.#describe(person, now));
    this.roomPanel.show(people);
    setText(byId("people-count"), String(people.length));
  }

  #describe(person, now) {
    const rate = person.packets.perSecond(now);
    const age = this.#ageMs(person, now);
    const live = `${rate.toFixed(0)} fps${age === null ? "" : `, ${Math.round(age)} ms old`}`;
    return {
      id: person.id,
      name: person.name,
      isSelf: person.id === this.room.selfId,
      isLive: rate > 0,
      doing: rate > 0 ? (person.isSeen ? live : `${live}, no face`) : "watching",
    };
  }

  /** How old the shown moment of another participant is, once both clocks are known. */
  #ageMs(person, now) {
    if (person.id === this.room.selfId) return null;
    const face = this.wearers.shown.get(person.id);
    const { offsetUs } = this.connection.clock;
    if (!face || offsetUs === null || person.clockOffsetUs === null) return null;
    return now + offsetUs / 1000 - (face.captureTimeMs + person.clockOffsetUs / 1000);
  }

  #makeControls() {
    this.#makeToggle("mirror", () => this.picture.redraw());
    this.#makeToggle("points", () => {
      this.picture.redraw();
      this.connection.remember({ options: this.#options });
      this.connection.send(encodeOptions({ landmarks: this.picture.points }));
    });
    for (const id of ["size", "fps"]) if (kept.get(id)) byId(id).value = kept.get(id);
    byId("calm").addEventListener("input", ({ target }) => this.#setCalm(Number(target.value)));
    byId("calm").value = kept.get("calm", "0");
    this.#setCalm(Number(byId("calm").value));
    byId("plot-pause").addEventListener("click", ({ currentTarget }) => {
      const paused = currentTarget.getAttribute("aria-pressed") !== "true";
      currentTarget.setAttribute("aria-pressed", String(paused));
      setText(currentTarget, paused ? "Go on" : "Pause");
      this.plots.pause(paused);
    });
    byId("room-chip").addEventListener("click", () => this.openTab("room-panel", true));
    byId("invite").addEventListener("click", () => this.#invite());
  }

  #makeToggle(name, onChange) {
    const button = byId(name);
    const show = () => button.setAttribute("aria-pressed", String(this.picture[name]));
    button.addEventListener("click", () => {
      this.picture[name] = !this.picture[name];
      kept.set(name, this.picture[name] ? "on" : "off");
      show();
      onChange();
    });
    show();
  }

  #setCalm(ms) {
    this.wearers.calmMs = ms;
    kept.set("calm", String(ms));
    setText(byId("calm-value"), ms === 0 ? "none" : `${ms} ms`);
  }

  async #invite() {
    try {
      await navigator.clipboard.writeText(location.href);
      this.messages.notice("The link is copied: open it in another browser.");
    } catch {
      this.openTab("room-panel", true);
      this.messages.notice("This browser does not let the page copy. The link stands under “Invite”.");
    }
  }
}

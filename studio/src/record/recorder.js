/** Keeps the faces of one participant, packet by packet, and offers them as a file. */
import { writeCsv } from "./csv.js";

const MOST_ROWS = 60 * 60 * 30; // half an hour at 60 a second, about 90 MB

export class Recorder {
  rows = [];
  running = false;
  startedMs = 0;

  start(nowMs) {
    this.rows = [];
    this.startedMs = nowMs;
    this.running = true;
  }

  /** Keep the first face of a packet; a frame without a face leaves a gap. */
  add(packet) {
    if (!this.running || packet.faces.length === 0) return;
    this.rows.push({ captureMs: Number(packet.captureTimeUs) / 1000, face: packet.faces[0] });
    if (this.rows.length >= MOST_ROWS) this.running = false;
  }

  stop() {
    this.running = false;
  }

  /** The recording as a file: {name, blob}. */
  toFile(now = new Date()) {
    const midnight = new Date(now).setHours(0, 0, 0, 0);
    const dayStartMs = midnight - performance.timeOrigin;
    const stamp = now.toISOString().slice(0, 19).replaceAll(":", "-");
    return { name: `facecast_${stamp}.csv`, blob: new Blob([writeCsv(this.rows, dayStartMs)], { type: "text/csv" }) };
  }
}

/** Hand a file to the browser's downloads. */
export function download({ name, blob }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

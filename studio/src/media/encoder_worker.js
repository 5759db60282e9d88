/** Off the main thread: makes a JPEG of a picture and packs it for the wire. Also a clock that hidden pages may keep. */
import { encodeFrame } from "../wire/encode.js";

let canvas = null;
let timer = 0;

self.onmessage = async ({ data }) => {
  if (data.tickMs !== undefined) {
    clearInterval(timer);
    if (data.tickMs > 0) timer = setInterval(() => self.postMessage({ tick: true }), data.tickMs);
    return;
  }
  try {
    const bytes = await encode(data);
    self.postMessage({ sequence: data.sequence, bytes }, [bytes.buffer]);
  } catch (error) {
    self.postMessage({ sequence: data.sequence, failure: String(error) });
  }
};

async function encode({ sequence, captureTimeUs, picture, quality }) {
  const { width, height } = picture;
  canvas ??= new OffscreenCanvas(width, height);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext("2d", { alpha: false }).drawImage(picture, 0, 0);
  picture.close();
  const jpeg = await canvas.convertToBlob({ type: "image/jpeg", quality });
  return encodeFrame(sequence, captureTimeUs, "jpeg", new Uint8Array(await jpeg.arrayBuffer())).slice();
}

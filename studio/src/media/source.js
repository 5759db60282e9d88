/**
 * Where pictures come from: a camera, a video file or a photo. A source has an `element` that can be drawn, its size,
 * and calls `onFrame(captureMs)` for each new picture.
 */
const PHOTO_MS = 200; // a still picture is sent again, so that whoever joins later sees it too

/** A camera of the browser. Throws: CameraError with a code of net/plain_words.js. */
export async function openCamera({ deviceId, longSide, rate }) {
  if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) throw new CameraError("insecure");
  const video = { width: { ideal: longSide }, frameRate: { ideal: rate } };
  if (deviceId) video.deviceId = { exact: deviceId };
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
  } catch (error) {
    throw new CameraError(error.name);
  }
  const source = new VideoSource("camera");
  source.stream = stream;
  source.label = stream.getVideoTracks()[0].label;
  source.deviceId = stream.getVideoTracks()[0].getSettings().deviceId ?? "";
  stream.getVideoTracks()[0].addEventListener("ended", () => source.onEnded?.());
  source.element.srcObject = stream;
  await source.play();
  return source;
}

/** A video or picture file. Throws: FileError when the browser cannot read it. */
export async function openFile(file) {
  return file.type.startsWith("image/") ? PhotoSource.open(file) : openVideo(file);
}

async function openVideo(file) {
  const source = new VideoSource("video");
  source.label = file.name;
  source.url = URL.createObjectURL(file);
  source.element.loop = true;
  source.element.src = source.url;
  try {
    await source.play();
  } catch {
    source.close();
    throw new FileError(`The browser cannot play ${file.name}. Videos as MP4 (H.264) or WebM, photos as JPEG, PNG or WebP.`);
  }
  return source;
}

/** The cameras that the browser tells, with names once one was allowed. */
export async function listCameras() {
  if (!navigator.mediaDevices?.enumerateDevices) return [];
  return (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === "videoinput");
}

class VideoSource {
  element = document.createElement("video");
  onFrame = null;
  onEnded = null;
  stream = null;
  url = null;
  label = "";
  deviceId = "";
  #closed = false;

  constructor(kind) {
    this.kind = kind;
    Object.assign(this.element, { muted: true, playsInline: true });
  }

  get sizeWh() {
    return [this.element.videoWidth, this.element.videoHeight];
  }

  get paused() {
    return this.element.paused;
  }

  async play() {
    await this.element.play();
    this.#watch();
  }

  togglePause() {
    if (this.element.paused) this.element.play();
    else this.element.pause();
  }

  /** Offer what is shown now, for a page that is hidden and gets no new-frame calls. */
  poll() {
    if (!this.#closed && this.sizeWh[0] > 0) this.onFrame?.(performance.now());
  }

  close() {
    this.#closed = true;
    this.element.pause();
    this.stream?.getTracks().forEach((track) => track.stop());
    this.element.srcObject = null;
    this.element.removeAttribute("src");
    if (this.url) URL.revokeObjectURL(this.url);
  }

  #watch() {
    if (this.#closed) return;
    if (!("requestVideoFrameCallback" in this.element)) {
      requestAnimationFrame(() => this.#next(performance.now()));
      return;
    }
    // Only a camera's frames say when they were taken, on the page's own clock.
    this.element.requestVideoFrameCallback((now, frame) => this.#next(frame.captureTime ?? now));
  }

  #next(captureMs) {
    if (this.#closed) return;
    this.#watch();
    this.onFrame?.(captureMs);
  }
}

class PhotoSource {
  kind = "photo";
  onFrame = null;
  onEnded = null;
  paused = false;
  #timer = 0;

  static async open(file) {
    const source = new PhotoSource();
    try {
      // The browser turns the picture as its EXIF data say.
      source.element = await createImageBitmap(file);
    } catch {
      throw new FileError(`The browser cannot read ${file.name}. Photos as JPEG, PNG or WebP work.`);
    }
    source.label = file.name;
    source.#timer = setInterval(() => source.poll(), PHOTO_MS);
    return source;
  }

  get sizeWh() {
    return [this.element.width, this.element.height];
  }

  togglePause() {}

  poll() {
    this.onFrame?.(performance.now());
  }

  close() {
    clearInterval(this.#timer);
    this.element.close();
  }
}

export class CameraError extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

export class FileError extends Error {}

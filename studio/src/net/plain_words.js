/** Every fault that a user may meet, in plain words: what happened and what helps. */

const CONNECTION = {
  gone: ["The server is gone", "Nothing answers at this address. The page connects again by itself."],
  loading: ["The server is starting", "It is loading its networks; this takes a few seconds."],
  unwilling: ["The server refused the connection", "It answers, but not to this page's protocol. Perhaps the two are of different versions: reload the page."],
  shutting_down: ["The server is being restarted", "It said goodbye and will be back. The page connects again by itself."],
  server_full: ["The server is full", "It has its highest number of participants. The page tries again by itself."],
  room_full: ["This room is full", "Choose another room name, or wait until somebody leaves and try again."],
  version: ["The server speaks another version", "Reload the page to get the one that fits the server."],
  subprotocol: ["The server speaks another version", "Reload the page to get the one that fits the server."],
  bad_request: ["The room or your name is not accepted", "Use at most 64 printable characters for each."],
  flooding: ["The server closed the connection", "It got far too many messages from this page. Try again with a lower rate."],
  too_large: ["The picture was too large", "The server closed the connection. Choose a smaller size and try again."],
};

const NOTICES = {
  bad_image: "The server could not read a picture that this page sent.",
  unsupported_format: "The server does not take this page's picture format.",
  too_many_pixels: "The picture has more pixels than the server takes. Choose a smaller size.",
  rate: "Frames come faster than the server allows; some are dropped. Choose a lower rate.",
  overloaded: "The server has more to do than it can: pictures waited too long and were dropped. Choose a lower rate.",
  bad_neutral: "The face at rest that was kept here does not fit this server any more. Capture it again.",
  no_face: "No face was seen during the capture. Look into the camera and try again.",
  wrong_role: "This connection may not send frames.",
  internal: "The server failed on a message. It did not come from anything you did.",
  bad_message: "The server did not understand a message of this page.",
  unreadable: "This page did not understand a message of the server.",
};

const CAMERA = {
  NotAllowedError: ["The camera is not allowed", "Allow it for this page in the browser's address bar, then try again. A video or a photo works without."],
  NotFoundError: ["No camera was found", "Plug one in and try again, or drop a video or a photo here."],
  NotReadableError: ["The camera is busy", "Another program holds it. Close that program and try again."],
  OverconstrainedError: ["The camera cannot do this size", "Choose another size or another camera."],
  insecure: ["The browser gives no camera here", "A camera needs https:// or http://localhost. Open the page that way, or drop a video or a photo."],
  ended: ["The camera stopped", "It was unplugged or taken away. Start it again."],
};

/** Title and advice for a connection that is not open. */
export function connectionWords(code) {
  return CONNECTION[code] ?? ["The server closed the connection", `It said "${code}". Try again.`];
}

/** One sentence for a fault that does not end the connection. */
export function noticeWords(code, text) {
  return NOTICES[code] ?? `The server says: ${text}`;
}

/** Title and advice for a camera that cannot be had; `code` is a DOMException's name, "insecure" or "ended". */
export function cameraWords(code) {
  return CAMERA[code] ?? ["The camera could not be started", `The browser says "${code}". Try again, or drop a video or a photo.`];
}

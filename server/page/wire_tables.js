// The wire's tables. GENERATED from proto/schema.toml by `python -m proto.generate`; do not edit.

export const PROTOCOL_VERSION = 1;

export const SUBPROTOCOL = "facecast.v1.msgpack";

export const STREAM_PATH = "/v1/stream";

export const LANDMARK_COUNT = 98;

export const ACTION_UNIT_MAX = 5;

export const BOX_SCALE = 8192;

export const LANDMARK_SCALE = 32768;

export const LANDMARK_OFFSET = 16384;

export const QUATERNION_SCALE = 32767;

export const TRANSLATION_SCALE = 1000;

export const GAZE_SCALE = 10000;

export const TIMING_STEP_US = 10;

export const ROLES = Object.freeze([
  "publisher",
  "viewer",
  "both",
]);

export const BLENDSHAPES = Object.freeze([
  "eyeBlinkLeft",
  "eyeLookDownLeft",
  "eyeLookInLeft",
  "eyeLookOutLeft",
  "eyeLookUpLeft",
  "eyeSquintLeft",
  "eyeWideLeft",
  "eyeBlinkRight",
  "eyeLookDownRight",
  "eyeLookInRight",
  "eyeLookOutRight",
  "eyeLookUpRight",
  "eyeSquintRight",
  "eyeWideRight",
  "jawForward",
  "jawLeft",
  "jawRight",
  "jawOpen",
  "mouthClose",
  "mouthFunnel",
  "mouthPucker",
  "mouthLeft",
  "mouthRight",
  "mouthSmileLeft",
  "mouthSmileRight",
  "mouthFrownLeft",
  "mouthFrownRight",
  "mouthDimpleLeft",
  "mouthDimpleRight",
  "mouthStretchLeft",
  "mouthStretchRight",
  "mouthRollLower",
  "mouthRollUpper",
  "mouthShrugLower",
  "mouthShrugUpper",
  "mouthPressLeft",
  "mouthPressRight",
  "mouthLowerDownLeft",
  "mouthLowerDownRight",
  "mouthUpperUpLeft",
  "mouthUpperUpRight",
  "browDownLeft",
  "browDownRight",
  "browInnerUp",
  "browOuterUpLeft",
  "browOuterUpRight",
  "cheekPuff",
  "cheekSquintLeft",
  "cheekSquintRight",
  "noseSneerLeft",
  "noseSneerRight",
  "tongueOut",
]);

export const BLENDSHAPE_GROUPS = Object.freeze({
  "eye": ["eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft", "eyeSquintLeft", "eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight", "eyeSquintRight", "eyeWideRight"],
  "jaw": ["jawForward", "jawLeft", "jawRight", "jawOpen"],
  "mouth": ["mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight", "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight"],
  "brow": ["browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight"],
  "cheek": ["cheekPuff", "cheekSquintLeft", "cheekSquintRight"],
  "nose": ["noseSneerLeft", "noseSneerRight"],
  "tongue": ["tongueOut"],
});

export const ACTION_UNITS = Object.freeze([
  "AU01",
  "AU02",
  "AU04",
  "AU05",
  "AU06",
  "AU07",
  "AU09",
  "AU10",
  "AU12",
  "AU14",
  "AU15",
  "AU17",
  "AU20",
  "AU23",
  "AU25",
  "AU26",
  "AU28",
  "AU45",
]);

export const ACTION_UNIT_NAMES = Object.freeze({
  "AU01": "inner brow raiser",
  "AU02": "outer brow raiser",
  "AU04": "brow lowerer",
  "AU05": "upper lid raiser",
  "AU06": "cheek raiser",
  "AU07": "lid tightener",
  "AU09": "nose wrinkler",
  "AU10": "upper lip raiser",
  "AU12": "lip corner puller",
  "AU14": "dimpler",
  "AU15": "lip corner depressor",
  "AU17": "chin raiser",
  "AU20": "lip stretcher",
  "AU23": "lip tightener",
  "AU25": "lips part",
  "AU26": "jaw drop",
  "AU28": "lip suck",
  "AU45": "blink",
});

export const LANDMARK_GROUPS = Object.freeze({
  "contour": [0, 32],
  "right_brow": [33, 41],
  "left_brow": [42, 50],
  "nose": [51, 59],
  "right_eye": [60, 67],
  "left_eye": [68, 75],
  "outer_lip": [76, 87],
  "inner_lip": [88, 95],
  "right_pupil": [96, 96],
  "left_pupil": [97, 97],
});

export const STAGES = Object.freeze([
  "decode",
  "track",
  "detect",
  "landmarks",
  "pose",
  "expression",
  "smooth",
]);

export const MESSAGES = Object.freeze({
  "manifest": 1,
  "packet": 2,
  "event": 3,
  "neutral": 4,
  "pong": 5,
  "error": 6,
  "hello": 16,
  "frame": 17,
  "calibrate": 18,
  "set_neutral": 19,
  "ping": 20,
  "options": 21,
});

export const FORMATS = Object.freeze({
  "jpeg": 1,
  "png": 2,
  "webp": 3,
  "rgb8": 4,
  "bgr8": 5,
  "nv12": 6,
});

export const ENCODINGS = Object.freeze({
  "u8": 0,
  "u16": 1,
  "f32": 2,
});

export const ENCODING_BYTES = Object.freeze({
  "u8": 1,
  "u16": 2,
  "f32": 4,
});

export const EVENTS = Object.freeze({
  "joined": 1,
  "left": 2,
  "lost_face": 3,
  "clock": 4,
});

export const LIMITS = Object.freeze({
  "message_bytes": 8388608,
  "pixels": 8294400,
  "frames_per_second": 60,
  "faces": 8,
  "neutral_bytes": 16384,
  "name_characters": 64,
  "room_characters": 64,
  "room_participants": 64,
  "packet_bytes": 150,
});

export const ERRORS = Object.freeze({
  "bad_message": {"fatal": false, "close": 0, "meaning": "a message is not what this specification says; it was ignored"},
  "unsupported_format": {"fatal": false, "close": 0, "meaning": "a frame's format is unknown, or not the one declared"},
  "bad_image": {"fatal": false, "close": 0, "meaning": "a picture is damaged, empty, or of the wrong length for its size"},
  "too_large": {"fatal": true, "close": 1009, "meaning": "a message has more bytes than the limit"},
  "too_many_pixels": {"fatal": false, "close": 0, "meaning": "a picture has more pixels than the limit; it was not decoded"},
  "rate": {"fatal": false, "close": 0, "meaning": "frames come faster than the limit; some are dropped"},
  "overloaded": {"fatal": false, "close": 0, "meaning": "the server has more to do than it can: a frame waited too long for its turn and was dropped"},
  "wrong_role": {"fatal": false, "close": 0, "meaning": "a message that this role may not send, such as a viewer's frame"},
  "bad_neutral": {"fatal": false, "close": 0, "meaning": "a stored neutral calibration is damaged or of another version; it was ignored"},
  "no_face": {"fatal": false, "close": 0, "meaning": "the neutral capture saw too few frames with exactly one face"},
  "internal": {"fatal": false, "close": 0, "meaning": "the server failed on this message; the client did nothing wrong"},
  "bad_request": {"fatal": true, "close": 4400, "meaning": "the address is wrong: room, role or name is missing, unknown or too long"},
  "subprotocol": {"fatal": true, "close": 4406, "meaning": "the WebSocket subprotocol is missing or not supported"},
  "room_full": {"fatal": true, "close": 4409, "meaning": "the room has its highest number of participants"},
  "version": {"fatal": true, "close": 4426, "meaning": "the client speaks another protocol version"},
  "flooding": {"fatal": true, "close": 4429, "meaning": "far too many messages, or too many bad ones"},
  "shutting_down": {"fatal": true, "close": 4503, "meaning": "the server is stopping; come back later"},
  "server_full": {"fatal": true, "close": 4504, "meaning": "the server has its highest number of participants; come back later"},
});

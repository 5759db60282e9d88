"""The wire's tables. GENERATED from schema.toml by `python -m proto.generate`; do not edit."""

# ruff: noqa: E501
# fmt: off

from __future__ import annotations

from typing import NamedTuple


class FieldSpec(NamedTuple):
    """One field of a message; `limit` names an entry of LIMITS, or is empty."""

    name: str
    type: str
    optional: bool
    limit: str


class MessageSpec(NamedTuple):
    """One message type: the fields follow the id in the array."""

    name: str
    id: int
    sender: str
    fields: tuple[FieldSpec, ...]


class ErrorSpec(NamedTuple):
    """One error code; `close` is the WebSocket close code of a fatal error, otherwise 0."""

    fatal: bool
    close: int
    meaning: str


PROTOCOL_VERSION = 1
SUBPROTOCOL = "facecast.v1.msgpack"
STREAM_PATH = "/v1/stream"
LANDMARK_COUNT = 98

ACTION_UNIT_MAX = 5
BOX_SCALE = 8192
LANDMARK_SCALE = 32768
LANDMARK_OFFSET = 16384
QUATERNION_SCALE = 32767
TRANSLATION_SCALE = 1000
GAZE_SCALE = 10000
TIMING_STEP_US = 10

LIMITS: dict[str, int] = {
    "message_bytes": 8388608,
    "pixels": 8294400,
    "frames_per_second": 60,
    "faces": 8,
    "neutral_bytes": 16384,
    "name_characters": 64,
    "room_characters": 64,
    "room_participants": 64,
    "packet_bytes": 150,
}

ROLES: tuple[str, ...] = (
    "publisher",
    "viewer",
    "both",
)

BLENDSHAPES: tuple[str, ...] = (
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
)

BLENDSHAPE_GROUPS: dict[str, tuple[str, ...]] = {
    "eye": (
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
    ),
    "jaw": (
        "jawForward",
        "jawLeft",
        "jawRight",
        "jawOpen",
    ),
    "mouth": (
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
    ),
    "brow": (
        "browDownLeft",
        "browDownRight",
        "browInnerUp",
        "browOuterUpLeft",
        "browOuterUpRight",
    ),
    "cheek": (
        "cheekPuff",
        "cheekSquintLeft",
        "cheekSquintRight",
    ),
    "nose": (
        "noseSneerLeft",
        "noseSneerRight",
    ),
    "tongue": (
        "tongueOut",
    ),
}

ACTION_UNITS: tuple[str, ...] = (
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
)

ACTION_UNIT_NAMES: dict[str, str] = {
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
}

# name -> (first, last) landmark index, both included
LANDMARK_GROUPS: dict[str, tuple[int, int]] = {
    "contour": (0, 32),
    "right_brow": (33, 41),
    "left_brow": (42, 50),
    "nose": (51, 59),
    "right_eye": (60, 67),
    "left_eye": (68, 75),
    "outer_lip": (76, 87),
    "inner_lip": (88, 95),
    "right_pupil": (96, 96),
    "left_pupil": (97, 97),
}

STAGES: tuple[str, ...] = (
    "decode",
    "track",
    "detect",
    "landmarks",
    "pose",
    "expression",
    "smooth",
)

UNITS: dict[str, str] = {
    "blendshapes": "0..1",
    "action_units": "intensity 0..5",
    "score": "0..1",
    "box": "x0 y0 x1 y1, fractions of the image's width and height, origin at the top left",
    "landmarks": "x y, fractions of the image's width and height, origin at the top left",
    "rotation": "unit quaternion x y z w, head to camera",
    "translation": "metres in camera axes",
    "gaze": "radians relative to the head: yaw left eye, pitch left eye, yaw right eye, pitch right eye",
    "capture_time": "microseconds of the publisher's own monotonic clock",
    "server_time": "microseconds of the server's monotonic clock, any origin",
    "timings": "steps of 10 microseconds",
}

AXES: dict[str, str] = {
    "side": "left and right are the subject's own",
    "camera": "right-handed: x right in the picture, y up, z toward the viewer; a face before the camera has negative z",
    "head": "right-handed: x to the subject's left, y up, z out of the face; identity looks into the camera upright",
    "yaw": "positive when the nose turns to the subject's left (rotation about +y)",
    "pitch": "positive when the nose goes up (rotation about -x)",
    "roll": "positive counter-clockwise in the picture (rotation about +z)",
    "gaze_yaw": "positive to the subject's left",
    "gaze_pitch": "positive up",
}

FORMATS: dict[str, int] = {
    "jpeg": 1,
    "png": 2,
    "webp": 3,
    "rgb8": 4,
    "bgr8": 5,
    "nv12": 6,
}

RAW_FORMATS: tuple[str, ...] = (
    "rgb8",
    "bgr8",
    "nv12",
)

ENCODINGS: dict[str, int] = {
    "u8": 0,
    "u16": 1,
    "f32": 2,
}

ENCODING_BYTES: dict[str, int] = {
    "u8": 1,
    "u16": 2,
    "f32": 4,
}

EVENTS: dict[str, int] = {
    "joined": 1,
    "left": 2,
    "lost_face": 3,
    "clock": 4,
}

OPTION_DEFAULTS: dict[str, str | bool] = {
    "encoding": "u8",
    "landmarks": False,
}

MANIFEST_KEYS: tuple[str, ...] = (
    "protocol",
    "subprotocol",
    "server",
    "participant",
    "room",
    "name",
    "role",
    "participants",
    "server_time_us",
    "blendshapes",
    "blendshapes_estimated",
    "blendshapes_quality",
    "action_units",
    "action_units_estimated",
    "action_units_quality",
    "stages",
    "landmarks",
    "units",
    "axes",
    "limits",
    "formats",
    "encodings",
    "profile",
    "backend",
    "models",
)

ERRORS: dict[str, ErrorSpec] = {
    "bad_message": ErrorSpec(False, 0, "a message is not what this specification says; it was ignored"),
    "unsupported_format": ErrorSpec(False, 0, "a frame's format is unknown, or not the one declared"),
    "bad_image": ErrorSpec(False, 0, "a picture is damaged, empty, or of the wrong length for its size"),
    "too_large": ErrorSpec(True, 1009, "a message has more bytes than the limit"),
    "too_many_pixels": ErrorSpec(False, 0, "a picture has more pixels than the limit; it was not decoded"),
    "rate": ErrorSpec(False, 0, "frames come faster than the limit; some are dropped"),
    "overloaded": ErrorSpec(False, 0, "the server has more to do than it can: a frame waited too long for its turn and was dropped"),
    "wrong_role": ErrorSpec(False, 0, "a message that this role may not send, such as a viewer's frame"),
    "bad_neutral": ErrorSpec(False, 0, "a stored neutral calibration is damaged or of another version; it was ignored"),
    "no_face": ErrorSpec(False, 0, "the neutral capture saw too few frames with exactly one face"),
    "internal": ErrorSpec(False, 0, "the server failed on this message; the client did nothing wrong"),
    "bad_request": ErrorSpec(True, 4400, "the address is wrong: room, role or name is missing, unknown or too long"),
    "subprotocol": ErrorSpec(True, 4406, "the WebSocket subprotocol is missing or not supported"),
    "room_full": ErrorSpec(True, 4409, "the room has its highest number of participants"),
    "version": ErrorSpec(True, 4426, "the client speaks another protocol version"),
    "flooding": ErrorSpec(True, 4429, "far too many messages, or too many bad ones"),
    "shutting_down": ErrorSpec(True, 4503, "the server is stopping; come back later"),
    "server_full": ErrorSpec(True, 4504, "the server has its highest number of participants; come back later"),
}

MANIFEST = 1
PACKET = 2
EVENT = 3
NEUTRAL = 4
PONG = 5
ERROR = 6
HELLO = 16
FRAME = 17
CALIBRATE = 18
SET_NEUTRAL = 19
PING = 20
OPTIONS = 21

MESSAGES: dict[str, MessageSpec] = {
    "manifest": MessageSpec(
        "manifest",
        1,
        "server",
        (
            FieldSpec("content", "map", False, ""),
        ),
    ),
    "packet": MessageSpec(
        "packet",
        2,
        "server",
        (
            FieldSpec("participant", "u16", False, ""),
            FieldSpec("head", "bin", False, ""),
            FieldSpec("faces", "list", False, ""),
        ),
    ),
    "event": MessageSpec(
        "event",
        3,
        "server",
        (
            FieldSpec("kind", "u8", False, ""),
            FieldSpec("participant", "u16", False, ""),
            FieldSpec("name", "str", True, "name_characters"),
            FieldSpec("track", "u32", True, ""),
            FieldSpec("role", "str", True, ""),
            FieldSpec("clock_offset_us", "i64", True, ""),
        ),
    ),
    "neutral": MessageSpec(
        "neutral",
        4,
        "server",
        (
            FieldSpec("data", "bin", False, "neutral_bytes"),
        ),
    ),
    "pong": MessageSpec(
        "pong",
        5,
        "server",
        (
            FieldSpec("id", "u32", False, ""),
            FieldSpec("client_time_us", "u64", False, ""),
            FieldSpec("receive_time_us", "u64", False, ""),
            FieldSpec("send_time_us", "u64", False, ""),
        ),
    ),
    "error": MessageSpec(
        "error",
        6,
        "server",
        (
            FieldSpec("code", "str", False, ""),
            FieldSpec("text", "str", False, ""),
            FieldSpec("fatal", "bool", False, ""),
            FieldSpec("sequence", "u32", True, ""),
        ),
    ),
    "hello": MessageSpec(
        "hello",
        16,
        "client",
        (
            FieldSpec("version", "u8", False, ""),
            FieldSpec("client", "str", True, "name_characters"),
            FieldSpec("options", "map", True, ""),
            FieldSpec("neutral", "bin", True, "neutral_bytes"),
        ),
    ),
    "frame": MessageSpec(
        "frame",
        17,
        "client",
        (
            FieldSpec("sequence", "u32", False, ""),
            FieldSpec("capture_time_us", "u64", False, ""),
            FieldSpec("format", "u8", False, ""),
            FieldSpec("payload", "bin", False, "message_bytes"),
            FieldSpec("width", "u16", True, ""),
            FieldSpec("height", "u16", True, ""),
        ),
    ),
    "calibrate": MessageSpec(
        "calibrate",
        18,
        "client",
        (
        ),
    ),
    "set_neutral": MessageSpec(
        "set_neutral",
        19,
        "client",
        (
            FieldSpec("data", "bin", False, "neutral_bytes"),
        ),
    ),
    "ping": MessageSpec(
        "ping",
        20,
        "client",
        (
            FieldSpec("id", "u32", False, ""),
            FieldSpec("client_time_us", "u64", False, ""),
            FieldSpec("clock_offset_us", "i64", True, ""),
            FieldSpec("round_trip_us", "u32", True, ""),
        ),
    ),
    "options": MessageSpec(
        "options",
        21,
        "client",
        (
            FieldSpec("options", "map", False, ""),
        ),
    ),
}

"""The packed part of the wire: one face as bytes, a packet's head, and both back again.

Layouts and formulas: proto/SPEC.md, "Packet". All numbers are little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import msgpack
import numpy as np

from engines.face import Face, FrameResult
from proto import tables
from server.errors import BadMessageError, EncodeError
from server.wire_messages import Packet, PacketFace

_HEAD = struct.Struct(f"<BIQHH{len(tables.STAGES)}H")  # flags, sequence, capture time, width, height, timings
_FACE = struct.Struct("<IB")  # track, score
_POSE = 15  # i16: box 4, quaternion 4, translation 3, gaze 4
_FACE_FIXED = _FACE.size + 2 * _POSE
_WEIGHTS = len(tables.BLENDSHAPES)
_COEFFICIENTS = _WEIGHTS + len(tables.ACTION_UNITS)
_LANDMARK_VALUES = 2 * tables.LANDMARK_COUNT

_ENCODING_MASK = 0b011
_LANDMARKS_BIT = 0b100
_DTYPES = {"u8": np.dtype("u1"), "u16": np.dtype("<u2"), "f32": np.dtype("<f4")}
_ENCODING_NAMES = {number: name for name, number in tables.ENCODINGS.items()}

_RANGE = np.r_[np.ones(_WEIGHTS), np.full(len(tables.ACTION_UNITS), float(tables.ACTION_UNIT_MAX))]
_POSE_SCALE = np.r_[
    np.full(4, float(tables.BOX_SCALE)),
    np.full(4, float(tables.QUATERNION_SCALE)),
    np.full(3, float(tables.TRANSLATION_SCALE)),
    np.full(4, float(tables.GAZE_SCALE)),
]
_I16_MAX, _U16_MAX, _U8_MAX = 32767, 65535, 255


def encode_packet(
    participant: int,
    sequence: int,
    capture_time_us: int,
    result: FrameResult,
    encoding: str = "u8",
    landmarks: bool = False,
) -> bytes:
    """Pack the faces of one frame for viewers.

    Raises: EncodeError when a value is not finite, an id is out of range, or the encoding is unknown.
    """
    if encoding not in tables.ENCODINGS:
        raise EncodeError(f"expected an encoding of {', '.join(tables.ENCODINGS)}, got {encoding!r}")
    flags = tables.ENCODINGS[encoding] | (_LANDMARKS_BIT if landmarks else 0)
    height, width = result.size_hw
    ticks = [_timing_ticks(result.timings_ms.get(stage, 0.0)) for stage in tables.STAGES]
    try:
        head = _HEAD.pack(flags, sequence, capture_time_us, width, height, *ticks)
        faces = _pack_faces(result.faces, (height, width), encoding, landmarks)
    except struct.error as error:
        raise EncodeError(f"expected ids, times and sizes within their fields: {error}") from error
    if not 0 <= participant <= _U16_MAX:
        raise EncodeError(f"expected a participant of 0..{_U16_MAX}, got {participant}")
    return msgpack.packb([tables.PACKET, participant, head, faces])


def _timing_ticks(time_ms: float) -> int:
    ticks = time_ms * 1000 / tables.TIMING_STEP_US
    if not ticks >= 0:
        raise EncodeError(f"expected a time of 0 ms or more, got {time_ms}")
    return round(min(ticks, _U16_MAX))


def _pack_faces(
    faces: Sequence[Face], size_hw: tuple[int, int], encoding: str, landmarks: bool
) -> list[bytes]:
    if not faces:
        return []
    height, width = size_hw
    if height < 1 or width < 1:
        raise EncodeError(f"expected an image of at least 1x1, got {width}x{height}")
    poses = _pack_poses(faces, width, height)
    coefficients = _pack_coefficients(faces, encoding)
    packed = [
        _FACE.pack(face.track, _pack_score(face.score)) + pose.tobytes() + values.tobytes()
        for face, pose, values in zip(faces, poses, coefficients, strict=True)
    ]
    if landmarks:
        points = _pack_landmarks(faces, width, height)
        packed = [head + row.tobytes() for head, row in zip(packed, points, strict=True)]
    return packed


def _pack_score(score: float) -> int:
    if not 0 <= score <= 1:
        raise EncodeError(f"expected a score of 0..1, got {score}")
    return round(score * _U8_MAX)


def _pack_poses(faces: Sequence[Face], width: int, height: int) -> np.ndarray:
    """Quantise box, rotation, translation and gaze. Shapes: N faces -> (N, 15) i16."""
    values = np.empty((len(faces), _POSE))
    for row, face in zip(values, faces, strict=True):
        row[0:4] = face.box_xyxy_px
        row[4:8] = face.rotation_xyzw
        row[8:11] = face.translation_m
        row[11:15] = face.gaze_rad.reshape(4)
    _require_finite(values, "box, rotation, translation or gaze")
    values[:, 0:4] /= (width, height, width, height)
    values[:, 4:8] *= np.where(values[:, 7:8] < 0, -1.0, 1.0)  # q and -q are one rotation; w >= 0 is sent
    values *= _POSE_SCALE
    return _clip(np.rint(values), -_I16_MAX, _I16_MAX).astype("<i2")


def _pack_coefficients(faces: Sequence[Face], encoding: str) -> np.ndarray:
    """Quantise weights and intensities; 0 and the range's end are exact. Shapes: N faces -> (N, 70)."""
    values = np.empty((len(faces), _COEFFICIENTS))
    for row, face in zip(values, faces, strict=True):
        row[:_WEIGHTS] = face.blendshapes_01
        row[_WEIGHTS:] = face.action_units_05
    _require_finite(values, "coefficient")
    values = _clip(values, 0.0, _RANGE)
    if encoding == "f32":
        return values.astype("<f4")
    values *= (_U8_MAX if encoding == "u8" else _U16_MAX) / _RANGE
    return np.rint(values).astype(_DTYPES[encoding])


def _pack_landmarks(faces: Sequence[Face], width: int, height: int) -> np.ndarray:
    """Quantise landmarks. Shapes: N faces -> (N, 98, 2) u16."""
    points = np.stack([face.landmarks_px for face in faces]).astype(np.float64)
    _require_finite(points, "landmark")
    points *= (tables.LANDMARK_SCALE / width, tables.LANDMARK_SCALE / height)
    points += tables.LANDMARK_OFFSET
    return _clip(np.rint(points), 0, _U16_MAX).astype("<u2")


def _clip(values: np.ndarray, low: float, high: float | np.ndarray) -> np.ndarray:
    return np.minimum(np.maximum(values, low), high)  # a third of np.clip's time on small arrays


def _require_finite(values: np.ndarray, what: str) -> None:
    if not np.isfinite(values).all():
        raise EncodeError(f"expected finite numbers, got a {what} that is not")


def decode_packet(participant: int, head: bytes, faces: Sequence[object]) -> Packet:
    """Unpack a packet's fields.

    Raises: BadMessageError when a part is too short, not packed, or holds impossible numbers.
    """
    if len(head) < _HEAD.size:
        raise BadMessageError(f"expected a packet head of {_HEAD.size} bytes, got {len(head)}")
    flags, sequence, capture_time_us, width, height, *ticks = _HEAD.unpack_from(head)
    encoding = _ENCODING_NAMES.get(flags & _ENCODING_MASK)
    if encoding is None:
        raise BadMessageError(f"expected an encoding of 0..2, got {flags & _ENCODING_MASK}")
    return Packet(
        participant=participant,
        sequence=sequence,
        capture_time_us=capture_time_us,
        size_hw=(height, width),
        timings_ms={
            stage: tick * tables.TIMING_STEP_US / 1000
            for stage, tick in zip(tables.STAGES, ticks, strict=True)
        },
        encoding=encoding,
        faces=tuple(_unpack_face(face, encoding, bool(flags & _LANDMARKS_BIT)) for face in faces),
    )


def _unpack_face(data: object, encoding: str, landmarks: bool) -> PacketFace:
    if not isinstance(data, bytes):
        raise BadMessageError(f"expected a face as bin, got {type(data).__name__}")
    points_at = _FACE_FIXED + _COEFFICIENTS * tables.ENCODING_BYTES[encoding]
    expected = points_at + (2 * _LANDMARK_VALUES if landmarks else 0)
    if len(data) < expected:
        raise BadMessageError(f"expected a face of {expected} bytes, got {len(data)}")
    track, score = _FACE.unpack_from(data)
    pose = np.frombuffer(data, "<i2", _POSE, _FACE.size) / _POSE_SCALE
    norm = float(np.linalg.norm(pose[4:8]))
    if norm == 0:
        raise BadMessageError("expected a rotation, got a quaternion of length 0")
    values = _unpack_coefficients(data, encoding)
    return PacketFace(
        track=track,
        score=score / _U8_MAX,
        box_xyxy_01=pose[0:4],
        rotation_xyzw=pose[4:8] / norm,
        translation_m=pose[8:11],
        gaze_rad=pose[11:15].reshape(2, 2),
        blendshapes_01=values[:_WEIGHTS],
        action_units_05=values[_WEIGHTS:],
        landmarks_01=_unpack_landmarks(data, points_at) if landmarks else None,
    )


def _unpack_coefficients(data: bytes, encoding: str) -> np.ndarray:
    raw = np.frombuffer(data, _DTYPES[encoding], _COEFFICIENTS, _FACE_FIXED)
    if encoding != "f32":
        return raw * _RANGE / (_U8_MAX if encoding == "u8" else _U16_MAX)  # in this order the ends are exact
    values = raw.astype(np.float64)
    if not ((values >= 0) & (values <= _RANGE)).all():
        raise BadMessageError("expected weights of 0..1 and intensities of 0..5, got other numbers")
    return values


def _unpack_landmarks(data: bytes, offset: int) -> np.ndarray:
    raw = np.frombuffer(data, "<u2", _LANDMARK_VALUES, offset).astype(np.float64)
    return ((raw - tables.LANDMARK_OFFSET) / tables.LANDMARK_SCALE).reshape(tables.LANDMARK_COUNT, 2)

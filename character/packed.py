"""The character as one small binary file for loaders without a glTF library; see `docs/character.md`."""

import struct
from dataclasses import dataclass

import numpy as np

from character.part import Part
from proto.tables import BLENDSHAPES

MAGIC, VERSION = b"FCHD", 1
NORMAL_SCALE, TURN_SCALE = 127.0, 63.5  # normals are -1..1, differences of normals -2..2, in one byte each
POSITION_STEP = 2.0**-20


class PackedError(ValueError):
    """Say that bytes are not a packed character."""


@dataclass(frozen=True)
class PackedPart:
    """Hold one part as the file has it.

    Shapes: vertices, normals (V, 3), colours_srgb (V, 3) uint8, triangles (T, 3), moves and turns
    {name: (V, 3)}.
    """

    name: str
    material: str
    roughness: float
    pivot: np.ndarray
    vertices: np.ndarray
    normals: np.ndarray
    colours_srgb: np.ndarray
    triangles: np.ndarray
    moves: dict[str, np.ndarray]
    turns: dict[str, np.ndarray]


def srgb_bytes(linear_rgb: np.ndarray) -> np.ndarray:
    """Encode linear colours as sRGB bytes."""
    c = np.clip(linear_rgb, 0, 1)
    return np.round(255 * np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1 / 2.4) - 0.055)).astype(
        np.uint8
    )


def _text(text: str) -> bytes:
    raw = text.encode()
    return bytes([len(raw)]) + raw


def _signed_bytes(values: np.ndarray, scale: float) -> bytes:
    return np.clip(np.round(values * scale), -127, 127).astype("<i1").tobytes()


def pack(parts: list[Part]) -> bytes:
    """Lay the parts out as bytes, little-endian, without padding."""
    out = [MAGIC, struct.pack("<HHH", VERSION, len(BLENDSHAPES), len(parts))]
    out += [_text(name) for name in BLENDSHAPES]
    for part in parts:
        steps = np.round(part.vertices / POSITION_STEP) + 0.0
        out += [
            _text(part.name), _text(part.material.name),
            struct.pack("<4f", part.material.roughness, *part.pivot),
            struct.pack("<HHH", len(part.vertices), len(part.triangles), len(part.shapes)),
            (steps * POSITION_STEP).astype("<f4").tobytes(),
            _signed_bytes(part.normals, NORMAL_SCALE),
            srgb_bytes(part.colours).tobytes(),
            part.triangles.astype("<u2").tobytes(),
        ]  # fmt: skip
        out += [_pack_shape(part, name) for name in part.shapes]
    return b"".join(out)


def _pack_shape(part: Part, name: str) -> bytes:
    moves = part.shapes[name]
    step = np.float32(np.ceil(np.abs(moves).max() / 32767 / 2.0**-24) * 2.0**-24)
    steps = np.round(moves / float(step)).astype("<i2")
    turns = np.round(part.shape_normals[name] * TURN_SCALE)
    rows = np.flatnonzero(steps.any(1) | turns.any(1))
    head = struct.pack("<HHf", BLENDSHAPES.index(name), len(rows), step)
    body = rows.astype("<u2").tobytes() + steps[rows].tobytes()
    return head + body + _signed_bytes(part.shape_normals[name][rows], TURN_SCALE)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise PackedError(f"expected {self.at + count} bytes or more, got {len(self.data)}")
        self.at += count
        return self.data[self.at - count : self.at]

    def values(self, layout: str) -> tuple:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))

    def text(self) -> str:
        return self.take(self.take(1)[0]).decode()

    def rows(self, count: int, kind: str, width: int = 3) -> np.ndarray:
        raw = self.take(count * width * np.dtype(kind).itemsize)
        return np.frombuffer(raw, kind).reshape(count, width)


def unpack(data: bytes) -> list[PackedPart]:
    """Read what `pack` wrote.

    Raises: PackedError if the bytes are something else, end early or go on too long.
    """
    reader = _Reader(data)
    magic = reader.take(4)
    version, names, parts = reader.values("<HHH")
    if magic != MAGIC or version != VERSION:
        raise PackedError(f"expected {MAGIC!r} version {VERSION}, got {magic!r} version {version}")
    shape_names = [reader.text() for _ in range(names)]
    out = [_unpack_part(reader, shape_names) for _ in range(parts)]
    if reader.at != len(data):
        raise PackedError(f"expected {reader.at} bytes, got {len(data)}")
    return out


def _unpack_part(reader: _Reader, shape_names: list[str]) -> PackedPart:
    name, material = reader.text(), reader.text()
    roughness, *pivot = reader.values("<4f")
    count, triangles, shapes = reader.values("<HHH")
    part = PackedPart(
        name, material, roughness, np.array(pivot),
        reader.rows(count, "<f4"), reader.rows(count, "<i1") / NORMAL_SCALE, reader.rows(count, "<u1"),
        reader.rows(triangles, "<u2"), {}, {},
    )  # fmt: skip
    for _ in range(shapes):
        index, touched, step = reader.values("<HHf")
        rows = reader.rows(touched, "<u2", 1)[:, 0]
        for store, kind, scale in ((part.moves, "<i2", step), (part.turns, "<i1", 1 / TURN_SCALE)):
            full = np.zeros((count, 3))
            full[rows] = reader.rows(touched, kind) * scale
            store[shape_names[index]] = full
    return part

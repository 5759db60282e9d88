"""Write the character as binary glTF 2.0 with sparse morph targets.

A glTF library would only hold the JSON's fields; the buffers' layout, which is the work, would stay here.
"""

import json
import struct

import numpy as np

from character.part import Part

FLOAT, UINT8, UINT16 = 5126, 5121, 5123
ARRAY, ELEMENT = 34962, 34963
STEP_M = 2.0**-20  # positions are rounded to a micrometre, so that every machine writes the same bytes
NORMAL_STEP = 2.0**-10
SMALLEST_TURN = 0.03  # less than two degrees


def rounded(values: np.ndarray, step: float) -> np.ndarray:
    """Round to a step that float32 holds exactly; no negative zeros."""
    return (np.round(values / step) * step + 0.0).astype("<f4")


class _Buffer:
    """Collect buffer views and accessors."""

    def __init__(self) -> None:
        self.data, self.views, self.accessors = bytearray(), [], []

    def view(self, array: np.ndarray, target: int | None = None) -> int:
        self.data += bytes(-len(self.data) % 4)
        entry = {"buffer": 0, "byteOffset": len(self.data), "byteLength": array.nbytes}
        self.views.append(entry | ({"target": target} if target else {}))
        self.data += array.tobytes()
        return len(self.views) - 1

    def accessor(self, kind: str, component: int, count: int, **rest) -> int:
        self.accessors.append({"componentType": component, "count": count, "type": kind, **rest})
        return len(self.accessors) - 1

    def vectors(self, values: np.ndarray, bounds: bool) -> int:
        limits = {"min": values.min(0).tolist(), "max": values.max(0).tolist()} if bounds else {}
        return self.accessor("VEC3", FLOAT, len(values), bufferView=self.view(values, ARRAY), **limits)

    def sparse(self, values: np.ndarray, rows: np.ndarray, index_view: int, bounds: bool) -> int:
        limits = {"min": values.min(0).tolist(), "max": values.max(0).tolist()} if bounds else {}
        where = {"bufferView": index_view, "componentType": UINT16}
        sparse = {"count": len(rows), "indices": where, "values": {"bufferView": self.view(values[rows])}}
        return self.accessor("VEC3", FLOAT, len(values), sparse=sparse, **limits)


def _primitive(buffer: _Buffer, part: Part, material: int) -> dict:
    colours = np.concatenate([part.colours, np.ones((len(part.colours), 1))], 1)
    colours = np.round(colours * 255).astype(np.uint8)
    attributes = {
        "POSITION": buffer.vectors(rounded(part.vertices - part.pivot, STEP_M), True),
        "NORMAL": buffer.vectors(unit(rounded(part.normals, NORMAL_STEP)), False),
        "COLOR_0": buffer.accessor(
            "VEC4", UINT8, len(colours), bufferView=buffer.view(colours, ARRAY), normalized=True
        ),
    }
    indices = part.triangles.astype("<u2").ravel()
    primitive = {
        "attributes": attributes,
        "indices": buffer.accessor("SCALAR", UINT16, len(indices), bufferView=buffer.view(indices, ELEMENT)),
        "material": material,
    }
    if part.shapes:
        primitive["targets"] = [_target(buffer, part, name) for name in part.shapes]
    return primitive


def unit(normals: np.ndarray) -> np.ndarray:
    """Give rounded normals length 1 again, as glTF asks."""
    return (normals / np.linalg.norm(normals, axis=1, keepdims=True)).astype("<f4")


def _target(buffer: _Buffer, part: Part, name: str) -> dict:
    moves = rounded(part.shapes[name], STEP_M)
    turns = rounded(part.shape_normals[name], NORMAL_STEP)
    turns[np.abs(turns).max(1) < SMALLEST_TURN] = 0
    rows = np.flatnonzero(moves.any(1) | turns.any(1))
    where = buffer.view(rows.astype("<u2"))
    return {
        "POSITION": buffer.sparse(moves, rows, where, True),
        "NORMAL": buffer.sparse(turns, rows, where, False),
    }


def to_glb(parts: list[Part]) -> bytes:
    """Lay the parts out as one glb file; the eyes' nodes stand at the eyeballs' centres."""
    buffer, meshes, nodes = _Buffer(), [], [{"name": "facecast_head", "children": []}]
    materials = list(dict.fromkeys(p.material for p in parts))
    for part in parts:
        primitive = _primitive(buffer, part, materials.index(part.material))
        mesh = {"name": part.name, "primitives": [primitive]}
        if part.shapes:
            mesh |= {"weights": [0.0] * len(part.shapes), "extras": {"targetNames": list(part.shapes)}}
        node = {"name": part.name, "mesh": len(meshes)}
        if part.pivot.any():
            node["translation"] = rounded(part.pivot, STEP_M).tolist()
        nodes[0]["children"].append(len(nodes))
        meshes.append(mesh)
        nodes.append(node)
    document = {
        "asset": {"version": "2.0", "generator": "facecast character.build"},
        "scene": 0, "scenes": [{"nodes": [0]}], "nodes": nodes, "meshes": meshes,
        "materials": [
            {
                "name": m.name, "doubleSided": m.double_sided,
                "pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": m.roughness},
            }
            for m in materials
        ],
        "accessors": buffer.accessors, "bufferViews": buffer.views,
        "buffers": [{"byteLength": len(buffer.data)}],
    }  # fmt: skip
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    binary = bytes(buffer.data) + bytes(-len(buffer.data) % 4)
    size = 12 + 8 + len(text) + 8 + len(binary)
    head = struct.pack("<4sII", b"glTF", 2, size) + struct.pack("<I4s", len(text), b"JSON")
    return head + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary

import json
import struct
from typing import ClassVar

import numpy as np
import pytest

from character.gltf import to_glb
from proto.tables import BLENDSHAPES


class Glb:
    """Read a glb as the standard describes it, independently of the writer."""

    TYPES: ClassVar = {5121: np.uint8, 5123: np.uint16, 5126: np.float32}
    WIDTH: ClassVar = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}

    def __init__(self, data: bytes) -> None:
        magic, version, size = struct.unpack_from("<4sII", data)
        assert (magic, version, size) == (b"glTF", 2, len(data))
        length, kind = struct.unpack_from("<I4s", data, 12)
        assert kind == b"JSON" and length % 4 == 0
        self.json = json.loads(data[20 : 20 + length])
        size, kind = struct.unpack_from("<I4s", data, 20 + length)
        assert kind == b"BIN\0" and 28 + length + size == len(data)
        self.binary = data[28 + length :]

    def _view(self, index: int, dtype: type, count: int) -> np.ndarray:
        view = self.json["bufferViews"][index]
        assert view["byteLength"] == count * np.dtype(dtype).itemsize
        return np.frombuffer(self.binary, dtype, count, view["byteOffset"])

    def read(self, index: int) -> np.ndarray:
        a = self.json["accessors"][index]
        width, dtype = self.WIDTH[a["type"]], self.TYPES[a["componentType"]]
        out = np.zeros((a["count"], width), dtype)
        if "bufferView" in a:
            out = self._view(a["bufferView"], dtype, a["count"] * width).reshape(-1, width).copy()
        if "sparse" in a:
            s = a["sparse"]
            rows = self._view(
                s["indices"]["bufferView"], self.TYPES[s["indices"]["componentType"]], s["count"]
            )
            assert (np.diff(rows.astype(int)) > 0).all()
            out[rows] = self._view(s["values"]["bufferView"], dtype, s["count"] * width).reshape(-1, width)
        if "min" in a:
            assert np.array_equal(out.min(0), np.float32(a["min"])) and np.array_equal(
                out.max(0), np.float32(a["max"])
            )
        return out


@pytest.fixture(scope="module")
def glb(head) -> Glb:
    return Glb(to_glb(head))


def test_vertices_and_triangles_round_trip(head, glb):
    nodes = {n["name"]: n for n in glb.json["nodes"]}
    for part in head:
        node = nodes[part.name]
        primitive = glb.json["meshes"][node["mesh"]]["primitives"][0]
        at = glb.read(primitive["attributes"]["POSITION"]) + np.array(node.get("translation", [0, 0, 0]))
        assert np.abs(at - part.vertices).max() < 2e-6
        assert np.abs(glb.read(primitive["attributes"]["NORMAL"]) - part.normals).max() < 2e-3
        assert np.abs(glb.read(primitive["attributes"]["COLOR_0"])[:, :3] / 255 - part.colours).max() < 0.0025
        assert np.array_equal(glb.read(primitive["indices"]).reshape(-1, 3), part.triangles)


def test_morph_targets_round_trip_with_their_names(head, glb):
    meshes = {m["name"]: m for m in glb.json["meshes"]}
    seen = set()
    for part in head:
        mesh = meshes[part.name]
        names = mesh.get("extras", {}).get("targetNames", [])
        assert names == list(part.shapes)
        assert mesh.get("weights", []) == [0.0] * len(names)
        for name, target in zip(names, mesh["primitives"][0].get("targets", []), strict=True):
            assert np.abs(glb.read(target["POSITION"]) - part.shapes[name]).max() < 2e-6
            assert np.abs(glb.read(target["NORMAL"]) - part.shape_normals[name]).max() < 0.03
        seen |= set(names)
    assert seen == set(BLENDSHAPES)


def test_eyes_are_nodes_that_can_turn(head, glb):
    nodes = {n["name"]: n for n in glb.json["nodes"]}
    left, right = nodes["eye_left"]["translation"], nodes["eye_right"]["translation"]
    assert left[0] == -right[0] > 0 and left[1:] == right[1:]


def test_file_is_small_enough_for_a_page(head):
    assert len(to_glb(head)) < 1_600_000

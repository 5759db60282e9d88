"""The mesh's points: a symmetric table, read where there is a face, of these photographs alone."""

import numpy as np
import pytest

from engines import landmark98
from training.errors import DamagedDataError, MissingDataError
from training.landmarks import mesh
from training.landmarks.mesh import MESH, MESH_COUNTS, VERTICES, read_meshes, with_mesh

# Pairs of MediaPipe's canonical face that lie across from each other, and points on its middle.
ACROSS = {33: 263, 133: 362, 61: 291, 159: 386, 145: 374, 234: 454, 468: 473}
MIDDLE = (168, 197, 195, 4, 2, 152, 13, 14, 17)


def test_the_table_mirrors_as_the_98_points_do():
    flip = np.asarray(landmark98.FLIP)
    assert len(VERTICES) == len(MESH_COUNTS) == landmark98.COUNT
    for index, vertex in enumerate(VERTICES.tolist()):
        if vertex in ACROSS:
            assert VERTICES[flip[index]] == ACROSS[vertex]
        if vertex in MIDDLE:
            assert flip[index] == index


class Landmarker:
    """Sees a face in bright pictures only."""

    def detect(self, image):
        return image

    def close(self):
        pass


def test_faces_are_read_and_others_stay_unknown(faces, monkeypatch):
    monkeypatch.setattr(mesh, "open_reference", lambda: (Landmarker(), lambda image: image))

    def read(image, size):
        vertices = np.repeat(np.arange(478.0)[:, None], 2, axis=1)
        return None if image.mean() < dark else (vertices, np.zeros(52))

    means = sorted(faces.decode(row).mean() for row in range(4))
    dark = (means[0] + means[1]) / 2
    monkeypatch.setattr(mesh, "read_reference", read)
    points = read_meshes(faces)
    assert np.isnan(points[:, 0, 0]).sum() == 1
    seen = points[np.isfinite(points[:, 0, 0])]
    np.testing.assert_allclose(seen[0, :, 0], VERTICES - 0.5)


def test_a_file_must_be_of_these_photographs(faces, tmp_path):
    points = np.zeros((4, 98, 2), np.float32)
    path = tmp_path / "mesh.npz"
    np.savez(path, image=faces.labels["image"], **{MESH: points})
    assert (with_mesh(faces, path).labels[MESH] == points).all()
    assert MESH not in with_mesh(faces, None).labels and MESH not in faces.labels
    np.savez(path, image=faces.labels["image"][::-1], **{MESH: points})
    with pytest.raises(DamagedDataError, match="these 4 photographs"):
        with_mesh(faces, path)
    with pytest.raises(MissingDataError, match="no such file"):
        with_mesh(faces, tmp_path / "other.npz")

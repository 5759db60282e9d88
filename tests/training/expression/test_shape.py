"""The mean face: label frames, moving vertices to labels, and depth from turning heads."""

import numpy as np

from engines import landmark98
from engines.stages.expression import mean_face_m
from engines.stages.pose import rotation_from_euler
from training.expression.shape import (
    MODES,
    deformation_modes,
    eye_frame,
    mean_label,
    move_across,
    move_in_depth,
)


def labels_of(shape: np.ndarray, euler) -> tuple[np.ndarray, np.ndarray]:
    rotation = rotation_from_euler(np.array(euler, float))
    return (shape @ rotation.transpose(0, 2, 1))[..., :2] * (1, -1) * 1000 + 300, rotation


def test_eye_frame_undoes_place_size_and_roll():
    points, _ = labels_of(mean_face_m(), [(0, 0, 0), (0, 0, 25)])
    frame, distance = eye_frame(points * np.array([1, 3])[:, None, None])
    np.testing.assert_allclose(frame[0], frame[1], atol=1e-9)
    np.testing.assert_allclose(distance[1], 3 * distance[0])
    np.testing.assert_allclose(frame[0][landmark98.LEFT_EYE].mean(0), (0.5, 0), atol=1e-9)


def test_mean_label_takes_frontal_faces_at_rest_only():
    face = mean_face_m()
    grin = face.copy()
    grin[76:, 0] *= 3
    still, _ = labels_of(face, [(0, 0, 0)] * 3)
    moving, _ = labels_of(grin, [(0, 0, 0)] * 4)
    turned, rotation = labels_of(face, [(30, 0, 0)] * 4)
    labels = {
        "lm98": np.concatenate([still, moving, turned]),
        "mp_blendshapes": np.array([[0.0]] * 3 + [[0.9]] * 4 + [[0.0]] * 4),
        "mp_blendshape_names": np.array(["mouthSmileLeft"]),
    }
    for name in ("mouthSmileRight", "jawOpen", "browInnerUp", "browDownLeft", "browDownRight"):
        labels["mp_blendshape_names"] = np.append(labels["mp_blendshape_names"], name)
        labels["mp_blendshapes"] = np.pad(labels["mp_blendshapes"], ((0, 0), (0, 1)))
    rotations = np.concatenate([np.tile(np.eye(3), (7, 1, 1)), rotation])
    np.testing.assert_allclose(mean_label(labels, rotations), eye_frame(still)[0][0], atol=1e-6)


def test_move_across_lands_on_the_label():
    model = mean_face_m() * 100
    target = eye_frame(labels_of(mean_face_m(), [(0, 0, 0)])[0])[0][0].copy()
    target[16] += (0, 0.1)
    moved = move_across(model, target)
    assert moved[16, 1] < model[16, 1] - 0.3
    np.testing.assert_allclose(np.delete(moved, 16, 0), np.delete(model, 16, 0), atol=1e-9)


def test_depth_is_found_from_turning_heads():
    truth = mean_face_m()
    flat = truth.copy()
    flat[landmark98.RIGHT_BROW, 2] += 0.01
    flat[landmark98.LEFT_BROW, 2] += 0.01
    euler = np.random.default_rng(1).uniform(-35, 35, (800, 3))
    found = move_in_depth(flat, *labels_of(truth, euler))
    assert np.abs(found[33:51, 2] - truth[33:51, 2]).max() < 0.003


def test_modes_are_mirror_images_of_themselves(small_basis):
    takes = np.random.default_rng(2).uniform(0, 1, (300, 52))
    modes = deformation_modes(small_basis, takes, np.random.default_rng(3))
    assert modes.shape == (MODES, 98, 3)
    mirrored = modes[:, landmark98.FLIP] * (-1, 1, 1)
    for mode, twin in zip(modes, mirrored, strict=True):
        assert min(np.abs(mode - twin).max(), np.abs(mode + twin).max()) < 0.05 * np.abs(mode).max()

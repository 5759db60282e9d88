"""Landmarks of labelled faces, as users get them (`facecast analyze`) and in crops that are given."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from engines import analyze, landmark98
from engines.boxes import face_boxes, iou
from engines.networks import Networks
from engines.stages import align
from training.errors import DataError
from training.evaluation import nme
from training.faces import Faces

MISSED = 1.0  # NME of a face that was not found
OVERLAP = 0.2  # IoU of boxes from which a found face is taken for the labelled one
EYES_68 = (slice(36, 42), slice(42, 48))
BATCH = 16


def analyze_pictures(folder: Path, profile: str, backend: str) -> dict[str, dict]:
    """Run the command on a folder of pictures. Returns: file name -> its record."""
    parser = argparse.ArgumentParser()
    analyze.add_arguments(parser)
    with tempfile.TemporaryDirectory() as work:
        out = Path(work, "out.jsonl")
        options = ["--out", str(out), "--profile", profile, "--backend", backend]
        analyze.run(parser.parse_args([str(folder), *options]))
        return {record["source"]: record for record in map(json.loads, out.read_text().splitlines())}


def name_network(profile: str, backend: str) -> str:
    """Tell which landmark network a profile uses, its hash, and what runs it."""
    networks = Networks.load(profile, backend)
    described = networks.describe()
    networks.close()
    name = next(name for name in described["models"] if name.startswith("landmarks"))
    return f"{name} {described['models'][name]} on {described['backend']} ({described['precision']})"


def labelled_face(record: dict, truth_px: np.ndarray) -> np.ndarray | None:
    """Pick the found face that the labels describe. Shapes: truth (K, 2) -> (98, 2), or None."""
    found = [np.array(face["landmarks"]) for face in record.get("faces", [])]
    if not found:
        return None
    overlap = iou(face_boxes(truth_px[None]), face_boxes(np.stack(found)))[0]
    best = int(overlap.argmax())
    return found[best] if overlap[best] > OVERLAP else None


def window_around(points_px: np.ndarray, size_hw: tuple[int, int], share: float) -> tuple[int, int, int, int]:
    """Place a window of so many face sides around a face, within the picture: x0, y0, x1, y1."""
    low, high = points_px.min(axis=0), points_px.max(axis=0)
    half = share * (high - low).max() / 2
    x0, y0 = np.maximum(np.floor((low + high) / 2 - half), 0).astype(int)
    x1, y1 = np.minimum(np.ceil((low + high) / 2 + half), (size_hw[1], size_hw[0])).astype(int)
    if x1 - x0 < 2 or y1 - y0 < 2:
        raise DataError(f"expected a face inside its picture of {size_hw}, got points from {low} to {high}")
    return x0, y0, x1, y1


def write_pictures(faces: Faces, truth: np.ndarray, folder: Path, share: float | None) -> np.ndarray:
    """Write one picture a face, whole or a window around it; names sort as the rows do.

    Shapes: truth (N, K, 2) -> (N, 2), the windows' corners. Raises: DataError.
    """
    corners = np.zeros((len(faces), 2))
    for row in tqdm(range(len(faces)), desc="pictures", unit="face", mininterval=2, leave=False):
        if share is None:
            suffix = Path(str(faces.labels["image"][row])).suffix.lower()
            (folder / f"{row:06d}{suffix}").write_bytes(faces.images[row])
            continue
        image = faces.decode(row)
        x0, y0, x1, y1 = window_around(truth[row], image.shape[:2], share)
        bgr = cv2.cvtColor(image[y0:y1, x0:x1], cv2.COLOR_RGB2BGR)
        cv2.imwrite(str(folder / f"{row:06d}.png"), bgr, [cv2.IMWRITE_PNG_COMPRESSION, 1])
        corners[row] = x0, y0
    return corners


def analyze_faces(
    faces: Faces, truth: np.ndarray, profile: str, backend: str, share: float | None = None
) -> list[np.ndarray | None]:
    """Find each labelled face by the command. Shapes: truth (N, K, 2) -> N x (98, 2), None where missed."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        corners = write_pictures(faces, truth, folder, share)
        records = analyze_pictures(folder, profile, backend)
    found = []
    for name, points, corner in zip(sorted(records), truth, corners, strict=True):
        face = labelled_face(records[name], points - corner)
        found.append(None if face is None else face + corner)
    return found


def read_given_crops(faces: Faces, truth: np.ndarray, profile: str, backend: str) -> list[np.ndarray]:
    """Read each face once, in a crop placed by its labels: what the landmark network does by itself.

    Shapes: truth (N, K, 2) -> N x (98, 2).
    """
    networks = Networks.load(profile, backend)
    found: list[np.ndarray] = []
    try:
        for start in tqdm(range(0, len(faces), BATCH), desc=f"given crops, {profile}", unit="batch"):
            rows = range(start, min(start + BATCH, len(faces)))
            matrices = [crop_of_labels(truth[row].astype(float)) for row in rows]
            crops = [align.warp(faces.decode(row), m) for row, m in zip(rows, matrices, strict=True)]
            points = networks.landmarks.read(np.stack(crops)).points
            found.extend(align.to_image(points, np.stack(matrices)))
    finally:
        networks.close()
    return found


def crop_of_labels(points_px: np.ndarray) -> np.ndarray:
    """Place a crop around 98 or 68 human points, as training does. Shapes: (K, 2) -> (2, 3)."""
    if len(points_px) == landmark98.COUNT:
        return align.crop_from_points(points_px)
    right, left = (points_px[eye].mean(axis=0) for eye in EYES_68)
    roll = align.roll_of_eyes(right, left)
    centre, side = align.upright_square(points_px, roll)
    return align.crop_matrix(centre, side * align.CROP_MARGIN, roll)


def errors_of(
    found: list[np.ndarray | None], truth: np.ndarray, points: slice = slice(None)
) -> tuple[np.ndarray, int]:
    """Compare found faces with human points. Shapes: N x (98, 2), truth (N, K, 2) -> (N,), faces found."""
    errors = np.full(len(truth), MISSED)
    for row, (face, true) in enumerate(zip(found, truth, strict=True)):
        if face is not None:
            same = face if len(true) == landmark98.COUNT else face[landmark98.TO_68]
            errors[row] = nme(same[None], true[None], points)[0]
    return errors, sum(face is not None for face in found)

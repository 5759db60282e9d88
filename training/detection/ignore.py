"""List every face that a reference detector sees: `python -m training.detection.ignore`.

The data pack labels one face a photograph; other people in the background carry no label and must
not be taught as "no face". The list is a JSON file of image name -> [[x0, y0, x1, y1, score], ...].
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
from tqdm import tqdm

from engines.backends import open_session
from engines.stages.detect import Detector, DetectorOptions
from training.detection.reference import ORIGINALS, export_originals
from training.faces import Faces, load_faces

# Searching small and being easily convinced: a missed background face costs more than a lost patch.
OPTIONS = DetectorOptions(min_face_px=16, min_face_share=0, onet_threshold=0.7)


def original_detector(weights: Path, options: DetectorOptions, threads: int = 1) -> Detector:
    """Load the original MTCNN from facenet-pytorch's weights into our cascade."""
    with tempfile.TemporaryDirectory() as folder:
        files = export_originals(weights, Path(folder))
        return Detector(*(open_session(files[name], threads=threads) for name in ORIGINALS), options)


def list_faces(detector: Detector, faces: Faces) -> dict[str, list[list[float]]]:
    """Detect on every photograph."""
    found = {}
    for row in tqdm(range(len(faces)), desc="reference detector", unit="image", mininterval=5):
        seen = detector.detect([faces.decode(row)])[0]
        rows = np.column_stack([seen.boxes_xyxy_px, seen.scores]).astype(float)
        found[str(faces.labels["image"][row])] = rows.round(2).tolist()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled faces")
    parser.add_argument("--reference", type=Path, required=True, help="facenet_pytorch's data folder")
    parser.add_argument("--out", type=Path, required=True, help="the JSON file to write")
    arguments = parser.parse_args()
    detector = original_detector(arguments.reference, OPTIONS)
    faces = load_faces(arguments.data, "train")
    arguments.out.write_text(json.dumps(list_faces(detector, faces)))


if __name__ == "__main__":
    main()

"""Choose thresholds on photographs that neither train nor report: `python -m training.detection.tune`.

Prints, for pairs of P-Net and R-Net thresholds, how many candidates pass (the cost), and the O-Net
thresholds' recall on held-out training photographs and false boxes on the training half of no_faces.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

import numpy as np
from tqdm import tqdm

from engines.stages.detect import Detector, DetectorOptions
from training.detection import scenes as scn
from training.detection.evaluate import our_detector
from training.detection.metrics import is_found
from training.detection.train import RECIPES, load_photographs

ONET_STEPS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.97, 0.99)


def draw_scenes(photos: scn.Photographs, count: int, seed: int = 77) -> list[scn.Scene]:
    """Held-out photographs, varied as in training, then the faceless ones as they are."""
    rng = np.random.default_rng(seed)
    varied = [
        scn.vary(photos.scene_of(i % len(photos.faces)), scn.random_side(rng, 48, 200), rng)
        for i in range(count)
    ]
    return varied + [scn.Scene(image) for image in photos.empty]


def score_scenes(detector: Detector, scenes: list[scn.Scene]) -> dict[str, float | list]:
    """Recall and false boxes of the scenes at each O-Net threshold, and candidates per image."""
    candidates, refined, hits, false_scores = [], [], [], []
    for scene in tqdm(scenes, desc="tuning", unit="scene", mininterval=10, leave=False):
        proposed = detector.propose([scene.image])
        candidates.append(len(proposed.boxes))
        refined.append(len(detector.refine([scene.image], proposed).boxes))
        found = detector.detect([scene.image])[0]
        if len(scene.points):
            good = [
                s
                for b, s in zip(found.boxes_xyxy_px, found.scores, strict=True)
                if is_found(scene.truth, b[None])[0]
            ]
            hits.append(max(good, default=0.0))
        else:
            false_scores += found.scores.tolist()
    return {
        "candidates": float(np.mean(candidates)),
        "refined": float(np.mean(refined)),
        "recall": [float(np.mean(np.array(hits) > t)) for t in ONET_STEPS],
        "false": [int((np.array(false_scores) > t).sum()) for t in ONET_STEPS],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled faces")
    parser.add_argument("--weights", type=Path, help="folder of pnet.onnx and so on; default: ours")
    parser.add_argument("--count", type=int, default=250, help="varied photographs to try on")
    parser.add_argument("--pnet", type=float, nargs="+", default=[0.5, 0.6, 0.7])
    parser.add_argument("--rnet", type=float, nargs="+", default=[0.5, 0.7])
    arguments = parser.parse_args()
    photos = load_photographs(arguments.data, None, RECIPES["full"].hold_out, held=True)
    scenes = draw_scenes(photos, arguments.count)
    print("P     R     candidates  to O-Net  O-Net threshold: recall / false boxes")
    for pnet in arguments.pnet:
        for rnet in arguments.rnet:
            options = dataclasses.replace(
                DetectorOptions(), pnet_threshold=pnet, rnet_threshold=rnet, onet_threshold=ONET_STEPS[0]
            )
            result = score_scenes(our_detector(arguments.weights, options), scenes)
            steps = zip(ONET_STEPS, result["recall"], result["false"], strict=True)
            shown = "  ".join(f"{t}: {r:.2%} / {f}" for t, r, f in steps)
            print(
                f"{pnet:<5} {rnet:<5} {result['candidates']:<11.1f} {result['refined']:<9.2f} {shown}",
                flush=True,
            )


if __name__ == "__main__":
    main()

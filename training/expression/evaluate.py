"""Measure the shipped expression stage: `python -m training.expression.evaluate --data DIR`.

Writes docs/benchmarks/expression.json and expression.md: errors on drawn heads of unseen identities and
held-out recordings, action units, what a neutral face leaks as it turns, how smoothly answers grow, and the
agreement with MediaPipe on photographs of held-out people and on clips that never trained anything.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from engines.backends import Session, open_session
from engines.models import manifest, model_path
from engines.stages.expression import SCORES, gather_appearance
from engines.stages.pose import HeadPose, rotation_from_euler
from proto.tables import ACTION_UNITS, BLENDSHAPES
from training.export import record
from training.expression.clips import load_clip
from training.expression.dataset import TAUGHT, HeadFaces, PhotographFaces, features_of
from training.expression.facs import action_units_of
from training.expression.measure import MOVES, correlations, group_errors, icc31, tremor
from training.expression.photographs import open_reader
from training.expression.report import write_markdown
from training.expression.response import measure_response
from training.expression.sampling import IMAGE_HW, Sampling, draw_identities, draw_weights, pose_samples

# "up to 45 degrees of yaw", evenly, and the noise of a landmark network (docs/models/expression.md).
TEST = Sampling(yaw_limit=45.0)
SEED = 2024
LEAK_YAW_DEG, LEAK_PITCH_DEG = (-40, -20, 0, 20, 40), (-25, 0, 25)
CLIP_SUFFIXES = (".mp4", ".gif")
MIRRORED = "mediapipe_mirrored.json"  # made by training.expression.ceiling


def run_features(
    session: Session, features: np.ndarray, appearance: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Run the shipped graph, on points alone unless told. Shapes: (N, 394), (N, 248) -> (N, 52), (N, 18)."""
    if appearance is None:
        appearance = gather_appearance([None] * len(features))
    inputs = {"features": features, "appearance": appearance}
    weights, units = session.run(inputs, ["blendshapes", "action_units"])
    return weights, units


def mean_of(each: dict[str, float]) -> float:
    """Average correlations."""
    return round(float(np.mean(list(each.values()))), 3)


def measure_heads(session: Session, head: HeadFaces, count: int) -> dict:
    """Measure errors of weights and units on drawn heads: unseen identities, held-out recordings."""
    rng = np.random.default_rng(SEED)
    weights = draw_weights(head.test_takes, count, TEST, rng)
    examples = head.examples_of(pose_samples(head.basis, head.shift_m, weights, TEST, rng))
    found, units = run_features(session, examples.features)
    shown = np.arange(len(BLENDSHAPES)) != BLENDSHAPES.index("tongueOut")
    groups = group_errors(weights, found)
    truth = action_units_of(weights)
    each = {
        name: {
            "icc": round(icc31(truth[:, i], units[:, i]), 3),
            "mse": round(float(((truth[:, i] - units[:, i]) ** 2).mean()), 3),
        }
        for i, name in enumerate(ACTION_UNITS)
    }
    return {
        "faces": count,
        "mae_all": round(float(np.abs(found - weights)[:, shown].mean()), 4),
        "groups": {name: round(value, 3) for name, value in groups.items()},
        "groups_mean": round(float(np.mean(list(groups.values()))), 3),
        "correlation": {k: round(v, 3) for k, v in correlations(weights, found, shown).items()},
        "action_units": each,
        "icc_mean": round(float(np.mean([entry["icc"] for entry in each.values()])), 3),
    }


def measure_leak(session: Session, head: HeadFaces, identities: int) -> dict:
    """Measure what neutral faces show as they turn: the mean face, unseen people, and people with noise."""
    rng = np.random.default_rng(SEED + 1)
    angles = np.array([(yaw, pitch, 0) for yaw in LEAK_YAW_DEG for pitch in LEAK_PITCH_DEG], float)
    results = {}
    people = draw_identities(identities, TEST, rng)
    quiet = Sampling(noise_low=0, noise_high=0)
    for name, who, setting in (
        ("mean_face", np.zeros((1, TEST.identity_dims)), quiet), ("people", people, quiet),
        ("people_with_noise", people, TEST),
    ):  # fmt: skip
        identity = np.repeat(who, len(angles), axis=0)
        rotation = rotation_from_euler(np.tile(angles, (len(who), 1)))
        rest = np.zeros((len(identity), len(BLENDSHAPES)))
        samples = pose_samples(head.basis, head.shift_m, rest, setting, rng, identity, rotation)
        found, _ = run_features(session, features_of(samples.points_px, IMAGE_HW, head.pose))
        worst = found.max(axis=0)
        results[name] = {
            "largest": round(float(worst.max()), 3),
            "largest_name": BLENDSHAPES[int(worst.argmax())],
            "mean": round(float(found.mean()), 4),
            "percentile_99": round(float(np.percentile(found, 99)), 3),
            "above_015": round(float((found > 0.15).mean()), 4),
        }
    return results


def correlate_photographs(
    session: Session, faces: PhotographFaces
) -> tuple[dict[str, float], dict[str, float]]:
    """Correlate with MediaPipe on held-out people: with the image branch, and by the points alone."""
    check = faces.check_examples()
    seen, _ = run_features(session, check.features, faces.appearance[faces.check])
    by_points, _ = run_features(session, check.features)
    return correlations(check.targets, seen, TAUGHT), correlations(check.targets, by_points, TAUGHT)


def measure_photographs(session: Session, faces: PhotographFaces) -> dict:
    """Describe the agreement with MediaPipe on photographs of held-out people."""
    each, by_points = correlate_photographs(session, faces)
    return {
        "faces": int(faces.check.sum()),
        "points": "landmark network" if faces.predicted else "labels",
        "mean": mean_of(each),
        "mean_by_points": mean_of(by_points),
        "correlation": {name: round(value, 3) for name, value in each.items()},
    }


def measure_clips(session: Session, data: Path, cache: Path) -> dict:
    """Correlate with MediaPipe on each clip, over the coefficients that move in it."""
    reader = open_reader(model_path("landmarks_lite"))
    pose, results = HeadPose(), {}
    every = np.ones(len(BLENDSHAPES), bool)
    for path in sorted((data / "videos").iterdir()):
        if path.suffix not in CLIP_SUFFIXES:
            continue
        clip = load_clip(path, reader, cache)
        features = features_of(clip.points_px, clip.size_hw, pose)
        found, _ = run_features(session, features, clip.appearance)
        found_by_points, _ = run_features(session, features)
        each = correlations(clip.reference, found, every)
        by_points = correlations(clip.reference, found_by_points, every)
        moving = clip.reference.std(axis=0) > MOVES
        ways = {"served": found, "points": found_by_points, "mediapipe": clip.reference}
        results[path.stem] = {
            "frames": len(clip.frames),
            "mean": mean_of(each),
            "mean_by_points": mean_of(by_points),
            "mean_by_image": mean_of(correlations(clip.reference, clip.appearance[:, :SCORES], every)),
            "tremor": {way: round(tremor(weights, moving), 4) for way, weights in ways.items()},
            "correlation": {name: round(value, 3) for name, value in each.items()},
        }
    values = [r for clip in results.values() for r in clip["correlation"].values()]
    whole = {"mean": round(float(np.mean(values)), 3), "pairs": len(values)}
    for way in ("mean_by_points", "mean_by_image"):
        sums = [clip[way] * len(clip["correlation"]) for clip in results.values()]
        whole[way] = round(float(sum(sums) / len(values)), 3)
    return whole | {"clips": results}


def record_figures(result: dict) -> None:
    """Enter the figures in the manifest, from where the server tells them to its clients."""
    heads = result["heads"]
    record(
        "expression",
        action_units={"icc": {name: each["icc"] for name, each in heads["action_units"].items()}},
        drawn_heads_error=heads["mae_all"],
        photographs_correlation=result["photographs"]["mean"],
        clips_correlation=result["clips"]["mean"],
        command=result["command"],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data pack")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    parser.add_argument("--cache", type=Path, required=True, help="folder that keeps the clips' points")
    parser.add_argument("--photographs", type=Path, help="points of the landmark network (photographs_0.npz)")
    parser.add_argument("--faces", type=int, default=6000, help="drawn heads")
    parser.add_argument("--record", action="store_true", help="put the figures into the weights' manifest")
    arguments = parser.parse_args()
    session = open_session(model_path("expression"), threads=0)
    entry, mirrored = manifest()["expression"], arguments.out / MIRRORED
    head = HeadFaces(arguments.data, TEST)
    predicted = [arguments.photographs] if arguments.photographs else []
    result = {
        "model": entry["sha256"][:12],
        "shares": {n: each["image_share"] for n, each in entry["measured"]["coefficients"].items()},
        "mirrored": json.loads(mirrored.read_text()) if mirrored.is_file() else {},
        "command": "python -m training.expression.evaluate --data DIR --cache RUN/clips "
        "--photographs RUN/photographs_0.npz",
        "heads": measure_heads(session, head, arguments.faces),
        "neutral": measure_leak(session, head, 100),
        "response": measure_response(session, head, TEST),
        "photographs": measure_photographs(session, PhotographFaces(arguments.data, predicted, TEST)),
        "clips": measure_clips(session, arguments.data, arguments.cache),
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "expression.json").write_text(json.dumps(result, indent=1) + "\n")
    write_markdown(result, arguments.out / "expression.md")
    if arguments.record:
        record_figures(result)
    print((arguments.out / "expression.md").read_text())


if __name__ == "__main__":
    main()

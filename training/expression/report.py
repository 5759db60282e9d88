"""Write the expression measurements as Markdown."""

from __future__ import annotations

from pathlib import Path

from proto.tables import ACTION_UNIT_NAMES, BLENDSHAPES
from training.expression.measure import GROUPS

GROUPED = tuple(prefix for prefixes in GROUPS.values() for prefix in prefixes)

# Mean absolute errors of the best method in Table 5 of "multi-face real-time facial expression
# retargeting": average 0.229 over the nine groups.
# Multi-scale SFN, the best of the retargeting paper's Table 5, on its own test set.
TABLE5 = {
    "eye close": 0.016, "eye wide": 0.257, "brow raise": 0.216, "brow anger": 0.381, "mouth open": 0.334,
    "jaw left/right": 0.131, "lip roll": 0.204, "smile": 0.245, "kiss": 0.277,
}  # fmt: skip
TABLE5_MEAN = 0.229


def table(header: list[str], rows: list[list]) -> list[str]:
    """Lay out a Markdown table."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows] + [""]


def write_markdown(result: dict, path: Path) -> None:
    """Write all tables of `evaluate`."""
    heads, clips, photographs = result["heads"], result["clips"], result["photographs"]
    units, seen = heads["action_units"], photographs["correlation"]
    mirrored = result["mirrored"].get("clips", {})
    lines = [
        "# Expression: measurements", "",
        f"Weights `{result['model']}`. Reproduce: `{result['command']}` (needs the development data).", "",
        "## Weights on drawn heads", "",
        f"{heads['faces']} faces of the ICT head: unseen identities, held-out recordings and rare shapes, "
        "yaw up to 45°, points with the landmark network's noise. Mean absolute error where the true weight "
        "exceeds 0.3; beside it the best of the retargeting paper's Table 5, on that paper's own test.",
        "",
        *table(["group", "error", "Table 5"],
               [[group, error, TABLE5[group]] for group, error in heads["groups"].items()]
               + [["**mean**", heads["groups_mean"], TABLE5_MEAN],
                  ["all samples and weights", heads["mae_all"], "–"]]),
        "## A neutral face that turns", "",
        "Yaw ±40°, pitch ±25°, all weights truly 0.", "",
        *table(["faces", "largest weight", "of", "99th percentile", "mean", "share above 0.15"],
               [[name, e["largest"], e["largest_name"], e["percentile_99"], e["mean"], e["above_015"]]
                for name, e in result["neutral"].items()]),
        "## How an answer grows", "",
        *response_lines(result["response"]),
        "## Action units on drawn heads", "",
        *table(["unit", "name", "ICC(3,1)", "MSE (0..5)"],
               [[unit, ACTION_UNIT_NAMES[unit], e["icc"], e["mse"]] for unit, e in units.items()]
               + [["**mean**", "", heads["icc_mean"], ""]]),
        "## Agreement with MediaPipe", "",
        f"Pearson r over coefficients with a standard deviation above 0.05. Photographs of held-out people "
        f"({photographs['faces']}, points by {photographs['points']}): mean **{photographs['mean']}** "
        f"({photographs['mean_by_points']} by the points alone). "
        f"Clips that never trained anything: mean **{clips['mean']}** "
        f"over {clips['pairs']} pairs of clip and coefficient, no smoothing "
        f"({clips['mean_by_points']} by the points alone, {clips['mean_by_image']} by the image branch's "
        "bare scores).", "",
        "MediaPipe mirrored: its scores against its own on the same frames mirrored, sides swapped back "
        "(`python -m training.expression.ceiling`): how well it agrees with itself.", "",
        *table(["clip", "frames", "mean r", "points alone", "bare scores", "MediaPipe mirrored", "lowest"],
               [[name, clip["frames"], clip["mean"], clip["mean_by_points"], clip["mean_by_image"],
                 mirrored.get(name, {}).get("mean", "–"), lowest(clip["correlation"])]
                for name, clip in clips["clips"].items()]),
        "What goes to and fro from frame to frame, of the coefficients that move, without smoothing (of 1): "
        "as served, by the points alone, and MediaPipe's in image mode.", "",
        *table(["clip", "served", "points alone", "MediaPipe"],
               [[name, *clip["tremor"].values()] for name, clip in clips["clips"].items()]),
        "## Each coefficient", "",
        "r with the truth on drawn heads, and with MediaPipe on photographs (– where it does not move there "
        "or MediaPipe says nothing), and how much of it the image branch gives.", "",
        *table(["coefficient", "drawn heads", "photographs", "image's share"],
               [[name, heads["correlation"].get(name, "–"), seen.get(name, "–"), result["shares"][name]]
                for name in BLENDSHAPES]),
    ]  # fmt: skip
    path.write_text("\n".join(lines))


def response_lines(response: dict) -> list[str]:
    """Lay out how the answer to one movement grows with it, for the nine groups' coefficients."""
    shown = {name: each for name, each in response["coefficients"].items() if name.startswith(GROUPED)}
    return [
        f"One movement raised from rest to its fullest, both sides together, on {response['people']} unseen "
        "people, without noise: the mean answer, its steepest tenth, and that of the person at the 95th "
        f"percentile. Over all coefficients the steepest is {response['steepest']} "
        f"({response['steepest_name']}), and no mean answer falls back by more than "
        f"{response['largest_fall']}.",
        "",
        *table(
            ["coefficient", *[f"at {value}" for value in response["strengths"]], "slope", "95th"],
            [[name, *each["at"], each["slope"], each["slope_95"]] for name, each in shown.items()],
        ),
    ]


def lowest(correlation: dict[str, float]) -> str:
    """Name the three coefficients of the lowest correlation."""
    worst = sorted(correlation.items(), key=lambda item: item[1])[:3]
    return ", ".join(f"{name} {value}" for name, value in worst)

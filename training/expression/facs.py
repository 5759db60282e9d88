"""Action units and ARKit coefficients: what the one means in the other, as two plain tables.

docs/action-units-to-blendshapes.md explains them. Sources: Ekman & Friesen, FACS (what each unit
does); Apple's ARFaceAnchor.BlendShapeLocation (what each coefficient does); the ARKit-to-FACS cheat
sheet (melindaozel.com) and py-feat's blendshape_region_map.json, which agree on the pairs.
"""

from __future__ import annotations

import numpy as np

from proto.tables import ACTION_UNITS, BLENDSHAPES

ACTION_UNIT_MAX = 5.0


def both(name: str, share: float = 1.0) -> dict[str, float]:
    """Halve a share between the left and the right coefficient."""
    return {f"{name}Left": share / 2, f"{name}Right": share / 2}


# Intensity / 5 of a unit = sum of share * coefficient, held in 0..1. A one-sided movement counts half.
COMPOSITION: dict[str, dict[str, float]] = {
    "AU01": {"browInnerUp": 1.0},
    "AU02": both("browOuterUp"),
    "AU04": both("browDown"),
    "AU05": both("eyeWide"),
    "AU06": both("cheekSquint"),
    "AU07": both("eyeSquint"),
    "AU09": both("noseSneer"),
    "AU10": both("mouthUpperUp"),
    "AU12": both("mouthSmile"),
    "AU14": both("mouthDimple"),
    "AU15": both("mouthFrown"),
    "AU17": {"mouthShrugLower": 0.6, "mouthShrugUpper": 0.4},
    "AU20": both("mouthStretch"),
    "AU23": both("mouthPress"),
    # Lips part when either lip leaves the other, or the jaw opens and nothing closes it: ARKit's
    # jawOpen of 0.5 parts them fully, and mouthClose takes that back.
    "AU25": {
        **both("mouthLowerDown", 0.5), **both("mouthUpperUp", 0.5),
        "jawOpen": 2.0, "mouthClose": -2.0, "mouthFunnel": 0.5,
    },
    "AU26": {"jawOpen": 1.0},
    "AU28": {"mouthRollLower": 0.5, "mouthRollUpper": 0.5},
    "AU45": both("eyeBlink"),
}  # fmt: skip

# The way back: coefficient = sum of gain * intensity / 5, held in 0..1. Units have no sides and no
# equivalents for gaze, jaw shifts or a pucker: those coefficients stay 0 on this road.
MAPPING: dict[str, dict[str, float]] = {
    "browInnerUp": {"AU01": 1.0},
    **{f"browOuterUp{side}": {"AU02": 1.0} for side in ("Left", "Right")},
    **{f"browDown{side}": {"AU04": 1.0} for side in ("Left", "Right")},
    **{f"eyeWide{side}": {"AU05": 1.0} for side in ("Left", "Right")},
    **{f"cheekSquint{side}": {"AU06": 1.0} for side in ("Left", "Right")},
    **{f"eyeSquint{side}": {"AU07": 1.0} for side in ("Left", "Right")},
    **{f"noseSneer{side}": {"AU09": 1.0} for side in ("Left", "Right")},
    **{f"mouthUpperUp{side}": {"AU10": 1.0} for side in ("Left", "Right")},
    **{f"mouthSmile{side}": {"AU12": 1.0} for side in ("Left", "Right")},
    **{f"mouthDimple{side}": {"AU14": 1.0} for side in ("Left", "Right")},
    **{f"mouthFrown{side}": {"AU15": 1.0} for side in ("Left", "Right")},
    "mouthShrugLower": {"AU17": 1.0},
    "mouthShrugUpper": {"AU17": 1.0},
    **{f"mouthStretch{side}": {"AU20": 1.0} for side in ("Left", "Right")},
    **{f"mouthPress{side}": {"AU23": 1.0} for side in ("Left", "Right")},
    # Parted lips that an open jaw does not explain: the lower lip went down.
    **{f"mouthLowerDown{side}": {"AU25": 1.0, "AU26": -1.0} for side in ("Left", "Right")},
    "jawOpen": {"AU26": 1.0},
    "mouthRollLower": {"AU28": 1.0},
    "mouthRollUpper": {"AU28": 1.0},
    **{f"eyeBlink{side}": {"AU45": 1.0} for side in ("Left", "Right")},
}


def table(rows: tuple[str, ...], columns: tuple[str, ...], entries: dict[str, dict]) -> np.ndarray:
    """Turn a table of names into a matrix. Shapes: -> (rows, columns)."""
    matrix = np.zeros((len(rows), len(columns)), np.float32)
    for row, shares in entries.items():
        for column, share in shares.items():
            matrix[rows.index(row), columns.index(column)] = share
    return matrix


def action_units_of(weights_01: np.ndarray) -> np.ndarray:
    """Compose the units that weights amount to. Shapes: (N, 52) -> (N, 18), 0..5."""
    matrix = table(ACTION_UNITS, BLENDSHAPES, COMPOSITION)
    return (weights_01 @ matrix.T).clip(0, 1) * ACTION_UNIT_MAX


def blendshapes_of(action_units_05: np.ndarray) -> np.ndarray:
    """Map units to weights by the table. Shapes: (N, 18) -> (N, 52), 0..1."""
    matrix = table(BLENDSHAPES, ACTION_UNITS, MAPPING)
    return (action_units_05 / ACTION_UNIT_MAX @ matrix.T).clip(0, 1)

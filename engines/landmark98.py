"""The 98-point landmark layout of WFLW: groups, mirror permutation, and the 68-point subset.

Left and right are the subject's. Source: WFLW (Wu et al. 2018, "Look at Boundary"); the 98 -> 68
subset keeps the points that the 300-W / Multi-PIE convention also marks.
"""

from __future__ import annotations

import numpy as np

COUNT = 98

CONTOUR = slice(0, 33)  # from the subject's right ear to the left one
RIGHT_BROW = slice(33, 42)
LEFT_BROW = slice(42, 51)
NOSE = slice(51, 60)
RIGHT_EYE = slice(60, 68)
LEFT_EYE = slice(68, 76)
OUTER_LIP = slice(76, 88)
INNER_LIP = slice(88, 96)
RIGHT_PUPIL = 96
LEFT_PUPIL = 97

RIGHT_EYE_OUTER, RIGHT_EYE_INNER = 60, 64
LEFT_EYE_INNER, LEFT_EYE_OUTER = 68, 72
NOSE_TIP = 54
RIGHT_MOUTH_CORNER, LEFT_MOUTH_CORNER = 76, 82

# Point i of a mirrored picture is point FLIP[i] of the original one.
FLIP = np.array(
    [*range(32, -1, -1)]
    + [46, 45, 44, 43, 42, 50, 49, 48, 47, 37, 36, 35, 34, 33, 41, 40, 39, 38]
    + [51, 52, 53, 54, 59, 58, 57, 56, 55]
    + [72, 71, 70, 69, 68, 75, 74, 73, 64, 63, 62, 61, 60, 67, 66, 65]
    + [82, 81, 80, 79, 78, 77, 76, 87, 86, 85, 84, 83, 92, 91, 90, 89, 88, 95, 94, 93]
    + [97, 96]
)

TO_68 = np.array(
    [*range(0, 33, 2)]
    + [33, 34, 35, 36, 37, 42, 43, 44, 45, 46]
    + [*range(51, 60)]
    + [60, 61, 63, 64, 65, 67, 68, 69, 71, 72, 73, 75]
    + [*range(76, 96)]
)

INNER_51 = slice(17, 68)  # of the 68: everything but the face contour
OUTER_EYE_CORNERS_68 = (36, 45)


def five_points(points_98: np.ndarray) -> np.ndarray:
    """Reduce 98 points to MTCNN's five: the eye centres, the nose tip, the mouth corners.

    Shapes: (..., 98, 2) -> (..., 5, 2), in the picture's order (the subject's right eye first,
    because it stands on the left of an unmirrored picture).
    """
    return np.stack(
        [
            points_98[..., RIGHT_EYE, :].mean(axis=-2),
            points_98[..., LEFT_EYE, :].mean(axis=-2),
            points_98[..., NOSE_TIP, :],
            points_98[..., RIGHT_MOUTH_CORNER, :],
            points_98[..., LEFT_MOUTH_CORNER, :],
        ],
        axis=-2,
    )

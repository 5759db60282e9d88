"""Draw the head: flat shading, triangles painted from far to near."""

from __future__ import annotations

import cv2
import numpy as np

from training.expression.ict import EYEBALL_CENTRE, EYEBALL_VERTICES, SHELLS, Head

LIGHT = np.array([0.25, 0.4, 0.88])
COLOURS = {  # RGB
    "M_Face": (222, 184, 160), "M_BackHead": (205, 170, 150), "M_Teeth": (240, 238, 230),
    "M_GumsTongue": (190, 90, 90), "M_ScleraLeft": (245, 245, 245), "M_ScleraRight": (245, 245, 245),
    "M_IrisLeft": (70, 50, 40), "M_IrisRight": (70, 50, 40),
}  # fmt: skip
UNLIT = ("M_IrisLeft", "M_IrisRight")  # seen through the cornea, painted regardless of the light
UNSEEN = (*SHELLS, "M_EyeLashes")  # lashes are flat cards that need a texture
CORNEA_COSINE = np.cos(np.deg2rad(26))  # the clear part of the eyeball, around its front


def cornea(head: Head) -> np.ndarray:
    """Find the triangles of the eyeballs' clear front, which hides the iris when painted. -> (T,) bool"""
    clear = np.zeros(len(head.material), bool)
    for side in EYEBALL_VERTICES:
        if f"M_Sclera{side}" not in head.material_names:
            continue
        mine = head.material == head.material_names.index(f"M_Sclera{side}")
        outward = head.neutral[head.triangles[mine]].mean(axis=1) - EYEBALL_CENTRE[side]
        clear[mine] = outward[:, 2] > CORNEA_COSINE * np.linalg.norm(outward, axis=1)
    return clear


def render_head(
    head: Head,
    vertices: np.ndarray,
    rotation: np.ndarray,
    size: int = 320,
    scale: float = 0.038,
    centre: tuple[float, float, float] = (0.0, 0.5, 5.0),
) -> tuple[np.ndarray, np.ndarray]:
    """Render a posed head orthographically on grey.

    Shapes: (V, 3), (3, 3) -> (size, size, 3) uint8 RGB, and the vertices' pixels (V, 2). `scale` is
    the share of the picture per centimetre, `centre` the head's point in the middle.
    """
    turned = (vertices - centre) @ rotation.T
    pixels = turned[:, :2] * (1, -1) * scale * size + size / 2
    wanted = [i for i, name in enumerate(head.material_names) if name not in UNSEEN]
    chosen = np.isin(head.material, wanted) & ~cornea(head)
    triangles, material = head.triangles[chosen], head.material[chosen]
    corners = turned[triangles]  # (T, 3, 3)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    front = np.flatnonzero(normal[:, 2] > 0)
    order = front[np.argsort(corners[front, :, 2].mean(axis=1))]
    colours = np.array([COLOURS.get(name, (200, 200, 200)) for name in head.material_names], float)
    light = 0.35 + 0.65 * np.clip(normal @ LIGHT, 0, 1)
    unlit = [i for i, name in enumerate(head.material_names) if name in UNLIT]
    light[np.isin(material, unlit)] = 1
    shaded = colours[material] * light[:, None]
    fixed = np.round(pixels[triangles] * 16).astype(np.int32)  # 1/16 pixel
    picture = np.full((size, size, 3), 90, np.uint8)
    for index in order:
        cv2.fillConvexPoly(picture, fixed[index], shaded[index].tolist(), cv2.LINE_8, 4)
    return picture, pixels

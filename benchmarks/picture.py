"""Make the README's picture: a face with what was found, and the sample character wearing it.

`python -m benchmarks.picture IMAGE... --out FILE.png`; without IMAGE the public-domain portrait of
scikit-image. Each row is one picture.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from character.head import make_head
from character.render import draw
from engines.errors import SourceError
from engines.face import Face, Frame
from engines.overlay import draw_result
from engines.pipeline import Pipeline
from engines.sources import IMAGE_FORMATS
from engines.stages.decode import decode_frame
from engines.stages.pose import euler_deg, rotation_matrix
from engines.stream import StreamOptions
from proto import tables

SIDE = 480  # pixels of each half
ZOOM = 2.3  # how many face heights the left half shows


def crop_window(face: Face, image: np.ndarray) -> tuple[int, int, int]:
    """Choose a square around a face that lies within the image: x, y, side."""
    x0, y0, x1, y1 = face.box_xyxy_px
    side = int(min((y1 - y0) * ZOOM, *image.shape[:2]))
    x = int(np.clip((x0 + x1 - side) / 2, 0, image.shape[1] - side))
    y = int(np.clip((y0 + y1 - side) / 2, 0, image.shape[0] - side))
    return x, y, side


def row(pipeline: Pipeline, frame: Frame) -> np.ndarray:
    """Draw one picture's row. Shapes: -> (480, 960, 3) uint8 RGB. Raises: SourceError if nobody is there."""
    stream = pipeline.open_stream(StreamOptions(smooth=False, max_faces=1, track=False))
    image = decode_frame(frame)
    (result,) = pipeline.process([(stream, frame)])
    if not result.faces:
        raise SourceError("expected a picture with a face, found none")
    x, y, side = crop_window(result.faces[0], image)
    enlarged = cv2.resize(image[y : y + side, x : x + side], (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    big = Frame("rgb8", enlarged.data.cast("B"), 0.0, enlarged.shape[:2])
    (result,) = pipeline.process([(stream, big)])
    face = result.faces[0]
    yaw, pitch, _ = euler_deg(rotation_matrix(face.rotation_xyzw)[None])[0]
    weights = {n: float(w) for n, w in zip(tables.BLENDSHAPES, face.blendshapes_01, strict=True)}
    character = draw(make_head(), weights, size=SIDE, yaw_deg=-yaw, pitch_deg=-pitch / 2)
    return np.hstack([draw_result(enlarged, result), character])


def portrait() -> Frame:
    """The portrait of the astronaut Eileen Collins (NASA, public domain)."""
    from skimage import data

    image = data.astronaut()
    return Frame("rgb8", image.data.cast("B"), 0.0, image.shape[:2])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", nargs="*", type=Path)
    parser.add_argument("--profile", default="lite")
    parser.add_argument("--out", type=Path, default=Path("docs/images/portrait.png"))
    arguments = parser.parse_args()
    frames = [Frame(IMAGE_FORMATS[p.suffix.lower()], p.read_bytes(), 0.0) for p in arguments.images]
    pipeline = Pipeline.load(arguments.profile)
    rows = [row(pipeline, frame) for frame in frames or [portrait()]]
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(arguments.out), np.vstack(rows)[..., ::-1])
    print(f"wrote {arguments.out}")


if __name__ == "__main__":
    main()

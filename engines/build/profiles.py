"""The shapes that an engine is made for: smallest, typical and largest batch of each network.

What is larger than the largest batch runs in parts. P-Net slides over pictures of every size, so it has
further profiles for large, very wide and very tall ones, one picture at a time. None of them needs more
memory than the first: an engine takes what its largest profile needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from engines.errors import BackendError

Shape = tuple[int, ...]


@dataclass(frozen=True)
class ShapeRange:
    """What one input may be: the batch, and the free sizes behind it in their order."""

    minimum: Shape
    typical: Shape
    maximum: Shape

    def fill(self, declared: Sequence[int | str]) -> tuple[Shape, Shape, Shape]:
        """Put the sizes where a declared shape is free (-1 or a name).

        Raises: BackendError if there are more or fewer free axes than sizes.
        """
        free = [axis for axis, size in enumerate(declared) if not isinstance(size, int) or size < 0]
        filled = []
        for sizes in (self.minimum, self.typical, self.maximum):
            if len(sizes) != len(free):
                raise BackendError(
                    f"expected a profile of {len(free)} sizes for the shape {tuple(declared)}, got {sizes}"
                )
            shape = list(declared)
            for axis, size in zip(free, sizes, strict=True):
                shape[axis] = size
            filled.append(tuple(shape))
        return tuple(filled)


@dataclass(frozen=True)
class Profile:
    """The ranges of one engine: each is one optimisation profile of TensorRT."""

    ranges: tuple[ShapeRange, ...]

    def to_json(self) -> list[dict]:
        """Describe it for the cache's key."""
        return [{key: list(value) for key, value in asdict(one).items()} for one in self.ranges]


def _batches(typical: int, largest: int) -> Profile:
    return Profile((ShapeRange((1,), (typical,), (largest,)),))


# A pass is what a server full of people brings together: 16 faces typical, 64 at most. The cascade keeps at
# most 300 windows of a picture, of which R-Net passes on a fifth. The pyramid's largest level has 150 pixels
# on its shorter side (engines/stages/detect.py).
PROFILES: Mapping[str, Profile] = {
    "pnet": Profile(
        (
            ShapeRange((1, 12, 12), (8, 120, 160), (64, 400, 400)),
            ShapeRange((1, 12, 12), (1, 400, 700), (1, 2048, 2048)),
            ShapeRange((1, 12, 12), (1, 150, 1200), (1, 400, 8192)),
            ShapeRange((1, 12, 12), (1, 1200, 150), (1, 8192, 400)),
        )
    ),
    "rnet": _batches(128, 1024),
    "onet": _batches(32, 256),
    "landmarks_lite": _batches(16, 64),
    "landmarks_full": _batches(16, 64),
    "expression": _batches(16, 64),
}


def profile_of(network: str, largest_batch: int | None = None) -> Profile:
    """Look up a network's profile, with another largest batch if one is given.

    Raises: BackendError if the network is unknown or the batch is not positive.
    """
    if network not in PROFILES:
        raise BackendError(f"expected a network of {', '.join(PROFILES)}, got {network!r}")
    profile = PROFILES[network]
    if largest_batch is None:
        return profile
    if largest_batch < 1:
        raise BackendError(f"expected a largest batch of at least 1, got {largest_batch}")
    first = profile.ranges[0]
    typical = (min(first.typical[0], largest_batch), *first.typical[1:])
    changed = ShapeRange(first.minimum, typical, (largest_batch, *first.maximum[1:]))
    return Profile((changed, *profile.ranges[1:]))

"""Shape ranges: filled into declared shapes, ordered, for every committed network."""

import itertools
import math

import pytest

from engines.build.cli import known_networks
from engines.build.profiles import PROFILES, ShapeRange, profile_of
from engines.errors import BackendError
from engines.models import manifest


@pytest.mark.parametrize("name", known_networks())
def test_every_network_has_ranges_that_fit_its_input(name):
    shapes = manifest()[name]["inputs"].values()
    for one, shape in itertools.product(profile_of(name).ranges, shapes):
        low, middle, high = one.fill(shape)
        assert all(a <= b <= c for a, b, c in zip(low, middle, high, strict=True))
        assert low[0] == 1 and all(isinstance(size, int) and size > 0 for size in high)


def test_no_further_profile_of_pnet_costs_memory():
    first, *others = (math.prod(one.maximum) for one in PROFILES["pnet"].ranges)
    assert others and max(others) <= first


def test_names_and_minus_one_are_free():
    one = ShapeRange((1, 12), (2, 24), (3, 48))
    assert one.fill(("batch", 3, "width"))[1] == one.fill((-1, 3, -1))[1] == (2, 3, 24)
    with pytest.raises(BackendError, match=r"expected a profile of 1 sizes for the shape \(-1, 3\)"):
        one.fill((-1, 3))


def test_the_largest_batch_can_be_chosen():
    changed = profile_of("landmarks_lite", 4).ranges[0]
    assert (changed.typical, changed.maximum) == ((4,), (4,))
    assert profile_of("pnet", 2).ranges[0].maximum == (2, *PROFILES["pnet"].ranges[0].maximum[1:])
    assert profile_of("pnet", 2).ranges[1] == PROFILES["pnet"].ranges[1]


@pytest.mark.parametrize(("network", "batch"), [("abacus", None), ("onet", 0)])
def test_what_cannot_be_is_refused(network, batch):
    with pytest.raises(BackendError, match=r"expected a (network|largest batch)"):
        profile_of(network, batch)

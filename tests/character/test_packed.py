import numpy as np
import pytest

from character.packed import PackedError, pack, srgb_bytes, unpack


@pytest.fixture(scope="module")
def data(head) -> bytes:
    return pack(head)


def test_round_trip(head, data):
    read = unpack(data)
    assert [p.name for p in read] == [p.name for p in head]
    for part, back in zip(head, read, strict=True):
        assert back.material == part.material.name
        assert back.roughness == pytest.approx(part.material.roughness)
        assert np.allclose(back.pivot, part.pivot, atol=1e-7)
        assert np.abs(back.vertices - part.vertices).max() < 1e-6
        assert np.abs(back.normals - part.normals).max() < 0.005
        assert np.array_equal(back.triangles, part.triangles)
        assert np.array_equal(back.colours_srgb, srgb_bytes(part.colours))
        assert list(back.moves) == list(part.shapes) == list(back.turns)
        for name, move in part.shapes.items():
            assert np.abs(back.moves[name] - move).max() < 1e-6, name
            assert np.abs(back.turns[name] - part.shape_normals[name]).max() < 0.0085, name


def test_srgb_bytes_match_the_standard():
    assert srgb_bytes(np.array([0.0, 0.2158605, 1.0, 2.0])).tolist() == [0, 128, 255, 255]


@pytest.mark.parametrize(
    ("fault", "change"),
    [
        ("wrong magic", lambda d: b"XXXX" + d[4:]),
        ("newer version", lambda d: d[:4] + b"\x02\x00" + d[6:]),
        ("cut short", lambda d: d[:-1]),
        ("bytes left over", lambda d: d + b"\0"),
        ("empty", lambda d: b""),
    ],
)
def test_faulty_bytes_are_refused(data, fault, change):
    with pytest.raises(PackedError, match="expected"):
        unpack(change(data))

"""A small pack gives the crops that the whole one gives, and its parts keep to their size."""

import cv2
import numpy as np
import pytest

from engines.stages import align
from training.faces import DataError, load_faces
from training.landmarks import pack
from training.landmarks.augment import Augmentation, random_crop

PLAIN = Augmentation(gain=0, colour=0, blur=0, median=0, noise=0, grey=0, occlude=0, low_resolution=0)


@pytest.fixture
def large(faces):
    """The dots within photographs of 600 x 500 pixels, with a margin that training never needs."""
    shift = np.array([180, 140], np.float32)
    for row, data in enumerate(faces.images):
        image = np.full((500, 600, 3), 60, np.uint8)
        image[140:340, 180:380] = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        faces.images[row] = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 98])[1].tobytes()
    faces.labels["lm98"] = faces.labels["lm98"] + shift
    faces.labels["gt68"] = faces.labels["gt68"] + shift
    faces.labels["gt68"][1] = np.nan
    return faces


def test_a_packed_photograph_gives_the_same_crops(large):
    packed = pack.pack_faces(large, 1000, 95, Augmentation())
    assert packed.decode(0).shape[0] < 400 and packed.decode(0).shape[1] < 400
    for row in range(len(large)):
        for seed in range(4):
            expected, points, _ = random_crop(
                large.decode(row), large.labels["lm98"][row], PLAIN, np.random.default_rng(seed)
            )
            found, moved, _ = random_crop(
                packed.decode(row), packed.labels["lm98"][row], PLAIN, np.random.default_rng(seed)
            )
            assert np.abs(points - moved).max() < 0.15
            # Only a rare shift beyond three standard deviations would show a black edge.
            assert np.abs(found.astype(float) - expected).mean() < 4


def test_a_shrunk_photograph_keeps_its_points_on_the_dots(large):
    packed = pack.pack_faces(large, 100, 95, Augmentation())
    image = packed.decode(0)
    assert max(image.shape[:2]) == 100 and list(packed.labels["size_hw"][0]) == list(image.shape[:2])
    matrices = [align.crop_from_points(f.labels["lm98"][0].astype(float)) for f in (large, packed)]
    first, second = (align.warp(f.decode(0), m) for f, m in zip((large, packed), matrices, strict=True))
    assert np.abs(cv2.blur(first, (15, 15)).astype(float) - cv2.blur(second, (15, 15))).max() < 40
    assert np.abs(cv2.blur(first, (15, 15)).astype(float) - cv2.blur(second, (15, 15))).mean() < 3
    assert np.isnan(packed.labels["gt68"][1]).all()


def test_a_small_photograph_that_needs_no_cutting_stays_as_it_is(faces):
    faces.labels["lm98"] = (faces.labels["lm98"] - 100) * 1.5 + 100  # the face fills the picture
    faces.labels["gt68"] = (faces.labels["gt68"] - 100) * 1.5 + 100
    faces.images[0] = cv2.imencode(".webp", faces.decode(0), [cv2.IMWRITE_WEBP_QUALITY, 1])[1].tobytes()
    packed = pack.pack_faces(faces, 1000, 100, Augmentation())
    assert packed.images[0] == faces.images[0] and packed.images[1] != faces.images[1]


def test_the_pack_reads_back_from_parts_that_keep_to_their_size(large, tmp_path, score_labels):
    large.labels.update({k: score_labels[k] for k in ("mp_blendshapes", "mp_blendshape_names")})
    packed = pack.pack_faces(large, 200, 85, Augmentation())
    limit = 40_000
    packed.images = [data + bytes(15_000) for data in packed.images]  # decoders skip what follows
    written = pack.write_parts(packed, tmp_path, "train", limit)
    assert len(written) == 5 and all(path.stat().st_size <= limit for path in written)
    again = load_faces(tmp_path, "train")
    assert again.images == packed.images
    assert np.allclose(again.labels["mp_blendshapes"], packed.labels["mp_blendshapes"], equal_nan=True)
    assert np.abs(again.labels["lm98"] - packed.labels["lm98"]).max() == 0
    assert list(again.labels["source"]) == ["lfw"] * 4


def test_a_picture_larger_than_a_part_is_refused(large, tmp_path):
    packed = pack.pack_faces(large, 200, 85, Augmentation())
    with pytest.raises(DataError, match="expected at most 5000 bytes"):
        pack.write_parts(packed, tmp_path, "train", 5000)


def test_the_command_packs_some_evenly_and_leaves_the_development_photographs(
    data_pack, tmp_path, monkeypatch
):
    out = tmp_path / "small"
    command = ["pack", "--data", str(data_pack), "--out", str(out), "--limit", "2", "--size", "64"]
    monkeypatch.setattr("sys.argv", command)
    pack.main()
    assert len(load_faces(out, "train")) == 2 and len(load_faces(out, "dev_helen")) == 4
    for name in ("dev_helen.npz", "dev_helen_00.tar"):
        assert (out / name).read_bytes() == (data_pack / name).read_bytes()
    with pytest.raises(SystemExit, match="empty folder"):
        pack.main()

"""OpenVINO gives what ONNX Runtime gives, on every committed network."""

import subprocess
import sys

import cv2
import numpy as np
import pytest

from engines.backends import onnxruntime_backend, openvino_backend
from engines.errors import BackendError
from engines.models import manifest, model_path
from tests.media import read_face_photograph

NETWORKS = [name for name, entry in manifest().items() if entry["file"].endswith(".onnx")]
ROUNDED = [name for name in NETWORKS if name.endswith("_int8")]


def example_inputs(entry: dict, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Random inputs of a batch of two; free sizes become 36 pixels."""
    inputs = {}
    for name, shape in entry["inputs"].items():
        sizes = [
            2 if axis == 0 else (size if isinstance(size, int) else 36) for axis, size in enumerate(shape)
        ]
        is_picture = len(sizes) == 4
        inputs[name] = (
            rng.integers(0, 255, sizes, dtype=np.uint8)
            if is_picture
            else rng.normal(0, 0.1, sizes).astype(np.float32)
        )
    return inputs


@pytest.mark.parametrize("name", [name for name in NETWORKS if name not in ROUNDED])
def test_both_backends_agree(name):
    path, entry = model_path(name), manifest()[name]
    inputs = example_inputs(entry, np.random.default_rng(0))
    outputs = list(entry["outputs"])
    first = onnxruntime_backend.open_session(path, 1).run(inputs, outputs)
    second = openvino_backend.open_session(path, 1).run(inputs, outputs)
    for output, a, b in zip(outputs, first, second, strict=True):
        assert a.shape == b.shape, output
        assert np.allclose(a, b, rtol=1e-2, atol=5e-2), (output, np.abs(a - b).max())


@pytest.mark.parametrize("name", ROUNDED)
def test_int8_reads_a_real_face_as_fp32_does(name):
    face = cv2.resize(read_face_photograph()[20:220, 120:320], (256, 256))[None]
    exact, rounded, elsewhere = (
        backend.open_session(model_path(network), 1).run({"image": face}, ["points", "confidence"])
        for backend, network in (
            (openvino_backend, name.removesuffix("_int8")), (openvino_backend, name),
            (onnxruntime_backend, name),
        )
    )  # fmt: skip
    for other in (rounded, elsewhere):
        assert 0 < np.abs(exact[0] - other[0]).mean() < 0.5  # pixels of the crop
        assert np.abs(exact[1] - other[1]).mean() < 0.02


def test_results_survive_the_next_call():
    session = openvino_backend.open_session(model_path("onet"), 1)
    rng, entry = np.random.default_rng(0), manifest()["onet"]
    output = next(iter(entry["outputs"]))
    (first,) = session.run(example_inputs(entry, rng), [output])
    kept = first.copy()
    session.run(example_inputs(entry, rng), [output])
    assert (first == kept).all()


@pytest.mark.parametrize("name", ["landmarks_lite", "onet"])
@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
def test_any_batch_gives_what_its_items_give_alone(name, count):
    entry = manifest()[name]
    session = openvino_backend.open_session(model_path(name), 2)
    rng, outputs = np.random.default_rng(count), list(entry["outputs"])
    ((key, shape),) = entry["inputs"].items()
    items = rng.integers(0, 255, (count, *shape[1:]), dtype=np.uint8)
    together = session.run({key: items}, outputs)
    alone = [session.run({key: item[None]}, outputs) for item in items]
    for index, output in enumerate(outputs):
        expected = np.concatenate([result[index] for result in alone])
        assert together[index].shape == expected.shape, output
        assert np.allclose(together[index], expected, rtol=1e-3, atol=1e-2), output


def test_a_batch_larger_than_the_largest_size_is_run_in_parts():
    session = openvino_backend.open_session(model_path("rnet"), 2)
    items = np.random.default_rng(0).integers(0, 255, (300, 24, 24, 3), dtype=np.uint8)
    score, offsets = session.run({"image": items}, ["score", "offsets"])
    assert score.shape == (300,) and offsets.shape == (300, 4)
    (last,) = session.run({"image": items[-1:]}, ["score"])
    assert score[-1] == pytest.approx(last[0], abs=1e-4)


def shapes_met(session: openvino_backend.OpenVinoSession, monkeypatch) -> list[tuple[int, ...]]:
    """Note the shape of every batch that OpenVINO is given from now on."""
    met, infer = [], openvino_backend._infer

    def noting(request, inputs, outputs, count):
        met.extend(items.shape for items in inputs.values())
        return infer(request, inputs, outputs, count)

    monkeypatch.setattr(openvino_backend, "_infer", noting)
    return met


@pytest.mark.parametrize("name", ["rnet", "onet", "expression"])
def test_no_batch_has_a_size_that_was_not_warmed(name, monkeypatch):
    entry = manifest()[name]
    session = openvino_backend.open_session(model_path(name), 1)
    met = shapes_met(session, monkeypatch)
    session.warm_up()
    warmed = set(met)
    del met[:]
    for count in (2, 3, 17, 74, 206, 300):
        inputs = {
            key: np.zeros((count, *shape[1:]), np.uint8 if len(shape) == 4 else np.float32)
            for key, shape in entry["inputs"].items()
        }
        (found,) = session.run(inputs, list(entry["outputs"])[:1])
        assert len(found) == count
    assert met and set(met) <= warmed


def test_each_core_of_a_large_network_is_warmed():
    session = openvino_backend.open_session(model_path("landmarks_lite"), 2, item_sizes=[224])
    started, lanes = [], session._lanes.values()
    for number, request in enumerate(request for lane in lanes for request in (*lane.each, *lane.pairs)):
        start = request.start_async
        request.start_async = lambda *given, number=number, start=start, **how: (
            started.append(number), start(*given, **how)
        )  # fmt: skip
    session.warm_up()
    assert set(started) == set(range(8))


@pytest.mark.parametrize("name", ["landmarks_lite", "landmarks_full_int8"])
def test_a_network_of_large_items_takes_the_further_sizes_that_it_was_opened_for(name):
    session = openvino_backend.open_session(model_path(name), 2, item_sizes=[224])
    crops = np.random.default_rng(0).integers(0, 255, (3, 224, 224, 3), dtype=np.uint8)
    points, confidence = session.run({"image": crops}, ["points", "confidence"])
    assert points.shape == (3, 98, 2) and points.min() > 0 and points.max() < 223
    assert confidence.shape == (3, 98)
    assert session.run({"image": np.zeros((1, 256, 256, 3), np.uint8)}, ["points"])[0].shape == (1, 98, 2)
    with pytest.raises(BackendError, match="expected items of 256 or 224 pixels a side, got"):
        session.run({"image": np.zeros((1, 128, 128, 3), np.uint8)}, ["points"])


@pytest.mark.parametrize(
    ("count", "lanes", "sizes", "left"),
    [
        (2, 2, [1, 1], 0), (3, 2, [1, 1], 1), (4, 2, [2, 2], 0), (8, 2, [2] * 4, 0), (7, 2, [2, 2, 1, 1], 1),
        (5, 1, [2, 2, 1], 0), (2, 8, [], 2), (5, 8, [1] * 5, 0), (20, 8, [2] * 8, 4),
        (21, 8, [2] * 8 + [1] * 5, 0),
    ],
)  # fmt: skip
def test_a_batch_is_shared_out_among_the_cores(count, lanes, sizes, left):
    parts, end = openvino_backend.share_out(count, lanes)
    assert [part.stop - part.start for part in parts] == sizes and count - end == left
    assert [part.start for part in parts] == [sum(sizes[:turn]) for turn in range(len(sizes))]


def test_pictures_of_any_size_are_run_one_by_one(monkeypatch):
    session = openvino_backend.open_session(model_path("pnet"), 1)
    met = shapes_met(session, monkeypatch)
    session.warm_up()
    (score,) = session.run({"image": np.zeros((3, 40, 50, 3), np.uint8)}, ["score"])
    assert met == [(1, 40, 50, 3)] * 3 and len(score) == 3


def test_filling_is_at_most_a_fifth_of_a_batch():
    sizes = openvino_backend.BATCH_SIZES
    assert list(sizes) == sorted(set(sizes)) and sizes[0] == 1
    for count in range(1, sizes[-1] + 1):
        (filled,) = openvino_backend.fill_up({"image": np.ones((count, 2))}, count).values()
        assert filled.sum() == 2 * count and len(filled) - count <= len(filled) / 5


def test_loading_it_reports_nothing_to_its_maker():
    code = "import sys, engines.backends.openvino_backend; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "openvino" in done.stdout.split() and "openvino_telemetry.main" not in done.stdout.split()


def test_bf16_is_close_to_fp32_where_the_cpu_has_it():
    if not openvino_backend.supports_bf16():
        pytest.skip("this CPU does not compute in bf16")
    path, inputs = model_path("onet"), example_inputs(manifest()["onet"], np.random.default_rng(0))
    exact, short = (
        openvino_backend.open_session(path, 1, precision).run(inputs, ["points"])[0]
        for precision in ("fp32", "bf16")
    )
    assert 0 < np.abs(exact - short).max() < 0.05


@pytest.mark.parametrize("backend", [onnxruntime_backend, openvino_backend])
def test_garbage_is_refused_in_plain_words(backend, tmp_path):
    (tmp_path / "bad.onnx").write_bytes(b"not a network")
    with pytest.raises(BackendError, match=r"refused bad\.onnx"):
        backend.open_session(tmp_path / "bad.onnx", 1)


def test_what_only_an_unused_output_needs_is_left_out():
    path = model_path("landmarks_lite")
    whole = openvino_backend.open_session(path, 1)
    less = openvino_backend.open_session(path, 1, unused=("appearance",))
    crops = np.random.default_rng(0).integers(0, 256, (2, 256, 256, 3), np.uint8)
    for outputs in (["points"], ["points", "confidence"]):
        for first, second in zip(
            whole.run({"image": crops}, outputs), less.run({"image": crops}, outputs), strict=True
        ):
            np.testing.assert_allclose(first, second, atol=1e-3)
    assert whole.run({"image": crops}, ["appearance"])[0].shape == (2, 248)
    with pytest.raises(RuntimeError):
        less.run({"image": crops[:1]}, ["appearance"])

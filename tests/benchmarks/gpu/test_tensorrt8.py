"""The program for TensorRT 8.6, as far as a CPU goes: what it asks of old and new versions, and its clock."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks.gpu import tensorrt8


class FakeTensorRt:
    """Stands for a version with (8.6) or without (10 and later) precision flags; builds nothing."""

    def __init__(self, strongly_typed: bool) -> None:
        kinds = {"EXPLICIT_BATCH": 0} | ({"STRONGLY_TYPED": 1} if strongly_typed else {})
        self.NetworkDefinitionCreationFlag = SimpleNamespace(**kinds)
        self.Logger = type("Logger", (), {"ERROR": 1, "__init__": lambda self, level: None})
        self.BuilderFlag = SimpleNamespace(FP16="fp16")
        self.MemoryPoolType = SimpleNamespace(WORKSPACE="workspace")
        self.Dims = tuple
        self.calls = []
        self.parses, self.profile_index, self.plan = True, 0, b"plan"

    def Builder(self, log):
        profile = SimpleNamespace(set_shape=lambda *shapes: self.calls.append(("shapes", shapes)))
        config = SimpleNamespace(
            set_flag=lambda flag: self.calls.append(("flag", flag)),
            set_memory_pool_limit=lambda pool, size: None,
            add_optimization_profile=lambda profile: self.profile_index,
        )
        network = SimpleNamespace(get_input=lambda index: SimpleNamespace(shape=[-1, 256, 256, 3]))

        def create_network(flags):
            self.calls.append(("network", flags))
            return network

        return SimpleNamespace(
            create_network=create_network,
            create_builder_config=lambda: config,
            create_optimization_profile=lambda: profile,
            build_serialized_network=lambda network, config: self.plan,
        )

    def OnnxParser(self, network, log):
        fault = SimpleNamespace(desc=lambda: "unknown operator")
        return SimpleNamespace(parse=lambda content: self.parses, num_errors=1, get_error=lambda i: fault)


@pytest.fixture
def job(tmp_path):
    (tmp_path / "onnx").write_bytes(b"graph")
    return {"onnx": str(tmp_path / "onnx"), "plan": str(tmp_path / "plan"), "largest": 64}


@pytest.mark.parametrize(("strongly_typed", "flags"), [(False, [("flag", "fp16")]), (True, [])])
def test_fp16_is_a_flag_in_old_versions_alone(job, strongly_typed, flags):
    trt = FakeTensorRt(strongly_typed)
    tensorrt8.build(trt, job)
    assert [call for call in trt.calls if call[0] == "flag"] == flags
    assert ("network", 2 if strongly_typed else 1) in trt.calls
    shapes = next(shapes for kind, shapes in trt.calls if kind == "shapes")
    assert shapes == ("image", (1, 256, 256, 3), (16, 256, 256, 3), (64, 256, 256, 3))
    assert Path(job["plan"]).read_bytes() == b"plan"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("parses", False, "unknown operator"),
        ("profile_index", -1, "profile"),
        ("plan", None, "could not be built"),
    ],
)
def test_a_fault_is_told(job, name, value, reason):
    trt = FakeTensorRt(False)
    setattr(trt, name, value)
    with pytest.raises(RuntimeError, match=reason):
        tensorrt8.build(trt, job)


def test_times_are_of_the_calls_after_the_first_ones():
    calls = []
    told = tensorrt8.time_calls(lambda: calls.append(1), 0.0)
    assert told["calls"] == 10 and len(calls) == 10 + tensorrt8.WARM_UP_CALLS
    assert 0 <= told["median_ms"] <= told["p99_ms"]


def test_it_needs_nothing_but_the_standard_library():
    names = {name.split(".")[0] for name in ("ctypes", "json", "math", "os", "sys", "time")}
    source = Path(tensorrt8.__file__).read_text()
    imported = {line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert imported == names and names <= sys.stdlib_module_names

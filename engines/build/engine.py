"""Compile an ONNX graph to an engine with TensorRT's own parser and builder.

The graph's types are the engine's (strongly typed): fp16 and int8 come from the graph, never from a flag.
"""

from __future__ import annotations

from collections.abc import Callable

from engines.build.flavours import Flavour, open_log
from engines.build.profiles import Profile
from engines.errors import BackendError

WORKSPACE_BYTES = 4 << 30  # scratch memory that tactics may use while they run; a limit, not a demand
# Told (what is done, steps done, steps in all) while a build goes on.
Progress = Callable[[str, int, int], None]


def build_plan(
    flavour: Flavour, onnx_bytes: bytes, profile: Profile, progress: Progress | None = None
) -> bytes:
    """Parse a graph and build its engine. Returns: the serialised plan.

    Raises: BackendError if TensorRT refuses the graph, a shape range, or the build.
    """
    trt, log = flavour.module, open_log(flavour)
    builder = trt.Builder(log)
    network = builder.create_network(1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED))
    parser = trt.OnnxParser(network, log)
    if not parser.parse(onnx_bytes):
        reasons = [parser.get_error(index).desc() for index in range(parser.num_errors)]
        raise BackendError(f"{flavour.name} cannot parse the graph: {_first_line(reasons) or log.tell()}")
    config = builder.create_builder_config()
    config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, WORKSPACE_BYTES)
    for one in profile.ranges:
        shapes = builder.create_optimization_profile()
        for index in range(network.num_inputs):
            tensor = network.get_input(index)
            filled = one.fill(tuple(tensor.shape))
            try:
                shapes.set_shape(tensor.name, *(trt.Dims(shape) for shape in filled))
            except (ValueError, RuntimeError) as error:
                raise BackendError(f"{flavour.name} refuses the shapes {filled}: {error}") from error
        if config.add_optimization_profile(shapes) < 0:
            raise BackendError(f"{flavour.name} refuses the profile {one}: {log.tell()}")
    _show_progress(flavour, config, progress)
    plan = builder.build_serialized_network(network, config)
    if plan is None:
        raise BackendError(f"{flavour.name} cannot build the engine: {log.tell()}")
    return bytes(plan)


def _first_line(reasons: list[str]) -> str:
    return " ".join(reasons[0].split())[:400] if reasons else ""


def _show_progress(flavour: Flavour, config, progress: Progress | None) -> None:
    """Let the builder tell how far it is, where its module can (IProgressMonitor)."""
    monitor = getattr(flavour.module, "IProgressMonitor", None)
    if progress is None or monitor is None:
        return

    class Monitor(monitor):
        def __init__(self) -> None:
            monitor.__init__(self)
            self.sizes: dict[str, int] = {}
            self.done: dict[str, int] = {}

        def phase_start(self, phase_name, parent_phase, num_steps) -> None:
            self.sizes[phase_name], self.done[phase_name] = num_steps, 0
            progress(phase_name, 0, num_steps)

        def step_complete(self, phase_name, step) -> bool:
            self.done[phase_name] = step + 1
            progress(phase_name, step + 1, self.sizes.get(phase_name, 0))
            return True  # go on

        def phase_finish(self, phase_name) -> None:
            progress(phase_name, self.sizes.get(phase_name, 0), self.sizes.get(phase_name, 0))

    config.progress_monitor = Monitor()

"""The two kinds of TensorRT behind one code: `tensorrt` (10.16, 11.x) and `tensorrt_rtx` for RTX desktops.

Only the names below are used, and each exists in all of them; tests compare this list with the source, with
what NVIDIA's modules of 10.16 to 11.4 have in common, and with the module that is installed. Gone in 11 and
never used here: EXPLICIT_BATCH, the precision flags of the builder, int8 calibrators, layer precisions,
`device_memory_size`, `supports_model`.
"""

from __future__ import annotations

import importlib.util
import logging
import sys
from dataclasses import dataclass
from functools import cached_property

from engines.errors import BackendError

log = logging.getLogger(__name__)

PRECISIONS = ("fp16", "int8", "fp32")
# What the server and the command line build where nothing else is asked for.
PRECISION_VARIABLE = "FACECAST_ENGINE_PRECISION"
BATCH_VARIABLE = "FACECAST_ENGINE_BATCH"

# Class -> its members that are used. "" lists the module's own names.
NAMES = {
    "": (
        "Builder", "DataType", "Dims", "ILogger", "MemoryPoolType", "NetworkDefinitionCreationFlag",
        "OnnxParser", "Runtime", "TensorIOMode", "__version__",
    ),
    "Builder": (
        "create_network", "create_builder_config", "create_optimization_profile",
        "build_serialized_network",
    ),
    "DataType": ("BOOL", "FLOAT", "HALF", "INT32", "INT64", "INT8", "UINT8"),
    "IBuilderConfig": ("set_memory_pool_limit", "add_optimization_profile"),
    "ICudaEngine": (
        "num_io_tensors", "num_optimization_profiles", "get_tensor_name", "get_tensor_mode",
        "get_tensor_dtype", "get_tensor_profile_shape", "create_execution_context",
    ),
    "IExecutionContext": (
        "set_input_shape", "get_tensor_shape", "set_tensor_address", "set_optimization_profile_async",
        "execute_async_v3",
    ),
    "ILogger": ("ERROR", "INTERNAL_ERROR", "WARNING", "log"),
    "INetworkDefinition": ("num_inputs", "get_input"),
    "IOptimizationProfile": ("set_shape",),
    "ITensor": ("name", "shape"),
    "MemoryPoolType": ("WORKSPACE",),
    "NetworkDefinitionCreationFlag": ("STRONGLY_TYPED",),
    "OnnxParser": ("parse", "num_errors", "get_error"),
    "ParserError": ("desc",),
    "Runtime": ("deserialize_cuda_engine",),
    "TensorIOMode": ("INPUT",),
}  # fmt: skip
# Used where a module has them, done without where it has not: the progress of a build.
OPTIONAL_NAMES = {
    "": ("IProgressMonitor",),
    "IBuilderConfig": ("progress_monitor",),
    "IProgressMonitor": ("phase_start", "step_complete", "phase_finish"),
}
# Used where a module has the first of them, and only TensorRT-RTX has: CUDA graphs that it records itself.
RTX_NAMES = {
    "": ("CudaGraphStrategy",),
    "CudaGraphStrategy": ("WHOLE_GRAPH_CAPTURE",),
    "ICudaEngine": ("create_runtime_config",),
    "IRuntimeConfig": ("cuda_graph_strategy",),
}


@dataclass
class Flavour:
    """One of the two modules, imported when it is first needed."""

    name: str  # the module's, and the backend's
    extra: str  # of pyproject.toml
    # RTX engines are finished on the GPU that runs them, so that one may be built on any machine.
    portable: bool

    @cached_property
    def log(self):
        """The logger for everything: TensorRT keeps the first that it is given, so it must live on."""
        return _make_log(self)

    @cached_property
    def module(self):
        """The Python module. Raises: BackendError if it is not installed or does not load."""
        try:
            return importlib.import_module(self.name)
        except (ImportError, OSError, RuntimeError) as error:
            reason = self.why_not_installed() or f"the module {self.name} does not load: {error}"
            raise BackendError(reason) from error

    @property
    def version(self) -> str:
        return self.module.__version__

    def why_not_installed(self) -> str | None:
        """Return that the module is missing, without loading it; None when it is there."""
        for name in (self.name, "onnx"):  # onnx prepares the graphs
            if name not in sys.modules and importlib.util.find_spec(name) is None:
                return f"the module {name} is not installed; pip install 'facecast[{self.extra},gpu]'"
        return None

    def why_no_build(self) -> str | None:
        """Return why no engine can be built with it here; None when one can."""
        try:
            _ = self.module
        except BackendError as error:
            return str(error)
        return None


FLAVOURS = {
    flavour.name: flavour
    for flavour in (
        Flavour("tensorrt", "tensorrt", portable=False),
        Flavour("tensorrt_rtx", "tensorrt-rtx", portable=True),
    )
}


def open_log(flavour: Flavour):
    """Return a flavour's logger, with the errors of before forgotten."""
    flavour.log.errors.clear()
    return flavour.log


def _make_log(flavour: Flavour):
    """Make a logger object that keeps the errors for a message and passes all on to Python's logging."""

    class Log(flavour.module.ILogger):
        def __init__(self) -> None:
            flavour.module.ILogger.__init__(self)
            self.errors: list[str] = []

        def log(self, severity, message: str) -> None:
            kinds = flavour.module.ILogger
            if severity in (kinds.ERROR, kinds.INTERNAL_ERROR):
                self.errors.append(message.strip())
                log.debug("%s: %s", flavour.name, message)
            elif severity == kinds.WARNING:
                log.debug("%s: %s", flavour.name, message)

        def tell(self) -> str:
            """Say the first errors in one line, the most telling one first."""
            told = dict.fromkeys(" ".join(error.split())[:300] for error in self.errors)
            return "; ".join(list(told)[:2]) or "it gave no reason"

    return Log()

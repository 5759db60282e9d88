"""`facecast bench`: the numbers in docs/benchmarks, measured again."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from engines.errors import FacecastError

# Benchmark -> module with `add_arguments(parser)` and `run(arguments) -> int`, and what it measures.
BENCHMARKS = {
    "engines": ("benchmarks.engines", "time and error of each network per backend and precision"),
    "pipeline": ("benchmarks.pipeline", "time of the whole pipeline per frame, against another tracker"),
    "server": ("benchmarks.server", "overhead, latency and the number of streams of a real server"),
}


class BenchmarksMissingError(FacecastError):
    """The benchmarks are not installed here."""


class BenchmarkParser(argparse.ArgumentParser):
    """Parser of one benchmark; its module is imported when its arguments are really parsed, not before."""

    def __init__(self, *args: Any, benchmark: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._benchmark: str | None = benchmark

    def parse_known_args(
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Declare the benchmark's own arguments, then parse. Raises: BenchmarksMissingError."""
        if self._benchmark is not None:
            load_benchmark(self._benchmark).add_arguments(self)
            self._benchmark = None
        return super().parse_known_args(args, namespace)


def load_benchmark(name: str) -> ModuleType:
    """Import one benchmark. Raises: BenchmarksMissingError where the package is installed without them."""
    module = BENCHMARKS[name][0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not module.startswith(error.name):
            raise  # a library that the benchmark needs
        raise BenchmarksMissingError(
            f"expected the module {module}, found none: benchmarks are part of the source tree, run "
            "`facecast bench` from a checkout (make setup)"
        ) from error


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare one sub-command for each benchmark."""
    benchmarks = parser.add_subparsers(
        dest="benchmark",
        metavar="BENCHMARK",
        required=True,
        parser_class=BenchmarkParser,
        help="what is measured",
    )
    for name, (_, meaning) in BENCHMARKS.items():
        description = f"{meaning[0].upper()}{meaning[1:]}."
        benchmarks.add_parser(name, help=meaning, description=description, benchmark=name)


def run(arguments: argparse.Namespace) -> int:
    """Run the chosen benchmark. Returns: its exit status. Raises: BenchmarksMissingError."""
    return load_benchmark(arguments.benchmark).run(arguments)

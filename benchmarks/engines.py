"""`facecast bench engines`: time of each network per backend and precision, and the landmark networks' error.

One tracked face is a batch of one, a crowd a batch of eight. With `--data` the landmark networks also read
the development photographs (HELEN's test part) in crops placed by the labels. What cannot run on this
machine is listed with the reason.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.engines_report import write_report
from engines.backends import BACKENDS, Session, load_backend, open_session
from engines.errors import BackendError
from engines.models import manifest, model_path
from engines.networks import PROFILES
from engines.precision import PRECISIONS, choose_landmarks

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "benchmarks" / "engines"
SMALL = ("pnet", "rnet", "onet", "expression")
PNET_SIZE_HW = (135, 180)  # the largest level of a 640x480 frame's pyramid
CROWD = 8
WARM_UP_S, MEASURE_S, MOST_RUNS = 0.2, 1.0, 200


@dataclass(frozen=True)
class Case:
    """One network on one backend in one precision."""

    network: str  # as users name it: landmarks_lite, also for its int8 file
    backend: str
    precision: str


def cases(profiles: list[str], backends: list[str]) -> Iterator[Case]:
    """List what could be measured; the small networks run in the backend's own precision."""
    for backend in backends:
        for profile in profiles:
            for precision in PRECISIONS:
                yield Case(f"landmarks_{profile}", backend, precision)
        for network in SMALL:
            yield Case(network, backend, "auto")


def open_case(case: Case, threads: int) -> Session:
    """Load a case's network. Raises: BackendError if it cannot run here."""
    if case.network in SMALL:
        return open_session(model_path(case.network), case.backend, threads)
    load_backend(case.backend)  # its own reason comes first
    choice = choose_landmarks(case.network.removeprefix("landmarks_"), case.backend, case.precision)
    return open_session(model_path(choice.model), case.backend, threads, choice.session_precision)


def example(network: str, count: int) -> dict[str, np.ndarray]:
    """Make a batch of noise for a network."""
    rng, inputs = np.random.default_rng(0), {}
    for name, shape in manifest()[network]["inputs"].items():
        free = iter(PNET_SIZE_HW)
        sizes = [count, *(size if isinstance(size, int) else next(free) for size in shape[1:])]
        if len(sizes) == 4:
            inputs[name] = rng.integers(0, 255, sizes, dtype=np.uint8)
        else:
            inputs[name] = rng.normal(0, 0.1, sizes).astype(np.float32)
    return inputs


def median_ms(session: Session, inputs: dict[str, np.ndarray], outputs: list[str]) -> float:
    """Run one batch again and again for a second."""
    begin, taken = time.perf_counter(), []
    while (now := time.perf_counter() - begin) < WARM_UP_S + MEASURE_S and len(taken) < MOST_RUNS:
        start = time.perf_counter()
        session.run(inputs, outputs)
        if now > WARM_UP_S or not taken:
            taken.append((time.perf_counter() - start) * 1e3)
    return float(np.median(taken))


def measure(case: Case, threads: int, faces) -> dict:
    """Measure one case. Raises: BackendError if it cannot run here."""
    session = open_case(case, threads)
    try:
        outputs = [name for name in manifest()[case.network]["outputs"] if name != "heatmaps"]
        one, many = (median_ms(session, example(case.network, count), outputs) for count in (1, CROWD))
        line = {"batch_1_ms": round(one, 3), f"batch_{CROWD}_ms": round(many, 3)}
        if faces is not None and case.network.startswith("landmarks"):
            line |= landmark_error(session, faces)
        return line
    finally:
        session.close()


def landmark_error(session: Session, faces) -> dict:
    """NME in per cent on crops placed by the labels: 68 points, and the inner 51."""
    from engines import landmark98
    from engines.stages import align
    from engines.stages.landmarks import LandmarkReader
    from training.evaluation import nme

    reader, found = LandmarkReader(session), []
    for index in range(len(faces)):
        matrix = align.crop_from_points(faces.labels["lm98"][index].astype(float))
        points = reader.read(align.warp(faces.decode(index), matrix)[None]).points[0]
        found.append(align.to_image(points.astype(float), matrix)[landmark98.TO_68])
    truth = faces.labels["gt68"].astype(float)
    parts = {"nme68": slice(None), "nme51": landmark98.INNER_51}
    return {
        name: round(float(nme(np.stack(found), truth, part).mean() * 100), 3) for name, part in parts.items()
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--profile", nargs="+", default=list(PROFILES), choices=PROFILES)
    parser.add_argument("--backend", nargs="+", default=list(BACKENDS), choices=BACKENDS)
    parser.add_argument("--threads", type=int, default=0, help="threads on a CPU (default: all cores)")
    parser.add_argument("--data", type=Path, help="folder of the labelled faces, for the landmark error")
    parser.add_argument("--out", type=Path, default=OUT, help="where to write, without suffix")


def run(arguments: argparse.Namespace) -> int:
    """Measure every case that runs here, write the report and print it."""
    faces = None
    if arguments.data:
        from training.faces import load_faces

        faces = load_faces(arguments.data, "dev_helen")
    lines, skipped = [], {}
    for case in cases(arguments.profile, arguments.backend):
        try:
            measured = measure(case, arguments.threads, faces)
        except BackendError as error:
            skipped.setdefault(str(error), []).append(f"{case.network} {case.precision} on {case.backend}")
            continue
        lines.append({**vars(case), **measured})
        print(*lines[-1].values(), flush=True)
    result = {
        "date": datetime.date.today().isoformat(),
        "command": "facecast bench engines" + (" --data DIR" if faces else ""),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "chosen": chosen(arguments.profile, arguments.backend),
        "lines": lines,
        "skipped": skipped,
    }
    print(write_report(result, arguments.out)[1].read_text())
    return 0


def chosen(profiles: list[str], backends: list[str]) -> dict[str, str]:
    """Tell what `--precision auto` takes on each backend that runs here."""
    answer = {}
    for backend in backends:
        try:
            load_backend(backend)
        except BackendError:
            continue
        for profile in profiles:
            answer[f"landmarks_{profile} on {backend}"] = choose_landmarks(profile, backend).precision
    return answer


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines", description=__doc__)
    add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main())

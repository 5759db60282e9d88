"""`facecast engines build | list | verify`: networks compiled for this machine, and proof of parity."""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Iterable
from pathlib import Path

from tqdm import tqdm

from engines.backends import BACKENDS, choose_backend
from engines.backends.device import open_device, why_no_device
from engines.build.cache import PlanCache
from engines.build.flavours import FLAVOURS, PRECISIONS, Flavour
from engines.build.parity import table
from engines.build.profiles import PROFILES as SHAPES
from engines.build.progress import Bar
from engines.build.verify import SAMPLE, Candidate, verify
from engines.errors import BackendError
from engines.face import Frame
from engines.models import manifest, model_path
from engines.networks import PROFILES
from engines.precision import PRECISIONS as LANDMARK_PRECISIONS
from engines.sources import open_source

DIFFERS = 1  # exit status of verify when a limit is exceeded
CALIBRATION_PICTURES = 200  # more change the ranges little and take minutes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the three commands and their arguments."""
    parser.add_argument("-v", "--verbose", action="store_true", help="pass on what TensorRT itself says")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    build = actions.add_parser("build", help="compile the networks with TensorRT into the cache")
    _add_build_arguments(build)
    listing = actions.add_parser("list", help="show the cached engines and whether they fit")
    listing.add_argument("--json", action="store_true", help="print JSON")
    check = actions.add_parser("verify", help="compare a backend with ONNX Runtime, stage by stage")
    _add_verify_arguments(check)


def _add_build_arguments(parser: argparse.ArgumentParser) -> None:
    names = ", ".join(known_networks())
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help=f"of {names}; all if none is named")
    parser.add_argument(
        "--precision", choices=PRECISIONS, help="fp16, or what FACECAST_ENGINE_PRECISION says"
    )
    parser.add_argument("--flavour", choices=("auto", *FLAVOURS), default="auto", help="which TensorRT")
    parser.add_argument(
        "--batch", type=int, metavar="N", help="largest batch of each network, or FACECAST_ENGINE_BATCH"
    )
    parser.add_argument(
        "--calibration", type=Path, metavar="FOLDER", help="pictures of faces to calibrate int8 on"
    )


def _add_verify_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pictures", nargs="?", type=Path, help="image or folder; a portrait if not given")
    parser.add_argument("--profile", choices=(*PROFILES, "all"), default="all", help="landmark network")
    parser.add_argument(
        "--backend", choices=("auto", *BACKENDS), default="auto", help="what is compared; the best that runs"
    )
    parser.add_argument(
        "--precision", choices=("auto", *LANDMARK_PRECISIONS), default="auto", help="of the landmark network"
    )
    parser.add_argument(
        "--graphs", choices=PRECISIONS,
        help="with onnxruntime or openvino: run the graphs that TensorRT would be given in this precision",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Run the command. Returns: 0, or 1 if `verify` found a difference beyond the limits.

    Raises: BackendError, WeightsError, SourceError, ImageError.
    """
    logging.basicConfig(
        level=logging.DEBUG if arguments.verbose else logging.WARNING, format="facecast: %(message)s"
    )
    return {"build": _build, "list": _list, "verify": _verify}[arguments.action](arguments)


def _build(arguments: argparse.Namespace) -> int:
    flavour = choose_flavour(arguments.flavour)
    from engines.build.make import Maker, precision_of  # needs onnx, which comes with each TensorRT

    known = known_networks()
    names = arguments.networks or known
    if not set(names) <= set(known):
        raise BackendError(f"expected networks of {', '.join(known)}, got {', '.join(names)}")
    bar = Bar()
    maker = Maker(
        flavour, device_capability(), arguments.precision, largest_batch=arguments.batch, progress=bar.tell
    )
    if arguments.calibration:
        _calibrate(maker, [n for n in names if precision_of(n, "int8") == "int8"], arguments.calibration)
    print(f"{flavour.name} {flavour.version} into {maker.cache.folder}")
    for name in names:
        path = model_path(name)
        precision = precision_of(name, maker.precision)
        plan, built = maker.make(path)
        bar.close()
        print(f"  {name:16} {precision:5} {len(plan) / 1e6:7.1f} MB  {'built' if built else 'was there'}")
    return 0


def _calibrate(maker, names: Iterable[str], folder: Path) -> None:
    """Run the pipeline over pictures and make the int8 graphs from what its landmark networks were given."""
    from engines.build.recording import RecordedPipeline, run_pictures

    pictures = spread(read_pictures(folder), CALIBRATION_PICTURES)
    for name in names:
        recorded = RecordedPipeline(name.removeprefix("landmarks_"))
        try:
            bar = tqdm(pictures, desc=f"{name}: looking for faces", leave=False, disable=None)
            run_pictures(recorded.pipeline, bar)
            batches = recorded.networks[name].batches
            print(f"  {name:16} calibrating on {sum(len(b['image']) for b in batches)} crops")
            maker.calibrate(model_path(name), batches)
        finally:
            recorded.close()


def _list(arguments: argparse.Namespace) -> int:
    cache = PlanCache()
    rows = []
    for entry in cache.entries():
        state = entry.fault or why_outdated(entry.key) or "good"
        rows.append({"file": entry.path.name, "bytes": entry.bytes, "seconds": entry.seconds,
                     "built": entry.built, "state": state, **entry.key})  # fmt: skip
    if arguments.json:
        print(json.dumps({"folder": str(cache.folder), "engines": rows}, indent=1))
        return 0
    print(f"{cache.folder}: {len(rows)} engines, {sum(row['bytes'] for row in rows) / 1e6:.1f} MB")
    for row in rows:
        made = f"{row.get('flavour', '')} {row.get('version', '')}"
        print(
            f"  {row.get('network', row['file']):16} {row.get('precision', ''):5} {made:24}"
            f" GPU {row.get('compute_capability', '?'):4} {row['bytes'] / 1e6:7.1f} MB"
            f" {row['seconds']:6.1f} s  {row['built']}  {row['state']}"
        )
    return 0


def why_outdated(key: dict) -> str | None:
    """Tell why a whole plan serves nobody any more: its network or its TensorRT has changed since."""
    entry = manifest().get(key["network"])
    if entry is None or entry["sha256"] != key["onnx_sha256"]:
        return "outdated: made of another ONNX file"
    flavour = FLAVOURS.get(key["flavour"])
    if flavour and not flavour.why_no_build() and flavour.version != key["version"]:
        return f"outdated: {flavour.name} is {flavour.version} now"
    return None


def _verify(arguments: argparse.Namespace) -> int:
    backend, skipped = choose_backend(arguments.backend)
    candidate = make_candidate(backend, arguments.precision, arguments.graphs)
    pictures = read_pictures(arguments.pictures or SAMPLE)
    profiles = PROFILES if arguments.profile == "all" else (arguments.profile,)
    reports = {profile: verify(profile, candidate, pictures) for profile in profiles}
    passed = all(line.passed for _, lines in reports.values() for line in lines)
    if arguments.json:
        told = {name: {"candidate": what, "outputs": [line.to_json() for line in lines]}
                for name, (what, lines) in reports.items()}  # fmt: skip
        report = {"passed": passed, "pictures": len(pictures), "skipped": skipped, "profiles": told}
        print(json.dumps(report, indent=1))
        return 0 if passed else DIFFERS
    for reason in skipped:
        print(f"skipped: {reason}")
    for profile, (what, lines) in reports.items():
        print(f"{profile}: {what} against onnxruntime, fp32; {len(pictures)} pictures")
        print(table(lines))
    print("all within the limits" if passed else "NOT within the limits")
    return 0 if passed else DIFFERS


def make_candidate(backend: str, precision: str, graphs: str | None) -> Candidate:
    """Decide what a backend runs in a comparison. Raises: BackendError if only a CPU backend can."""
    if graphs is None:
        return Candidate(backend, precision)
    if backend in FLAVOURS:
        raise BackendError(f"expected onnxruntime or openvino to run the {graphs} graphs, got {backend}")
    from engines.build.make import Maker

    return Candidate(backend, graphs, Maker(FLAVOURS["tensorrt"], None, graphs).prepare)


def known_networks() -> list[str]:
    """Name the networks that engines are built of."""
    return [name for name in manifest() if name in SHAPES]


def choose_flavour(name: str) -> Flavour:
    """Resolve `auto` to the first TensorRT that is installed. Raises: BackendError if none is."""
    wanted = list(FLAVOURS) if name == "auto" else [name]
    reasons = []
    for candidate in wanted:
        reason = FLAVOURS[candidate].why_no_build()
        if reason is None:
            return FLAVOURS[candidate]
        reasons.append(reason)
    raise BackendError("no engine can be built here: " + "; ".join(reasons))


def device_capability() -> tuple[int, int] | None:
    """Tell the compute capability of the GPU; None where there is none."""
    if why_no_device():
        return None
    device = open_device()
    try:
        return device.compute_capability
    finally:
        device.close()


def read_pictures(path: Path) -> list[Frame]:
    """Read an image or a folder of images. Raises: SourceError if there is none."""
    return [picture.frame for picture in open_source(path).pictures()]


def spread(pictures: list[Frame], count: int) -> list[Frame]:
    """Take at most `count`, evenly from the whole list."""
    if len(pictures) <= count:
        return pictures
    return [pictures[index * len(pictures) // count] for index in range(count)]

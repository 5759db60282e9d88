"""What fp16 and int8 cost in landmark error: the graphs that TensorRT is given, run by ONNX Runtime.

    python -m benchmarks.engine_graphs --data ../shared/data/faces

int8 is calibrated on training photographs, through the pipeline, as `facecast engines build --precision int8
--calibration` does; the error is measured on the development photographs (HELEN's test part), in crops that
are placed by the labels. ONNX Runtime rounds where the graph says so; TensorRT's own sums may differ.
Writes docs/benchmarks/engine_graphs.json and .md.
"""

from __future__ import annotations

import argparse
import datetime
import json
import tempfile
from pathlib import Path

import numpy as np

from engines.build.cache import PlanCache
from engines.build.flavours import FLAVOURS
from engines.build.make import Maker
from engines.build.recording import RecordedPipeline, run_pictures
from engines.build.verify import Candidate
from engines.face import Frame
from engines.models import model_path
from engines.networks import PROFILES
from training.end_to_end import read_given_crops
from training.evaluation import nme
from training.faces import Faces, load_faces, read_tar

PRECISIONS = ("fp32", "fp16", "int8")
CALIBRATION_PICTURES = 80
ALLOWED_LOSS_PERCENT = 2.0  # relative; beyond it int8 must not be used


def calibration_pictures(folder: Path, count: int) -> list[Frame]:
    """Take training photographs, evenly from the first part of the pack."""
    pictures = list(read_tar(sorted(folder.glob("train_*.tar"))[0]).values())
    step = max(1, len(pictures) // count)
    return [Frame("jpeg", picture, 0.0) for picture in pictures[::step][:count]]


def calibrate(maker: Maker, profile: str, pictures: list[Frame]) -> int:
    """Make the int8 graph of a profile's landmark network. Returns: how many crops it saw."""
    recorded = RecordedPipeline(profile)
    try:
        run_pictures(recorded.pipeline, pictures)
        name = f"landmarks_{profile}"
        batches = recorded.networks[name].batches
        maker.calibrate(model_path(name), batches)
        return sum(len(batch["image"]) for batch in batches)
    finally:
        recorded.close()


def measure(profile: str, faces: Faces, pictures: list[Frame]) -> dict:
    """Measure one landmark network in each precision. Returns: precision -> its figures."""
    truth, rows, exact = faces.labels["lm98"].astype(float), {}, None
    with tempfile.TemporaryDirectory(prefix="facecast-") as folder:
        for precision in PRECISIONS:
            maker = Maker(FLAVOURS["tensorrt"], None, precision, PlanCache(Path(folder)))
            row = {"crops": calibrate(maker, profile, pictures)} if precision == "int8" else {}
            with Candidate("onnxruntime", precision, maker.prepare).opened():
                found = np.stack(read_given_crops(faces, truth, profile, "onnxruntime"))
            exact = found if exact is None else exact
            rows[precision] = row | {
                "nme_percent": round(float(nme(found, truth).mean()) * 100, 4),
                "shift_percent": round(float(nme(found, exact).mean()) * 100, 4),
            }
    for row in rows.values():
        row["loss_percent"] = round((row["nme_percent"] / rows["fp32"]["nme_percent"] - 1) * 100, 2)
    return rows


def markdown(report: dict) -> str:
    """Write the report as a table."""
    lines = [
        "# Landmark error of the graphs that TensorRT is given", "",
        f"{report['date']}, ONNX Runtime on a CPU (no GPU took part): `{report['command']}`.",
        "NME and shift in per cent of the distance between outer eye corners; shift is against fp32.", "",
        "| network | precision | faces | NME | change of NME | mean shift |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for network, part in report["networks"].items():
        for precision, row in part["precisions"].items():
            lines.append(
                f"| {network} | {precision} | {part['faces']} | {row['nme_percent']:.3f} % "
                f"| {row['loss_percent']:+.2f} % | {row['shift_percent']:.3f} % |"
            )
    return "\n".join([*lines, ""])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--data", type=Path, required=True, help="the folder of labelled faces")
    parser.add_argument("--profiles", nargs="+", choices=PROFILES, default=list(PROFILES))
    parser.add_argument("--faces", type=int, default=330, help="how many faces are measured")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))


def run(arguments: argparse.Namespace) -> int:
    """Measure and write. Returns: 0, or 1 if int8 loses more than is allowed."""
    faces = load_faces(arguments.data, "dev_helen")
    faces = faces.select(np.linspace(0, len(faces) - 1, min(arguments.faces, len(faces))).astype(int))
    pictures = calibration_pictures(arguments.data, CALIBRATION_PICTURES)
    networks = {
        f"landmarks_{profile}": {"faces": len(faces), "precisions": measure(profile, faces, pictures)}
        for profile in arguments.profiles
    }
    command = f"python -m benchmarks.engine_graphs --data {arguments.data} --faces {arguments.faces}"
    command += f" --profiles {' '.join(arguments.profiles)}"
    report = {
        "date": datetime.date.today().isoformat(), "command": command,
        "allowed_loss_percent": ALLOWED_LOSS_PERCENT, "networks": networks,
    }  # fmt: skip
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "engine_graphs.json").write_text(json.dumps(report, indent=1) + "\n")
    (arguments.out / "engine_graphs.md").write_text(markdown(report))
    print(markdown(report))
    losses = [row["loss_percent"] for part in networks.values() for row in part["precisions"].values()]
    return 0 if max(losses) <= ALLOWED_LOSS_PERCENT else 1


if __name__ == "__main__":
    raw = argparse.RawDescriptionHelpFormatter
    main_parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    add_arguments(main_parser)
    raise SystemExit(run(main_parser.parse_args()))

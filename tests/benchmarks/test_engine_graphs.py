"""The error of prepared graphs: measured on real labelled faces where they are, and judged."""

import argparse
import json

import pytest

from benchmarks import engine_graphs


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    engine_graphs.add_arguments(parser)
    return engine_graphs.run(parser.parse_args(words))


def test_a_few_real_faces(shared_data, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(engine_graphs, "CALIBRATION_PICTURES", 2)
    data = str(shared_data / "faces")
    status = run("--data", data, "--profiles", "lite", "--faces", "4", "--out", str(tmp_path))
    report = json.loads((tmp_path / "engine_graphs.json").read_text())
    rows = report["networks"]["landmarks_lite"]["precisions"]
    assert list(rows) == ["fp32", "fp16", "int8"] and report["networks"]["landmarks_lite"]["faces"] == 4
    assert 0 < rows["fp32"]["nme_percent"] < 8 and rows["fp32"]["shift_percent"] == 0
    assert 0 < rows["fp16"]["shift_percent"] < rows["int8"]["shift_percent"] < 3
    assert rows["int8"]["crops"] >= 2 and status in (0, 1)
    assert (tmp_path / "engine_graphs.md").read_text() in capsys.readouterr().out


@pytest.mark.parametrize(("loss", "status"), [(1.9, 0), (2.1, 1)])
def test_too_much_loss_is_a_fault(shared_data, tmp_path, monkeypatch, loss, status):
    row = {"nme_percent": 3.0, "shift_percent": 0.1, "loss_percent": loss}
    monkeypatch.setattr(engine_graphs, "measure", lambda *_: {"int8": row})
    monkeypatch.setattr(engine_graphs, "calibration_pictures", lambda *_: [])
    words = ("--data", str(shared_data / "faces"), "--profiles", "lite", "--out", str(tmp_path))
    assert run(*words) == status
    table = (tmp_path / "engine_graphs.md").read_text()
    assert f"| landmarks_lite | int8 | 330 | 3.000 % | +{loss:.2f} % |" in table

"""The engines benchmark's page: losses against fp32 of the same backend, and reasons for what was left."""

from benchmarks.engines_report import loss, markdown, write_report


def line(precision, nme, backend="openvino"):
    return {
        "network": "landmarks_lite", "backend": backend, "precision": precision,
        "batch_1_ms": 2.0, "batch_8_ms": 9.0, "nme68": nme, "nme51": nme,
    }  # fmt: skip


LINES = [line("fp32", 4.0), line("int8", 4.04), line("int8", 5.0, "onnxruntime")]
RESULT = {
    "date": "2026-11-20", "command": "c", "cores": 2, "machine": "x86_64", "lines": LINES,
    "chosen": {"landmarks_lite on openvino": "int8"}, "skipped": {"no GPU": ["a", "b"]},
}  # fmt: skip


def test_loss_is_told_against_fp32_of_the_same_backend():
    assert [loss(each, LINES) for each in LINES] == ["+0.00%", "+1.00%", "–"]


def test_page_tells_times_losses_choices_and_gaps():
    page = markdown(RESULT, None)
    assert "| 2.00 ms | 9.00 ms | 4.040 % | 4.040 % | +1.00% |" in page
    assert "landmarks_lite on openvino: int8" in page and "- no GPU (2 of the cases)" in page


def test_the_report_is_written(tmp_path):
    assert [path.suffix for path in write_report(RESULT, tmp_path / "engines")] == [".json", ".md", ".png"]

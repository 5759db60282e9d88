"""What a benchmark leaves behind: with a plot where one could be drawn, and without."""

import json

import pytest

from benchmarks.report import table, write_files


@pytest.mark.parametrize("drawn", [True, False])
def test_files_that_are_written_are_told_and_named_in_the_page(tmp_path, drawn):
    def draw(result, path):
        if drawn:
            path.write_bytes(b"picture")
        return drawn

    paths = write_files({"a": 1}, tmp_path / "new" / "out", lambda result, plot: f"{result} {plot}", draw)
    assert [path.name for path in paths] == ["out.json", "out.md", "out.png"][: 2 + drawn]
    assert json.loads(paths[0].read_text()) == {"a": 1}
    assert paths[1].read_text() == ("{'a': 1} out.png" if drawn else "{'a': 1} None")


def test_table_has_a_line_under_its_head_and_one_for_each_row():
    lines = table(("what", "ms"), [("x", "1"), ("y", "2")]).strip().splitlines()
    assert lines[0] == "| what | ms |" and lines[2:] == ["| x | 1 |", "| y | 2 |"]
    assert set(lines[1]) <= set("|- ")

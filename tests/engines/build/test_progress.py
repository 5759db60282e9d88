"""The bar of a build: phases of any size, shown to a terminal alone."""

import io

from engines.build import progress
from engines.build.progress import Bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


def tell_phases(monkeypatch, stream) -> str:
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr(progress, "SHOW_EVERY_S", -1)
    bar = Bar()
    for done in range(5):
        bar.tell("onet", "Building engine", done, 4)
    bar.tell("onet", "a phase without steps", 0, 0)
    bar.close()
    bar.close()
    return stream.getvalue()


def test_a_terminal_sees_network_phase_and_steps(monkeypatch):
    shown = tell_phases(monkeypatch, Terminal())
    assert "onet: Building engine: 3/4" in shown and "onet: a phase without steps" in shown


def test_a_log_file_stays_clean(monkeypatch):
    assert tell_phases(monkeypatch, io.StringIO()) == ""

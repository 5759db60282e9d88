"""Log lines for machines and for people."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from server.logs import JsonFormatter, TextFormatter


def record(message: str, *arguments: object, **extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord(
        {"name": "server.test", "levelname": "WARNING", "msg": message, "args": arguments}
    )
    vars(made).update(extra)
    return made


def test_json_line_holds_message_and_extra_fields():
    line = JsonFormatter().format(record("cut %s", "Zoë", participant=7, room="a\nb"))
    entry = json.loads(line)
    assert "\n" not in line
    assert (entry["message"], entry["level"], entry["logger"]) == ("cut Zoë", "warning", "server.test")
    assert (entry["participant"], entry["room"]) == (7, "a\nb")
    assert set(entry) == {"time", "level", "logger", "message", "participant", "room"}


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
def test_exception_is_kept(formatter: logging.Formatter):
    try:
        raise ValueError("the reason")
    except ValueError:
        made = record("failed", exc_info=sys.exc_info())
    assert "ValueError: the reason" in formatter.format(made)


def test_text_line_holds_extra_fields():
    assert (
        TextFormatter()
        .format(record("joined", room="r", role="viewer"))
        .endswith("joined room=r role=viewer")
    )


CONFIGURED = """
import logging
from server.logs import configure_logs
configure_logs("info", {style!r})
logging.getLogger("uvicorn.error").warning("from uvicorn")
logging.getLogger("uvicorn.access").info("every request")
logging.getLogger("server.x").info("ours")
logging.getLogger("server.x").debug("too fine")
"""


@pytest.mark.parametrize(("style", "is_json"), [("json", True), ("auto", True), ("text", False)])
def test_configured_process_logs_in_one_style_to_standard_error(style: str, is_json: bool):
    code = CONFIGURED.format(style=style)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = done.stderr.splitlines()
    assert done.stdout == ""
    assert len(lines) == 2
    if is_json:
        assert [json.loads(line)["message"] for line in lines] == ["from uvicorn", "ours"]
    else:
        assert lines[1].endswith("info    ours")

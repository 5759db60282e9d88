"""Structured logs: one JSON object per line on standard error, or plain text for a terminal."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

STANDARD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


class JsonFormatter(logging.Formatter):
    """One line per record; what the caller passed as `extra` becomes fields of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Turn a record into one line of JSON."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        } | _extra(record)
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """Plain lines: time, level, message, then the extra fields as name=value."""

    def format(self, record: logging.LogRecord) -> str:
        """Turn a record into one line of text, and its traceback if it has one."""
        time = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        fields = "".join(f" {name}={value}" for name, value in _extra(record).items())
        line = f"{time} {record.levelname.lower():7} {record.getMessage()}{fields}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _extra(record: logging.LogRecord) -> dict:
    """Take the fields that the caller passed as `extra`."""
    return {name: value for name, value in vars(record).items() if name not in STANDARD_FIELDS}


def configure_logs(level: str = "info", style: str = "auto") -> None:
    """Send all logs of this process to standard error in one style; uvicorn's own go the same way.

    `auto` is text for somebody who looks at a terminal, JSON for whatever collects logs.
    """
    handler = logging.StreamHandler(sys.stderr)
    as_text = style == "text" or (style == "auto" and sys.stderr.isatty())
    handler.setFormatter(TextFormatter() if as_text else JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        # Uvicorn tells of every connection and request; sessions log what matters of them.
        logger.setLevel(logging.WARNING)

"""Every setting of the server, read from FACECAST_* environment variables, and their documented table.

python -m server.settings --table    print the table
python -m server.settings --write    put it into docs/settings.md
python -m server.settings --check    fail when docs/settings.md is not equal to this class
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic import Field
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from proto.tables import LIMITS

DOCUMENT = Path(__file__).parent.parent / "docs" / "settings.md"
PREFIX = "FACECAST_"
HEADING = """# Settings of the server

Each setting is an environment variable; `facecast serve --help` lists the few that also have a flag,
and a flag wins over a variable. A value that does not fit stops the start with one line that says what
was expected.

This table is generated from `server/settings.py` by `python -m server.settings --write`; a test keeps
them equal.

"""


class Settings(BaseSettings):
    """What an operator may choose; every field has a default that suits one machine and a few faces."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on; `0.0.0.0` listens on every interface.")
    port: int = Field(8000, ge=0, le=65535, description="TCP port; 0 lets the system choose a free one.")

    profile: Literal["auto", "lite", "full"] = Field(
        "auto",
        description="Landmark network: `full` for GPUs, `lite` for CPUs; `auto` chooses by the backend.",
    )
    backend: Literal["auto", "tensorrt", "tensorrt_rtx", "onnxruntime", "openvino"] = Field(
        "auto", description="Inference backend; `auto` takes the best one that this machine can run."
    )
    precision: Literal["auto", "fp32", "bf16", "fp16", "int8"] = Field(
        "auto", description="Numbers of the landmark network; `auto` takes what was measured as best."
    )
    threads: int = Field(
        0, ge=0, le=256, description="Inference threads on a CPU; 0 lets the backend choose by the cores."
    )
    smoothing: bool = Field(True, description="One-Euro smoothing of coefficients, head and gaze.")

    max_message_bytes: int = Field(
        LIMITS["message_bytes"],
        ge=1024,
        le=256 * 1024 * 1024,
        description="Largest message that a client may send; a larger one ends its connection.",
    )
    max_unfinished_bytes: int = Field(
        256 * 1024 * 1024,
        ge=1024,
        description="Bytes of half-received messages of all clients together; whoever exceeds it is cut.",
    )
    max_pixels: int = Field(
        LIMITS["pixels"],
        ge=64 * 64,
        le=100_000_000,
        description="Most pixels of one frame, checked before decoding it.",
    )
    max_fps: float = Field(
        LIMITS["frames_per_second"],
        gt=0,
        le=1000,
        description="Frames per second of one publisher; more are dropped.",
    )
    max_messages_per_second: float = Field(
        300.0, gt=1, le=100_000, description="Messages per second of one client; more are read slower."
    )
    max_bad_messages: int = Field(
        50,
        ge=1,
        le=100_000,
        description="Bad messages before a connection is closed; one a second is forgiven.",
    )
    max_faces: int = Field(
        LIMITS["faces"], ge=1, le=64, description="Most faces tracked in one frame; below 4 spares memory."
    )

    max_connections: int = Field(512, ge=1, le=100_000, description="WebSocket connections at a time.")
    max_rooms: int = Field(256, ge=1, le=100_000, description="Rooms with somebody in them at a time.")
    max_participants: int = Field(
        LIMITS["room_participants"], ge=1, le=10_000, description="Participants in one room."
    )

    max_batch: int | None = Field(
        None,
        ge=1,
        le=256,
        description="Frames per pass, one of each publisher: by default 64 on a GPU, 16 on a CPU.",
    )
    batch_wait_ms: float | None = Field(
        None,
        ge=0,
        le=100,
        description="Longest wait for publishers that are due, only when several send at a time: "
        "by default 4 on a GPU, 0 on a CPU.",
    )
    max_frame_age_ms: float = Field(
        500.0, gt=0, le=60_000, description="A frame that waited longer for its pass is dropped and counted."
    )
    send_timeout_s: float = Field(
        5.0, gt=0, le=600, description="A viewer that takes nothing for so long is disconnected."
    )
    ping_interval_s: float = Field(
        20.0,
        gt=0,
        le=3600,
        description="WebSocket keep-alive; a client silent for twice this is disconnected.",
    )
    shutdown_timeout_s: float = Field(
        5.0, gt=0, le=600, description="Time for frames in flight and goodbyes when the server stops."
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least level that is logged."
    )
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="On standard error: `json` lines or `text`; `auto` is text on a terminal only."
    )


def settings_document() -> str:
    """Write docs/settings.md from the class: one row per field."""
    rows = ["| Variable | Values | Default | Meaning |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        rows.append(
            f"| `{PREFIX}{name.upper()}` | {_values(field)} | {_default(field)} | {field.description} |"
        )
    return HEADING + "\n".join(rows) + "\n"


def _default(field: FieldInfo) -> str:
    if field.default is None:
        return "by the backend"
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def _values(field: FieldInfo) -> str:
    """Say which values a field takes: its choices, or its type and bounds."""
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(field.annotation))
    if field.annotation is bool:
        return "`true`, `false`"
    bounds = {
        sign: getattr(limit, key)
        for limit in field.metadata
        for key, sign in (("gt", "> "), ("ge", ">= "), ("le", "<= "))
        if getattr(limit, key, None) is not None
    }
    kinds = {int: "whole number", float: "number", str: "text"}
    kind = next(kinds[each] for each in (field.annotation, *get_args(field.annotation)) if each in kinds)
    return ", ".join([kind, *(f"{sign}{bound}" for sign, bound in bounds.items())])


def main(arguments: list[str] | None = None) -> int:
    """Print, write or check the table."""
    parser = argparse.ArgumentParser(prog="python -m server.settings", description=__doc__.splitlines()[0])
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--table", action="store_true", help="print the document")
    action.add_argument("--write", action="store_true", help=f"write {DOCUMENT.name}")
    action.add_argument("--check", action="store_true", help=f"fail when {DOCUMENT.name} is outdated")
    chosen = parser.parse_args(arguments)
    document = settings_document()
    if chosen.table:
        sys.stdout.write(document)
    elif chosen.write:
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(document)
    elif not DOCUMENT.is_file() or DOCUMENT.read_text() != document:
        print(f"{DOCUMENT}: outdated; run python -m server.settings --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

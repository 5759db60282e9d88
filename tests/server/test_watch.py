"""The command `watch` against a real server over a fake pipeline."""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable

import pytest

from engines.face import FrameResult
from server import wire
from server.cli import main
from server.watch import Watching, add_arguments
from tests.server.fakes import make_face
from tests.server.running import PATIENCE_S, RunningServer


async def watch(
    server: RunningServer, *more: str, while_running: Awaitable | None = None
) -> tuple[int, str, str]:
    """Run the command beside what happens in the room."""
    words = ["-m", "server.cli", "watch", "--url", f"ws://127.0.0.1:{server.port}", "--room", "r", *more]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    tasks = [asyncio.ensure_future(while_running)] if while_running else []
    out, errors = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    await asyncio.gather(*tasks)
    return process.returncode, out.decode(), errors.decode()


async def publish_until_alone(server: RunningServer, payload: bytes = b"") -> None:
    """Publish while somebody watches, with a clock that is known."""
    async with server.client("both", name="Ada") as publisher:
        await publisher.skip_to(wire.Event)
        await publisher.send(wire.encode_ping(1, 0, clock_offset_us=0))
        while len(server.service.rooms.rooms["r"].members) > 1:
            await publisher.publish(payload)
            await publisher.skip_to(wire.Packet)
            await asyncio.sleep(0.02)


async def test_lines_for_people(server: RunningServer):
    code, out, errors = await watch(server, "--count", "5", while_running=publish_until_alone(server))
    lines = out.splitlines()
    packets = [line for line in lines if not line.startswith("--")]
    assert code == 0
    assert lines[0].startswith("-- in room r as viewer-") and "the server runs lite on fake" in lines[0]
    assert len(packets) == 5
    assert "clock" not in out
    assert all(line.startswith("Ada #") and "face 1: yaw" in line for line in packets)
    (summary,) = errors.splitlines()
    size = int(summary.split(" at most")[0].split()[-1])
    assert summary.startswith("5 packets; with one face") and 100 < size <= 150


async def test_json_lines_hold_everything(server: RunningServer):
    more = ("--jsonl", "--count", "3", "--encoding", "f32", "--landmarks")
    code, out, _ = await watch(server, *more, while_running=publish_until_alone(server))
    records = [json.loads(line) for line in out.splitlines()]
    packets = [record for record in records if record["type"] == "packet"]
    assert code == 0
    assert records[0]["type"] == "manifest" and len(records[0]["blendshapes"]) == 52
    assert len(packets) == 3
    assert any(record.get("kind") == "clock" and record["clock_offset_us"] == 0 for record in records)
    for packet in packets:
        assert (packet["name"], packet["encoding"]) == ("Ada", "f32")
        (face,) = packet["faces"]
        assert len(face["landmarks"]) == 98 and len(face["blendshapes"]) == 52


async def test_packets_of_another_form_than_asked_for_are_not_shown(capsys: pytest.CaptureFixture):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    watching = Watching("ws://h", parser.parse_args(["--encoding", "f32", "--landmarks"]))
    result = FrameResult((480, 640), [make_face()])
    for encoding, landmarks in (("u8", False), ("f32", False), ("u8", True), ("f32", True)):
        watching._take(wire.encode_packet(1, 1, 0, result, encoding, landmarks))
    assert watching.packets == 1
    assert len(capsys.readouterr().out.splitlines()) == 1


async def test_nobody_in_the_picture_is_shown(server: RunningServer):
    _, out, _ = await watch(server, "--count", "1", while_running=publish_until_alone(server, b"empty"))
    assert out.splitlines()[-1].endswith("nobody")


async def test_silence_ends_with_the_time_and_a_failure(server: RunningServer):
    code, out, errors = await watch(server, "--seconds", "0.3")
    assert code == 1
    assert "there: nobody" in out
    assert errors == "0 packets\n"


async def test_reader_that_leaves_ends_the_command_quietly(server: RunningServer):
    shell = f"{sys.executable} -m server.cli watch --url ws://127.0.0.1:{server.port} --room r | head -n 2"
    process = await asyncio.create_subprocess_shell(shell, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    publishing = asyncio.ensure_future(publish_until_alone(server))
    out, errors = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    await publishing
    assert len(out.splitlines()) == 2
    assert b"Traceback" not in errors


def test_refused_connection_is_one_plain_line(capsys: pytest.CaptureFixture):
    assert main(["watch", "--url", "ws://127.0.0.1:1"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("facecast: ws://127.0.0.1:1/") and "is the server running?" in error
    assert error.count("\n") == 1


def test_wrong_address_is_one_plain_line(capsys: pytest.CaptureFixture):
    assert main(["watch", "--url", "ftp://h"]) == 2
    assert "expected an address such as ws://127.0.0.1:8000" in capsys.readouterr().err

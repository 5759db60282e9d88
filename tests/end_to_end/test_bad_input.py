"""Bad input of every kind against the real server process, which then still serves others."""

from __future__ import annotations

import asyncio
import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from proto import tables
from server import wire
from tests.end_to_end.conftest import ServeProcess
from tests.server.running import Client, connect_raw


@pytest.fixture(scope="module")
def face_jpeg(astronaut: np.ndarray) -> bytes:
    """The portrait as a camera would send it."""
    success, data = cv2.imencode(".jpg", cv2.cvtColor(astronaut, cv2.COLOR_RGB2BGR))
    assert success
    return data.tobytes()


@pytest.fixture
async def others_are_served(server: ServeProcess, face_jpeg: bytes):
    """Two innocent clients in another room: they are served before the fault and after it."""
    async with (
        server.client("viewer", room="others") as viewer,
        server.client("publisher", room="others") as publisher,
    ):
        await assert_served(viewer, publisher, face_jpeg)
        yield
        await assert_served(viewer, publisher, face_jpeg)
    assert server.process.poll() is None
    assert server.http("/health/ready").status_code == 200


async def assert_served(viewer: Client, publisher: Client, face_jpeg: bytes) -> None:
    sequence = await publisher.publish(face_jpeg)
    while (packet := await viewer.skip_to(wire.Packet)).sequence != sequence:
        pass
    assert len(packet.faces) == 1


def huge_jpeg() -> bytes:
    """A whole, small JPEG whose header promises 30,000 x 30,000 pixels."""
    out = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(out, "JPEG")
    data = bytearray(out.getvalue())
    start_of_frame = data.index(b"\xff\xc0")
    struct.pack_into(">HH", data, start_of_frame + 5, 30_000, 30_000)
    return bytes(data)


def huge_png() -> bytes:
    """A PNG of a kilobyte that unpacks to 30,000 x 30,000 pixels of one colour."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def small_png() -> bytes:
    """A whole PNG of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(out, "PNG")
    return out.getvalue()


FAULTY_FRAMES = {
    "a JPEG that promises 30,000 x 30,000": ("jpeg", huge_jpeg(), None, "too_many_pixels"),
    "a PNG that promises 30,000 x 30,000": ("png", huge_png(), None, "too_many_pixels"),
    "raw 60,000 x 60,000": ("rgb8", bytes(100), (60_000, 60_000), "too_many_pixels"),
    "garbage as JPEG": ("jpeg", bytes(range(256)) * 20, None, "bad_image"),
    "nothing as JPEG": ("jpeg", b"", None, "bad_image"),
    "nothing as WebP": ("webp", b"", None, "bad_image"),
    "half a JPEG": ("jpeg", huge_jpeg()[:200], None, ("bad_image", "too_many_pixels")),
    "a PNG called JPEG": ("jpeg", small_png(), None, "unsupported_format"),
    "raw rows of the wrong length": ("rgb8", bytes(100), (10, 10), "bad_image"),
    "NV12 with odd sides": ("nv12", bytes(100), (7, 9), "bad_image"),
    "raw rows without a size": ("bgr8", bytes(300), None, "bad_message"),
}


@pytest.mark.parametrize("name", FAULTY_FRAMES)
async def test_faulty_frame_is_refused_and_the_next_one_is_served(
    server: ServeProcess, face_jpeg: bytes, others_are_served, name: str
):
    format, payload, size_hw, code = FAULTY_FRAMES[name]
    before = server.peak_megabytes()
    async with server.client("both", room="faulty") as client:
        client.sequence = 1
        await client.send(wire.encode_frame(1, 1000, format, payload, size_hw))
        error = await client.skip_to(wire.ErrorMessage)
        assert error.code in code and (error.sequence, error.fatal) == (1, False)
        sequence = await client.publish(face_jpeg)
        packet = await client.skip_to(wire.Packet)
        assert (packet.sequence, len(packet.faces)) == (sequence, 1)
    assert server.peak_megabytes() - before < 300, "a refused picture must not be unpacked"


async def test_half_of_a_real_photograph_is_refused(
    server: ServeProcess, face_jpeg: bytes, others_are_served
):
    async with server.client("both", room="faulty") as client:
        await client.publish(face_jpeg[: len(face_jpeg) // 2])
        assert (await client.skip_to(wire.ErrorMessage)).code == "bad_image"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xc1",
        bytes(range(256)),
        b"\xdd\xff\xff\xff\xff",
        b"\xc6\xff\xff\xff\xff",
        b"\x91" * 10_000,
        "text",
    ],
    ids=["empty", "unused byte", "all bytes", "4e9 elements", "4 GB", "nested", "text"],
)
async def test_garbage_is_answered_with_a_code(server: ServeProcess, others_are_served, data: bytes | str):
    async with server.client("viewer", room="faulty") as client:
        await client.send(data)
        error = await client.expect(wire.ErrorMessage)
        assert (error.code, error.fatal) == ("bad_message", False)
        await client.send(wire.encode_ping(1, 0))
        await client.expect(wire.Pong)


async def test_too_large_message_ends_its_connection_only(server: ServeProcess, others_are_served):
    async with server.client("publisher", room="faulty") as client:
        sending = asyncio.create_task(client.publish(bytes(tables.LIMITS["message_bytes"] + 1)))
        assert (await client.expect(wire.ErrorMessage)).code == "too_large"
        assert (await client.closed())[0] == tables.ERRORS["too_large"].close
        await asyncio.gather(sending, return_exceptions=True)


async def test_flood_of_frames_is_dropped(server: ServeProcess, face_jpeg: bytes, others_are_served):
    async with server.client("both", room="faulty") as client:
        for _ in range(200):
            await client.publish(face_jpeg)
        assert (await client.skip_to(wire.ErrorMessage)).code == "rate"
        packet = await client.skip_to(wire.Packet)
        assert len(packet.faces) == 1


async def test_flood_of_garbage_ends_its_connection(server: ServeProcess, others_are_served):
    async with server.client("viewer", room="faulty") as client:
        sent = asyncio.gather(*(client.send(b"\xc1") for _ in range(100)), return_exceptions=True)
        error = await client.expect(wire.ErrorMessage)
        while not error.fatal:
            error = await client.expect(wire.ErrorMessage)
        assert error.code == "flooding"
        assert (await client.closed())[0] == tables.ERRORS["flooding"].close
        await sent


@pytest.mark.parametrize("offered", [None, ("chat",)])
async def test_other_subprotocol_is_refused_naming_ours(server: ServeProcess, others_are_served, offered):
    async with connect_raw(server.url(room="r", role="viewer"), subprotocols=offered) as connection:
        client = Client(connection)
        assert tables.SUBPROTOCOL in (await client.expect(wire.ErrorMessage)).text
        code, reason = await client.closed()
        assert code == tables.ERRORS["subprotocol"].close and tables.SUBPROTOCOL in reason


async def test_wrong_addresses_are_refused(server: ServeProcess, others_are_served):
    for query in ({}, {"room": "r", "role": "king"}, {"room": "x" * 1000, "role": "viewer"}):
        async with connect_raw(server.url(**query)) as connection:
            assert (await Client(connection).expect(wire.ErrorMessage)).code == "bad_request"


async def test_damaged_neutral_is_refused(server: ServeProcess, others_are_served):
    async with server.client("publisher", room="faulty") as client:
        for data in (b"", b"\x01" * 145, bytes(tables.LIMITS["neutral_bytes"])):
            await client.send(wire.encode_set_neutral(data))
            assert (await client.expect(wire.ErrorMessage)).code == "bad_neutral"


async def test_clients_that_vanish_are_forgotten(server: ServeProcess, face_jpeg: bytes, others_are_served):
    for _ in range(10):
        async with server.client("both", room="vanishing") as client:
            await client.publish(face_jpeg)
            client.connection.transport.abort()
    async with server.client("viewer", room="vanishing") as client:
        for _ in range(200):
            if server.http("/health/ready").json()["participants"] == 3:
                break
            await asyncio.sleep(0.05)
        assert server.http("/health/ready").json()["participants"] == 3  # the two others, and this one


def test_process_ends_well_when_told_to(tmp_path):
    running = ServeProcess(tmp_path / "log.jsonl")
    try:
        running.wait_ready()
        assert running.stop() == 0
    finally:
        running.process.kill()
    assert "Traceback" not in running.log.read_text()

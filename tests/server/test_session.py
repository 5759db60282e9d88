"""One client against the real server over a real socket; the pipeline behind it is a fake."""

from __future__ import annotations

import asyncio
import threading

import numpy as np
import pytest

from engines.stages.calibrate import CalibrationError
from proto import tables
from server import wire
from server.clock import server_time_us
from tests.server.fakes import NEUTRAL, FakePipeline, make_face
from tests.server.running import Client, RunningServer, connect_raw, running_server


async def assert_serves(server: RunningServer) -> None:
    """Check that a new publisher and a new viewer are served, whatever happened before."""
    async with (
        server.client("viewer", room="after") as viewer,
        server.client("publisher", room="after") as other,
    ):
        sequence = await other.publish()
        packet = await viewer.skip_to(wire.Packet)
        assert (packet.sequence, len(packet.faces)) == (sequence, 1)


# The way of a frame ---------------------------------------------------------------------------


async def test_manifest_comes_first(server: RunningServer):
    async with server.client("publisher", room="stage", name="Ada") as client:
        manifest = client.manifest
        assert (manifest.room, manifest.name, manifest.role) == ("stage", "Ada", "publisher")
        assert manifest.blendshapes == tables.BLENDSHAPES
        assert client.connection.subprotocol == tables.SUBPROTOCOL


async def test_published_frame_reaches_viewer(server: RunningServer):
    async with server.client("viewer") as viewer, server.client("publisher") as publisher:
        joined = await viewer.expect(wire.Event)
        assert (joined.kind, joined.participant) == ("joined", publisher.manifest.participant)
        sequence = await publisher.publish()
        data = await viewer.receive_bytes()
        packet = wire.decode_server_message(data)
        assert len(data) <= tables.LIMITS["packet_bytes"]
        assert (packet.participant, packet.sequence) == (publisher.manifest.participant, sequence)
        assert packet.capture_time_us == sequence * 1000
        assert packet.timings_ms["landmarks"] == 1.5
        (face,) = packet.faces
        np.testing.assert_allclose(face.blendshapes_01, make_face().blendshapes_01, atol=0.5 / 255 + 1e-6)


async def test_empty_face_list_is_sent(server: RunningServer):
    async with server.client("both") as client:
        await client.publish(b"empty")
        assert (await client.expect(wire.Packet)).faces == ()


async def test_eight_faces_fit_one_packet(server: RunningServer):
    async with server.client("both") as client:
        await client.publish(b"faces 8")
        packet = await client.expect(wire.Packet)
        assert [face.track for face in packet.faces] == list(range(1, 9))


async def test_publisher_gets_no_packets_and_both_gets_its_own(server: RunningServer):
    async with server.client("publisher") as publisher, server.client("both") as both:
        await publisher.skip_to(wire.Event)
        await both.publish()
        assert (await both.expect(wire.Packet)).participant == both.manifest.participant
        await publisher.publish()
        assert (await both.expect(wire.Packet)).participant == publisher.manifest.participant
        await publisher.send(wire.encode_ping(1, 0))
        await publisher.expect(wire.Pong)


async def test_every_viewer_gets_the_form_it_asked_for(server: RunningServer):
    exact = make_face().blendshapes_01
    async with (
        server.client("viewer") as plain,
        server.client("viewer") as fine,
        server.client("viewer") as full,
        server.client("publisher") as publisher,
    ):
        await fine.send(wire.encode_options(wire.Options("u16")))
        await full.send(wire.encode_hello("test", wire.Options("f32", landmarks=True)))
        for client in (fine, full):
            await client.send(wire.encode_ping(1, 0))
            await client.skip_to(wire.Pong)
        await publisher.publish()
        packets = [await client.skip_to(wire.Packet) for client in (plain, fine, full)]
        assert [packet.encoding for packet in packets] == ["u8", "u16", "f32"]
        for packet, tolerance in zip(packets, (0.5 / 255 + 1e-6, 0.5 / 65535 + 1e-7, 0), strict=True):
            np.testing.assert_allclose(packet.faces[0].blendshapes_01, exact, rtol=0, atol=tolerance)
        assert [packet.faces[0].landmarks_01 is not None for packet in packets] == [False, False, True]
        points_px = packets[2].faces[0].landmarks_01 * (640, 480)
        np.testing.assert_allclose(points_px, make_face().landmarks_px, atol=0.02)
        await full.send(wire.encode_options(wire.Options(landmarks=False)))
        await full.send(wire.encode_ping(2, 0))
        await full.skip_to(wire.Pong)
        await publisher.publish()
        packet = await full.skip_to(wire.Packet)
        assert (packet.encoding, packet.faces[0].landmarks_01) == ("f32", None)


async def test_frames_behind_another_message_keep_their_order(server: RunningServer):
    async with server.client("both") as client:
        began, held = threading.Event(), threading.Event()

        def hold() -> None:
            began.set()
            held.wait()

        batcher = server.service.batcher
        holding = asyncio.run_coroutine_threadsafe(batcher.call(hold), batcher._loop)
        server.wait_until(began.is_set, "the worker is held")
        await client.send(wire.encode_set_neutral(b"damaged"))  # answered by the worker, which is held
        await client.publish()
        await client.publish(b"damaged")
        await asyncio.sleep(0.05)
        assert server.service.counters.frames_received == 0
        held.set()
        await asyncio.wrap_future(holding)
        assert (await client.expect(wire.ErrorMessage)).code == CalibrationError.code


async def test_frame_in_pieces_and_in_the_longest_array_is_taken(server: RunningServer):
    async with server.client("both") as client:
        frame = wire.encode_frame(9, 9000, "jpeg", b"x" * 300)
        await client.send([frame[:100], frame[100:]])  # two WebSocket frames
        assert (await client.expect(wire.Packet)).sequence == 9
        await client.send(b"\xdc\x00\x05" + frame[1:])  # the array's length in 16 bits
        assert (await client.expect(wire.Packet)).sequence == 9


# Rooms ----------------------------------------------------------------------------------------


async def test_joined_left_and_late_joiner(server: RunningServer):
    async with server.client("viewer", name="Eve") as early:
        async with server.client("publisher", name="Ada") as publisher:
            joined = await early.expect(wire.Event)
            assert (joined.kind, joined.name, joined.role) == ("joined", "Ada", "publisher")
            async with server.client("viewer", name="Late") as late:
                there = {(other.name, other.role) for other in late.manifest.participants}
                assert there == {("Eve", "viewer"), ("Ada", "publisher")}
                await early.expect(wire.Event)
            assert (await early.expect(wire.Event)).kind == "left"
        left = await early.expect(wire.Event)
        assert (left.kind, left.participant) == ("left", publisher.manifest.participant)


async def test_lost_face_is_an_event(server: RunningServer):
    async with server.client("both") as client:
        await client.publish(b"lost")
        event = await client.skip_to(wire.Event)
        assert (event.kind, event.track) == ("lost_face", 1)


async def test_rooms_do_not_hear_each_other(server: RunningServer):
    async with server.client("viewer", room="a") as viewer, server.client("both", room="b") as other:
        await other.publish()
        await other.expect(wire.Packet)
        await viewer.send(wire.encode_ping(1, 0))
        await viewer.expect(wire.Pong)


# Clocks ---------------------------------------------------------------------------------------


async def test_pong_carries_the_servers_clock(server: RunningServer):
    async with server.client("viewer") as client:
        before_us = server_time_us()  # the server runs in this process: the clocks are one
        await client.send(wire.encode_ping(77, 123))
        pong = await client.expect(wire.Pong)
        assert (pong.id, pong.client_time_us) == (77, 123)
        assert before_us <= pong.receive_time_us <= pong.send_time_us <= server_time_us()


async def test_clock_of_a_publisher_is_told_once_and_to_late_joiners(server: RunningServer):
    async with server.client("viewer") as early, server.client("publisher") as publisher:
        await early.expect(wire.Event)
        for offset_us in (5_000_000, 5_000_300, 5_002_000):
            await publisher.send(wire.encode_ping(1, 0, offset_us, 900))
            await publisher.skip_to(wire.Pong)
        events = [await early.expect(wire.Event) for _ in range(2)]
        assert [(event.kind, event.clock_offset_us) for event in events] == [
            ("clock", 5_000_000),
            ("clock", 5_002_000),
        ]
        async with server.client("viewer") as late:
            event = await late.expect(wire.Event)
            assert (event.participant, event.clock_offset_us) == (publisher.manifest.participant, 5_002_000)


# The face at rest -----------------------------------------------------------------------------


async def test_captured_neutral_comes_back_once(server: RunningServer):
    async with server.client("publisher") as client:
        await client.send(wire.encode_calibrate())
        for _ in range(6):
            await client.publish()
            await asyncio.sleep(0.02)
        assert (await client.expect(wire.Neutral)).data == NEUTRAL
        await client.send(wire.encode_ping(1, 0))
        await client.expect(wire.Pong)


async def test_capture_without_a_face_ends_in_an_error(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("server.publisher.CAPTURE_TIMEOUT_S", 0.1)
    async with server.client("publisher") as client:
        await client.send(wire.encode_calibrate())
        await client.publish(b"empty")
        assert (await client.expect(wire.ErrorMessage)).code == "no_face"
        for _ in range(6):
            await client.publish()
            await asyncio.sleep(0.01)
        await client.send(wire.encode_ping(1, 0))
        await client.expect(wire.Pong)  # the capture is over: no neutral comes late


async def test_stored_neutral_is_taken_and_a_damaged_one_is_refused(server: RunningServer):
    async with server.client("publisher") as client:
        await client.send(wire.encode_set_neutral(NEUTRAL))
        await client.send(wire.encode_set_neutral(b"damaged"))
        error = await client.expect(wire.ErrorMessage)
        assert (error.code, error.fatal) == (CalibrationError.code, False)
        await client.send(wire.encode_hello(neutral=b"damaged too"))
        assert (await client.expect(wire.ErrorMessage)).code == CalibrationError.code
        (session,) = server.service.sessions
        assert session.publisher.stream.neutral == NEUTRAL


# Refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("offered", [None, ("facecast.v9.msgpack",)])
async def test_missing_or_wrong_subprotocol_is_refused_naming_ours(
    server: RunningServer, offered: tuple | None
):
    async with connect_raw(server.url(room="r", role="viewer"), subprotocols=offered) as connection:
        client = Client(connection)
        error = await client.expect(wire.ErrorMessage)
        assert (error.code, error.fatal) == ("subprotocol", True)
        code, reason = await client.closed()
        assert code == tables.ERRORS["subprotocol"].close
        assert tables.SUBPROTOCOL in error.text and tables.SUBPROTOCOL in reason
    await assert_serves(server)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"room": "r"},
        {"role": "viewer"},
        {"room": "r", "role": "king"},
        {"room": "é" * 65, "role": "viewer"},
        {"room": "r", "role": "viewer", "name": "\x07"},
    ],
)
async def test_wrong_address_is_refused_and_says_why(server: RunningServer, query: dict[str, str]):
    async with connect_raw(server.url(**query)) as connection:
        client = Client(connection)
        error = await client.expect(wire.ErrorMessage)
        assert (error.code, error.fatal) == ("bad_request", True)
        code, reason = await client.closed()
        assert code == tables.ERRORS["bad_request"].close
        assert reason and error.text.startswith(reason[:80])
    assert server.service.rooms.participant_count == 0


async def test_other_version_is_refused(server: RunningServer):
    async with server.client("viewer") as client:
        await client.send(b"\x93\x10\x63\xa1x")  # [16, 99, "x"]: hello of version 99
        assert (await client.expect(wire.ErrorMessage)).code == "version"
        assert (await client.closed())[0] == tables.ERRORS["version"].close


async def test_full_room_is_refused_and_free_again_after_a_leave(pipeline: FakePipeline):
    with running_server(pipeline, max_participants=2) as server:
        async with server.client("viewer"):
            async with server.client("viewer"), connect_raw(server.url(room="r", role="viewer")) as third:
                error = await Client(third).expect(wire.ErrorMessage)
                assert (error.code, error.fatal) == ("room_full", True)
                assert (await Client(third).closed())[0] == tables.ERRORS["room_full"].close
            server.wait_until(lambda: server.service.rooms.participant_count == 1, "left")
            async with server.client("viewer") as again:
                assert again.manifest.participant


async def test_full_server_is_refused(pipeline: FakePipeline):
    with running_server(pipeline, max_connections=1) as server:
        async with server.client("viewer"), connect_raw(server.url(room="x", role="viewer")) as second:
            assert (await Client(second).expect(wire.ErrorMessage)).code == "server_full"


# Bad messages ---------------------------------------------------------------------------------


FRAME = wire.encode_frame(1, 2, "jpeg", b"x" * 300)
BAD_MESSAGES = {
    "garbage": bytes(range(256)),
    "empty": b"",
    "truncated": FRAME[: len(FRAME) // 2],
    "trailing": FRAME + b"\x00",
    "text": "hello",
    "not an array": b"\x01",
    "unknown id": b"\x91\x7f",
    "a server's message": wire.encode_neutral(b""),
    "wrong types": b"\x95\x11\xa1a\xa1b\xa1c\xa1d",
    "deeply nested": b"\x91" * 5000,
}


@pytest.mark.parametrize("data", BAD_MESSAGES.values(), ids=BAD_MESSAGES.keys())
async def test_bad_message_gets_a_coded_error_and_the_connection_lives(
    server: RunningServer, data: bytes | str
):
    async with server.client("both") as client:
        await client.send(data)
        error = await client.expect(wire.ErrorMessage)
        assert (error.code, error.fatal) == ("bad_message", False)
        sequence = await client.publish()
        assert (await client.expect(wire.Packet)).sequence == sequence


async def test_faulty_frames_get_their_own_codes_and_sequence(server: RunningServer):
    async with server.client("both") as client:
        await client.publish(b"damaged")
        error = await client.expect(wire.ErrorMessage)
        assert (error.code, error.sequence) == ("bad_image", 1)
        await client.send(b"\x95\x11\x02\x00\x63\xc4\x01x")  # [17, 2, 0, 99, b"x"]: format 99
        assert (await client.expect(wire.ErrorMessage)).code == "unsupported_format"
        await client.publish(b"crash")
        error = await client.expect(wire.ErrorMessage)
        assert (error.code, error.sequence) == ("internal", 2)
        assert "ZeroDivision" not in error.text
        await client.publish()
        await client.expect(wire.Packet)


async def test_viewer_may_not_publish(server: RunningServer):
    async with server.client("viewer") as client:
        for message in (FRAME, wire.encode_calibrate(), wire.encode_set_neutral(b"")):
            await client.send(message)
            assert (await client.expect(wire.ErrorMessage)).code == "wrong_role"


@pytest.mark.parametrize("size", [100_001, 20_000_000])
async def test_too_large_message_ends_the_connection_with_a_reason(pipeline: FakePipeline, size: int):
    with running_server(pipeline, max_message_bytes=100_000) as server:
        async with server.client("both") as client:
            await client.publish(bytes(99_000))
            await client.expect(wire.Packet)
            sending = asyncio.create_task(client.publish(bytes(size)))
            error = await client.expect(wire.ErrorMessage)
            assert (error.code, error.fatal) == ("too_large", True)
            assert (await client.closed())[0] == 1009
            await asyncio.gather(sending, return_exceptions=True)
        await assert_serves(server)


async def test_too_many_bad_messages_end_the_connection(pipeline: FakePipeline):
    with running_server(pipeline, max_bad_messages=5) as server:
        async with server.client("both") as client:
            for _ in range(8):
                await client.send(b"\xc1")
            codes = [(await client.expect(wire.ErrorMessage)).code for _ in range(6)]
            assert codes == ["bad_message"] * 5 + ["flooding"]
            assert (await client.closed())[0] == tables.ERRORS["flooding"].close
        await assert_serves(server)

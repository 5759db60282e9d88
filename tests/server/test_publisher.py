"""Publishers that send too much or too often, over a real socket."""

from __future__ import annotations

import asyncio
import time

from server import wire
from tests.server.fakes import FakePipeline
from tests.server.running import running_server


async def test_flood_is_dropped_with_one_error_and_others_are_served():
    with running_server(FakePipeline(pass_s=0.002), max_fps=20, max_messages_per_second=5000) as server:
        async with (
            server.client("both", room="flood") as flooding,
            server.client("both", room="calm") as calm,
        ):
            for _ in range(300):
                await flooding.publish()
            slowest_s = 0.0
            for _ in range(5):
                sent_s = time.monotonic()
                await calm.publish()
                await calm.expect(wire.Packet)
                slowest_s = max(slowest_s, time.monotonic() - sent_s)
                await asyncio.sleep(0.06)
            assert slowest_s < 0.5
            await flooding.send(wire.encode_ping(1, 0))
            messages = []
            while not isinstance(message := await flooding.receive(), wire.Pong):
                messages.append(message)
            errors = [message for message in messages if isinstance(message, wire.ErrorMessage)]
            assert {(error.code, error.fatal) for error in errors} == {("rate", False)}
            assert 1 <= len(errors) <= 4
            assert 1 <= sum(isinstance(message, wire.Packet) for message in messages) <= 60
            assert server.service.counters.frames_over_rate > 200


async def test_message_flood_slows_its_own_client_only():
    with running_server(FakePipeline(), max_messages_per_second=50) as server:
        async with server.client("viewer") as flooding, server.client("viewer") as calm:
            started_s = time.monotonic()
            for number in range(75):
                await flooding.send(wire.encode_ping(number, 0))
            await calm.send(wire.encode_ping(1, 0))
            await calm.expect(wire.Pong)
            calm_s = time.monotonic() - started_s
            for _ in range(75):
                await flooding.skip_to(wire.Pong)
            flooding_s = time.monotonic() - started_s
            assert flooding_s > 0.4, "75 messages at 50 a second, 50 of them at once, take half a second"
            assert calm_s < flooding_s


async def test_slow_pipeline_drops_old_frames_and_answers_the_newest():
    with running_server(FakePipeline(pass_s=0.1), max_fps=1000) as server:
        async with server.client("both") as client:
            for _ in range(30):
                await client.publish()
                await asyncio.sleep(0.003)
            got = [(await client.expect(wire.Packet)).sequence]
            while got[-1] != 30:
                got.append((await client.expect(wire.Packet)).sequence)
            assert got == sorted(got)
            assert len(got) <= 5
            assert server.service.slots.replaced == 30 - len(got)


async def test_publishers_are_processed_together():
    pipeline = FakePipeline(pass_s=0.05)
    with running_server(pipeline) as server:
        async with server.client("both", room="a") as one, server.client("both", room="b") as two:
            for _ in range(6):
                await one.publish()
                await two.publish()
                await one.expect(wire.Packet)
                await two.expect(wire.Packet)
            assert max(pipeline.batches) == 2


async def test_frame_of_a_publisher_that_left_goes_nowhere():
    pipeline = FakePipeline(pass_s=0.1)
    with running_server(pipeline) as server:
        async with server.client("viewer") as viewer:
            async with server.client("publisher") as publisher:
                await viewer.expect(wire.Event)
                await publisher.publish()
                server.wait_until(lambda: pipeline.batches, "the pass began")
            assert (await viewer.expect(wire.Event)).kind == "left"
            await asyncio.sleep(0.15)
            await viewer.send(wire.encode_ping(1, 0))
            await viewer.expect(wire.Pong)

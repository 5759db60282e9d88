"""Publishers that send too much or too often, over a real socket."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from server import wire
from tests.server.fakes import FakePipeline
from tests.server.running import PATIENCE_S, Client, RunningServer, running_server


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


class GatedPipeline(FakePipeline):
    """A fake whose passes each wait for the test's leave; keeps the payloads of every pass."""

    def __init__(self) -> None:
        super().__init__()
        self.passes: list[list[bytes]] = []
        self.gate = threading.Semaphore(0)
        self.open = False

    def process(self, batch: list[tuple]) -> list:
        """Wait, then answer as the fake does."""
        self.passes.append([bytes(frame.payload) for _, frame in batch])
        while not self.gate.acquire(timeout=0.1) and not self.open:
            pass
        return super().process(batch)

    async def let_through(self) -> None:
        """End the present pass and wait for the next one."""
        seen = len(self.passes)
        self.gate.release()
        await until(lambda: len(self.passes) > seen)


@contextmanager
def gated_server(**settings: float) -> Iterator[tuple[RunningServer, GatedPipeline]]:
    """Serve over a gated pipeline, whose gate is open in the end."""
    pipeline = GatedPipeline()
    with running_server(pipeline, max_messages_per_second=100_000, max_fps=1000, **settings) as server:
        try:
            yield server, pipeline
        finally:
            pipeline.open = True


async def until(condition: Callable[[], bool]) -> None:
    """Wait while the clients of this loop go on."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.002)


async def send_without_end(client: Client) -> None:
    """Send as fast as the socket takes it."""
    while True:
        await client.publish(b"flood")
        await asyncio.sleep(0)


async def test_flood_takes_every_second_turn_and_no_more():
    with gated_server(max_batch=1) as (server, pipeline):
        slots = server.service.slots
        async with server.client("publisher", room="a") as flooding, server.client("both", room="b") as calm:
            flood = asyncio.create_task(send_without_end(flooding))
            await until(lambda: pipeline.passes and len(slots) == 1)
            for _ in range(10):
                await calm.publish(b"calm")
                await until(lambda: len(slots) == 2)  # both wait, the flood with its newest frame alone
                seen = len(pipeline.passes)
                for _ in range(3):
                    await pipeline.let_through()
                assert pipeline.passes[seen:] == [[b"flood"], [b"calm"], [b"flood"]]
                await calm.expect(wire.Packet)
                await until(lambda: len(slots) == 1)
            assert slots.replaced > 0
            flood.cancel()


async def test_flood_has_one_place_in_a_pass_like_everybody():
    with gated_server() as (server, pipeline):
        slots = server.service.slots
        async with (
            server.client("publisher", room="a") as flooding,
            server.client("both", room="b") as calm,
            server.client("both", room="c") as other,
        ):
            flood = asyncio.create_task(send_without_end(flooding))
            await until(lambda: pipeline.passes and len(slots) == 1)
            for _ in range(10):
                await calm.publish(b"calm")
                await other.publish(b"other")
                await until(lambda: len(slots) == 3)
                seen = len(pipeline.passes)
                await pipeline.let_through()
                await until(lambda: len(slots) == 1)
                await pipeline.let_through()
                assert [sorted(each) for each in pipeline.passes[seen:]] == [
                    [b"calm", b"flood", b"other"],
                    [b"flood"],
                ]
                await calm.expect(wire.Packet)
                await other.expect(wire.Packet)
                await until(lambda: len(slots) == 1)
            flood.cancel()


async def test_frame_that_waited_too_long_is_reported_to_its_publisher():
    with gated_server() as (server, pipeline):
        async with server.client("both") as client:
            await client.publish()
            await until(lambda: bool(pipeline.passes))
            await client.publish()
            await until(lambda: len(server.service.slots) == 1)
            (waiting,) = server.service.slots._waiting.values()
            waiting.arrived_s -= 61  # of at most 60
            pipeline.gate.release()
            answers = [await client.receive(), await client.receive()]
            (error,) = [each for each in answers if isinstance(each, wire.ErrorMessage)]
            (packet,) = [each for each in answers if isinstance(each, wire.Packet)]
            assert (error.code, error.fatal, error.sequence, packet.sequence) == ("overloaded", False, 2, 1)
            assert "expected a turn within 60000 ms" in error.text
            assert server.service.slots.expired == 1
            pipeline.gate.release()
            await client.publish()
            assert (await client.expect(wire.Packet)).sequence == 3


async def test_what_the_server_could_not_do_is_not_held_against_the_client():
    with running_server(FakePipeline(), max_bad_messages=3) as server:
        async with server.client("both") as client:
            for _ in range(8):
                await client.publish(b"crash")
                assert (await client.expect(wire.ErrorMessage)).code == "internal"
            await client.publish()
            await client.expect(wire.Packet)


async def test_damaged_pictures_of_one_end_its_connection_alone():
    with running_server(FakePipeline(), max_bad_messages=3) as server:
        async with server.client("both", room="a") as damaged, server.client("both", room="b") as good:
            codes = []
            for _ in range(4):
                await damaged.publish(b"damaged")
                await good.publish()
                codes.append((await damaged.expect(wire.ErrorMessage)).code)
                await good.expect(wire.Packet)
            assert codes == ["bad_image"] * 3 + ["flooding"]
            await damaged.closed()
            await good.publish()
            await good.expect(wire.Packet)


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
    with gated_server() as (server, pipeline):
        async with server.client("both") as client:
            await client.publish()
            await until(lambda: bool(pipeline.passes))
            for _ in range(29):
                await client.publish()
            await until(lambda: server.service.slots.replaced == 28)
            await pipeline.let_through()
            pipeline.gate.release()
            assert [(await client.expect(wire.Packet)).sequence for _ in range(2)] == [1, 30]


async def test_publishers_are_processed_together():
    with gated_server() as (server, pipeline):
        async with server.client("both", room="a") as one, server.client("both", room="b") as two:
            await one.publish(b"first")
            await until(lambda: pipeline.passes == [[b"first"]])
            await one.publish(b"one")
            await two.publish(b"two")
            await until(lambda: len(server.service.slots) == 2)
            await pipeline.let_through()
            pipeline.gate.release()
            assert [(await one.expect(wire.Packet)).sequence for _ in range(2)] == [1, 2]
            await two.expect(wire.Packet)
            assert [sorted(each) for each in pipeline.passes] == [[b"first"], [b"one", b"two"]]


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

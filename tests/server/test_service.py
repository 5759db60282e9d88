"""The life of the server: loading, ready, failed, stopping."""

from __future__ import annotations

import asyncio
import threading

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from engines.errors import WeightsError
from proto import tables
from server import wire
from server.errors import error_spec
from server.service import Service, stream_options
from server.settings import Settings
from tests.server.fakes import FakePipeline
from tests.server.running import PATIENCE_S, connect_raw, running_server


class BrokenPipeline(FakePipeline):
    """A fake whose models cannot run."""

    def warm_up(self) -> None:
        """Fail as damaged weights do."""
        raise WeightsError("expected sha256 aa, got bb")


class HeldPipeline(FakePipeline):
    """A fake whose models run when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()

    def warm_up(self) -> None:
        """Wait for the test."""
        self.released.wait(PATIENCE_S)
        super().warm_up()


async def test_not_ready_before_the_models_have_run():
    pipeline = HeldPipeline()
    with running_server(pipeline, wait_ready=False) as server:
        server.wait_until(lambda: server.server.started, "listening")
        assert server.http("/health/live").status_code == 200
        answer = server.http("/health/ready")
        assert (answer.status_code, answer.json()["ready"], answer.json()["state"]) == (503, False, "loading")
        with pytest.raises(InvalidStatus) as caught:
            await connect_raw(server.url(room="r", role="viewer"))
        assert caught.value.response.status_code == 503
        assert caught.value.response.headers["Retry-After"] == "2"
        assert not pipeline.warm.is_set()
        pipeline.released.set()
        server.wait_until(lambda: server.service.ready, "ready")
        assert pipeline.warm.is_set()
        answer = server.http("/health/ready")
        assert (answer.status_code, answer.json()["profile"]) == (200, "lite")
        async with server.client("viewer"):
            pass


def test_backends_that_were_skipped_are_told_in_the_log(caplog):
    class SecondChoice(FakePipeline):
        def describe(self) -> dict:
            return super().describe() | {"skipped": ["backend tensorrt cannot run here: no driver"]}

    caplog.set_level("INFO", "server.service")
    with running_server(SecondChoice()):
        pass
    told = [record for record in caplog.records if getattr(record, "code", None) == "skipped"]
    assert [record.getMessage() for record in told] == ["backend tensorrt cannot run here: no driver"]


def test_failed_load_is_told_and_stops_the_server():
    with running_server(BrokenPipeline(), wait_ready=False) as server:
        server.wait_until(lambda: server.service.failure, "failed")
        assert not server.service.ready
        assert server.service.failure == "expected sha256 aa, got bb"
        server.wait_until(lambda: not server.server.servers[0].is_serving(), "stopped by itself")


async def test_shutdown_tells_clients_why_after_the_frame_in_flight():
    pipeline = FakePipeline(pass_s=0.2)
    with running_server(pipeline) as server:
        async with server.client("both") as publisher, server.client("viewer", room="other") as viewer:
            sequence = await publisher.publish()
            server.wait_until(lambda: pipeline.batches, "the pass began")
            server.server.should_exit = True
            assert (await publisher.expect(wire.Packet)).sequence == sequence
            for client in (publisher, viewer):
                error = await client.expect(wire.ErrorMessage)
                assert (error.code, error.fatal) == ("shutting_down", True)
                assert (await client.closed())[0] == tables.ERRORS["shutting_down"].close
            with pytest.raises((OSError, InvalidStatus)):
                await connect_raw(server.url(room="r", role="viewer"))
    assert pipeline.closed


async def test_publisher_that_sends_on_learns_of_the_shutdown_too():
    with running_server(FakePipeline(pass_s=0.01), max_fps=1000) as server:
        async with server.client("publisher") as publisher:

            async def send_on() -> None:
                with pytest.raises(ConnectionClosed):
                    while True:
                        await publisher.publish(bytes(50_000))
                        await asyncio.sleep(0.002)

            sending = asyncio.create_task(send_on())
            await asyncio.sleep(0.1)
            server.server.should_exit = True
            assert (await publisher.skip_to(wire.ErrorMessage)).code == "shutting_down"
            assert (await publisher.closed())[0] == tables.ERRORS["shutting_down"].close
            await asyncio.wait_for(sending, 5)


async def test_client_that_does_not_answer_the_close_does_not_hold_the_shutdown():
    with running_server(FakePipeline(), shutdown_timeout_s=1.0, send_timeout_s=0.5) as server:
        _, writer = await server.raw_connection()
        server.wait_until(lambda: server.service.sessions, "joined")
    writer.close()  # leaving the block asserted that the server's thread has ended


async def test_drain_twice_and_close_without_a_start_are_harmless():
    service = Service(Settings(), FakePipeline())
    await service.drain()
    await service.close()
    assert service.pipeline.closed
    assert not service.ready


def test_stream_options_follow_the_settings():
    options = stream_options(Settings(smoothing=False, max_faces=3))
    assert (options.smooth, options.max_faces, options.live) == (False, 3, True)


def test_code_of_the_goodbye_may_be_tried_again():
    assert tables.ERRORS["shutting_down"].close == 4503
    assert error_spec(WeightsError("x")).fatal is False

"""The latest-wins queue of one client."""

from __future__ import annotations

import asyncio

import pytest

from server.hub import Outbox, OutboxFullError


async def drain(outbox: Outbox) -> list[bytes | None]:
    return [await asyncio.wait_for(outbox.next(), 1) for _ in range(len(outbox))]


async def test_newest_packet_replaces_older_of_the_same_publisher():
    outbox = Outbox()
    outbox.put_packet(1, b"1 old")
    outbox.put_packet(2, b"2")
    outbox.put_packet(1, b"1 new")
    assert await drain(outbox) == [b"1 new", b"2"]
    assert (outbox.dropped, outbox.taken) == (1, 2)


async def test_a_thousand_packets_leave_one_per_publisher():
    outbox = Outbox()
    for number in range(1000):
        outbox.put_packet(number % 4, str(number).encode())
    assert await drain(outbox) == [b"996", b"997", b"998", b"999"]


class Socket:
    """Stands for a socket that takes packets at once while it is open."""

    def __init__(self) -> None:
        self.open = True
        self.written: list[bytes] = []

    def send_now(self, packet: bytes) -> bool:
        """Write a packet if there is room."""
        if self.open:
            self.written.append(packet)
        return self.open


async def idle_outbox(socket: Socket) -> tuple[Outbox, asyncio.Task]:
    """An outbox whose writer waits for work."""
    outbox = Outbox(send_now=socket.send_now)
    writer = asyncio.create_task(outbox.next())
    await asyncio.sleep(0)
    return outbox, writer


async def test_packet_is_written_at_once_when_nothing_waits():
    socket = Socket()
    outbox, writer = await idle_outbox(socket)
    outbox.put_packet(1, b"first")
    outbox.put_packet(1, b"second")
    assert (socket.written, outbox.taken, len(outbox)) == ([b"first", b"second"], 2, 0)
    socket.open = False
    outbox.put_packet(1, b"third")
    assert await writer == b"third"
    assert (outbox.taken, outbox.dropped) == (3, 0)


async def test_nothing_overtakes_what_waits_or_is_being_written():
    socket = Socket()
    outbox, writer = await idle_outbox(socket)
    outbox.put_notice(b"notice")
    outbox.put_packet(1, b"old")
    outbox.put_packet(1, b"new")
    assert await writer == b"notice"  # and the writer may be writing it still
    outbox.put_packet(1, b"newer")
    assert (socket.written, outbox.dropped) == ([], 2)
    assert await outbox.next() == b"newer"
    outbox.put_packet(1, b"newest")
    assert socket.written == []
    assert await outbox.next() == b"newest"


async def test_closed_outbox_writes_nothing_at_once():
    socket = Socket()
    outbox, writer = await idle_outbox(socket)
    outbox.close(1000, "")
    outbox.put_packet(1, b"late")
    assert await writer is None
    assert socket.written == []


async def test_notices_are_kept_in_order_and_go_first():
    outbox = Outbox()
    outbox.put_packet(1, b"packet")
    outbox.put_notice(b"first")
    outbox.put_notice(b"second")
    assert await drain(outbox) == [b"first", b"second", b"packet"]


async def test_too_many_unread_notices_are_refused():
    outbox = Outbox(max_notices=2)
    outbox.put_notice(b"1")
    outbox.put_notice(b"2")
    with pytest.raises(OutboxFullError):
        outbox.put_notice(b"3")
    assert await drain(outbox) == [b"1", b"2"]


async def test_packet_of_a_publisher_that_left_is_forgotten():
    outbox = Outbox()
    outbox.put_packet(1, b"1")
    outbox.put_packet(2, b"2")
    outbox.forget(1)
    outbox.forget(7)
    assert await drain(outbox) == [b"2"]


async def test_closing_lets_notices_out_and_takes_nothing_more():
    outbox = Outbox()
    outbox.put_notice(b"why")
    outbox.put_packet(1, b"packet")
    outbox.close(4503, "stopping")
    outbox.close(1000, "too late")
    outbox.put_notice(b"after")
    outbox.put_packet(1, b"after")
    assert await outbox.next() == b"why"
    assert await outbox.next() is None
    assert outbox.closing == (4503, "stopping")


async def test_waiting_reader_wakes_for_a_packet_and_for_the_end():
    outbox = Outbox()
    reader = asyncio.create_task(outbox.next())
    await asyncio.sleep(0)
    assert not reader.done()
    outbox.put_packet(1, b"packet")
    assert await asyncio.wait_for(reader, 1) == b"packet"
    reader = asyncio.create_task(outbox.next())
    await asyncio.sleep(0)
    outbox.close(1000, "")
    assert await asyncio.wait_for(reader, 1) is None

"""Who is in a room, and what each hears."""

from __future__ import annotations

import pytest

from server.errors import RoomFullError, ServerFullError
from server.rooms import MAX_PARTICIPANT_ID, MemoryBus, PacketVariants, Participant, Rooms
from server.wire import Event


class Member:
    """Keeps what it hears."""

    def __init__(self, participant: Participant) -> None:
        self.participant = participant
        self.packets: list[int] = []
        self.events: list[Event] = []

    def take_packet(self, variants: PacketVariants) -> None:
        """Take a packet."""
        self.packets.append(variants.publisher)

    def take_event(self, event: Event) -> None:
        """Take an event."""
        self.events.append(event)


@pytest.fixture
def rooms() -> Rooms:
    return Rooms(MemoryBus(), max_rooms=2, max_participants=3)


def enter(rooms: Rooms, room: str, role: str, name: str = "") -> Member:
    member = Member(rooms.admit(room, role, name))
    rooms.join(member)
    return member


def test_newcomer_learns_who_is_there_and_the_others_of_the_newcomer(rooms: Rooms):
    first = enter(rooms, "a", "publisher", "Ada")
    second = Member(rooms.admit("a", "viewer", "Bob"))
    assert rooms.join(second) == [first.participant]
    assert first.events == [Event("joined", second.participant.id, name="Bob", role="viewer")]
    assert second.events == []


def test_packets_go_to_viewers_and_both_of_the_same_room_only(rooms: Rooms):
    publisher, viewer, both = (enter(rooms, "a", role) for role in ("publisher", "viewer", "both"))
    elsewhere = enter(rooms, "b", "viewer")
    rooms.bus.publish_packet("a", PacketVariants(both.participant.id, lambda encoding, landmarks: b""))
    assert publisher.packets == elsewhere.packets == []
    assert viewer.packets == both.packets == [both.participant.id]


def test_leaving_is_told_once(rooms: Rooms):
    first, second = enter(rooms, "a", "viewer"), enter(rooms, "a", "publisher")
    rooms.leave(second)
    rooms.leave(second)
    assert [event.kind for event in first.events] == ["joined", "left"]
    assert rooms.participant_count == 1


def test_events_about_a_face_reach_its_publisher_too(rooms: Rooms):
    viewer, publisher = enter(rooms, "a", "viewer"), enter(rooms, "a", "publisher")
    lost = Event("lost_face", publisher.participant.id, track=3)
    rooms.bus.publish_event("a", lost)
    assert viewer.events[-1] == publisher.events[-1] == lost


def test_room_without_members_is_gone(rooms: Rooms):
    member = enter(rooms, "a", "viewer")
    rooms.leave(member)
    assert rooms.rooms == {}
    rooms.bus.publish_event("a", Event("left", 1))
    assert member.events == []


def test_full_room_refuses(rooms: Rooms):
    for _ in range(3):
        enter(rooms, "a", "viewer")
    with pytest.raises(RoomFullError, match="at most 3"):
        rooms.admit("a", "viewer", "")
    assert enter(rooms, "b", "viewer").participant.room == "b"


def test_too_many_rooms_are_refused(rooms: Rooms):
    enter(rooms, "a", "viewer")
    leaving = enter(rooms, "b", "viewer")
    with pytest.raises(ServerFullError, match="at most 2 rooms"):
        rooms.admit("c", "viewer", "")
    rooms.leave(leaving)
    assert enter(rooms, "c", "viewer").participant.room == "c"


def test_ids_are_not_reused_at_once_and_skip_those_in_use(rooms: Rooms):
    staying = enter(rooms, "a", "viewer")
    seen = set()
    for _ in range(MAX_PARTICIPANT_ID + 10):
        number = rooms.admit("a", "viewer", "").id
        assert 1 <= number <= MAX_PARTICIPANT_ID
        assert number != staying.participant.id
        seen.add(number)
    assert len(seen) == MAX_PARTICIPANT_ID - 1


def test_nameless_participant_gets_a_name(rooms: Rooms):
    member = enter(rooms, "a", "viewer")
    assert member.participant.name == f"viewer-{member.participant.id}"


def test_each_form_of_a_packet_is_packed_once():
    calls = []

    def pack(encoding: str, landmarks: bool) -> bytes:
        calls.append((encoding, landmarks))
        return f"{encoding} {landmarks}".encode()

    variants = PacketVariants(1, pack)
    assert [variants.packed("u8", False) for _ in range(50)] == [b"u8 False"] * 50
    assert variants.packed("u8", True) == b"u8 True"
    assert calls == [("u8", False), ("u8", True)]

"""Rooms in memory: who is in them, and what each of them hears.

A room talks to its members through a bus, so that a bus over the network can join the rooms of several
replicas. The bus here calls the room directly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from server.errors import RoomFullError, ServerFullError
from server.wire import Event

MAX_PARTICIPANT_ID = 0xFFFF  # a u16 on the wire


@dataclass(slots=True)
class Participant:
    """Somebody in a room; `clock_offset_us` (server clock minus its own) is None until it is known."""

    id: int
    name: str
    role: str
    room: str
    clock_offset_us: int | None = None

    @property
    def publishes(self) -> bool:
        """Whether it may send frames."""
        return self.role != "viewer"

    @property
    def views(self) -> bool:
        """Whether it gets packets."""
        return self.role != "publisher"


class PacketVariants:
    """One packet in every form that somebody asks for; each form is packed once, when first asked for."""

    def __init__(self, publisher: int, pack: Callable[[str, bool], bytes]) -> None:
        self.publisher = publisher
        self._pack = pack
        self._packed: dict[tuple[str, bool], bytes] = {}

    def packed(self, encoding: str, landmarks: bool) -> bytes:
        """Get the packet's bytes with coefficients in `encoding`, with or without landmarks."""
        form = (encoding, landmarks)
        if form not in self._packed:
            self._packed[form] = self._pack(encoding, landmarks)
        return self._packed[form]


class Member(Protocol):
    """A participant's connection, as a room sees it. Both calls must return at once."""

    participant: Participant

    def take_packet(self, variants: PacketVariants) -> None:
        """Take a publisher's packet."""

    def take_event(self, event: Event) -> None:
        """Take an event of the room."""


class RoomListener(Protocol):
    """What a bus delivers to."""

    def on_packet(self, variants: PacketVariants) -> None:
        """Hand a packet to the members here."""

    def on_event(self, event: Event) -> None:
        """Hand an event to the members here."""


class RoomBus(Protocol):
    """Carries what happens in a room to everybody who listens to it, on this replica and others."""

    def subscribe(self, room: str, listener: RoomListener) -> None:
        """Begin to deliver a room's packets and events."""

    def unsubscribe(self, room: str) -> None:
        """Stop delivering them."""

    def publish_packet(self, room: str, variants: PacketVariants) -> None:
        """Send a packet to the room; must return at once."""

    def publish_event(self, room: str, event: Event) -> None:
        """Send an event to the room; must return at once."""


class MemoryBus:
    """The bus of a single replica: a call."""

    def __init__(self) -> None:
        self._listeners: dict[str, RoomListener] = {}

    def subscribe(self, room: str, listener: RoomListener) -> None:
        """Begin to deliver a room's packets and events."""
        self._listeners[room] = listener

    def unsubscribe(self, room: str) -> None:
        """Stop delivering them."""
        self._listeners.pop(room, None)

    def publish_packet(self, room: str, variants: PacketVariants) -> None:
        """Hand a packet to the room."""
        if room in self._listeners:
            self._listeners[room].on_packet(variants)

    def publish_event(self, room: str, event: Event) -> None:
        """Hand an event to the room."""
        if room in self._listeners:
            self._listeners[room].on_event(event)


class Room:
    """The members of one room."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.members: dict[int, Member] = {}

    def on_packet(self, variants: PacketVariants) -> None:
        """Hand a packet to everybody who views."""
        for member in list(self.members.values()):
            if member.participant.views:
                member.take_packet(variants)

    def on_event(self, event: Event) -> None:
        """Hand an event to everybody; nobody is told of his own coming and going."""
        own = event.participant if event.kind in ("joined", "left") else None
        for number, member in list(self.members.items()):
            if number != own:
                member.take_event(event)


class Rooms:
    """All rooms of this server. A room is there while somebody is in it."""

    def __init__(self, bus: RoomBus, max_rooms: int, max_participants: int) -> None:
        self.bus = bus
        self.max_rooms = max_rooms
        self.max_participants = max_participants
        self.rooms: dict[str, Room] = {}
        self._used_ids: set[int] = set()
        self._last_id = 0

    @property
    def participant_count(self) -> int:
        """How many participants all rooms have together."""
        return len(self._used_ids)

    def admit(self, room_name: str, role: str, name: str) -> Participant:
        """Give an id to a newcomer, who is not in the room before `join`.

        Raises: RoomFullError, ServerFullError.
        """
        room = self.rooms.get(room_name)
        if room is None and len(self.rooms) >= self.max_rooms:
            raise ServerFullError(f"expected at most {self.max_rooms} rooms, all are in use")
        if room is not None and len(room.members) >= self.max_participants:
            raise RoomFullError(
                f"expected at most {self.max_participants} participants in room {room_name!r}"
            )
        if len(self._used_ids) >= MAX_PARTICIPANT_ID:
            raise ServerFullError(f"expected at most {MAX_PARTICIPANT_ID} participants")
        number = self._next_id()
        return Participant(number, name or f"{role}-{number}", role, room_name)

    def join(self, member: Member) -> list[Participant]:
        """Put an admitted member into its room and tell the others; return who was there before."""
        participant = member.participant
        room = self.rooms.get(participant.room)
        if room is None:
            room = self.rooms[participant.room] = Room(participant.room)
            self.bus.subscribe(room.name, room)
        present = [other.participant for other in room.members.values()]
        room.members[participant.id] = member
        self._used_ids.add(participant.id)
        joined = Event("joined", participant.id, name=participant.name, role=participant.role)
        self.bus.publish_event(room.name, joined)
        return present

    def leave(self, member: Member) -> None:
        """Take a member out of its room and tell the others; nothing happens when it was not in."""
        participant = member.participant
        room = self.rooms.get(participant.room)
        if room is None or room.members.get(participant.id) is not member:
            return
        del room.members[participant.id]
        self._used_ids.discard(participant.id)
        if room.members:
            self.bus.publish_event(room.name, Event("left", participant.id))
        else:
            self.bus.unsubscribe(room.name)
            del self.rooms[room.name]

    def _next_id(self) -> int:
        """The next free number: ids are reused as late as possible."""
        while True:
            self._last_id = self._last_id % MAX_PARTICIPANT_ID + 1
            if self._last_id not in self._used_ids:
                return self._last_id

namespace Facecast.Core
{
    /// <summary>Something that happened in a room, as the server tells it.</summary>
    public struct RoomEvent
    {
        /// <summary>What happened.</summary>
        public RoomEventKind Kind { get; internal set; }

        /// <summary>Whom it concerns.</summary>
        public int Participant { get; internal set; }

        /// <summary>The participant's name, when it joined.</summary>
        public string Name { get; internal set; }

        /// <summary>The participant's role, when it joined.</summary>
        public ParticipantRole? Role { get; internal set; }

        /// <summary>The lost face's track.</summary>
        public uint? Track { get; internal set; }

        /// <summary>Server clock minus the publisher's clock, in microseconds.</summary>
        public long? ClockOffsetUs { get; internal set; }
    }
}

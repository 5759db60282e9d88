namespace Facecast.Core
{
    /// <summary>What a session has sent and received since it was made.</summary>
    public sealed class SessionStatistics
    {
        /// <summary>Messages of the server that were read.</summary>
        public long MessagesReceived { get; internal set; }

        /// <summary>Their bytes.</summary>
        public long BytesReceived { get; internal set; }

        /// <summary>Packets that were dropped for newer ones, because <c>Poll</c> was called too rarely.</summary>
        public long MessagesDropped { get; internal set; }

        /// <summary>Messages that were not as specified.</summary>
        public long BadMessages { get; internal set; }

        /// <summary>Packets of somebody who is not in the room.</summary>
        public long StrayPackets { get; internal set; }

        /// <summary>Frames handed to the network.</summary>
        public long FramesSent { get; internal set; }

        /// <summary>Frames that a newer one replaced before they were sent.</summary>
        public long FramesReplaced { get; internal set; }

        /// <summary>How often the connection was made again.</summary>
        public int Reconnections { get; internal set; }

        /// <summary>The newest round trip to the server, in seconds; NaN until it is known.</summary>
        public double RoundTripSeconds { get; internal set; } = double.NaN;

        /// <summary>Server clock minus this client's clock, in seconds; NaN until it is known.</summary>
        public double ClockOffsetSeconds { get; internal set; } = double.NaN;
    }
}

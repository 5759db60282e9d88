namespace Facecast.Core
{
    /// <summary>Something that a transport reports, in the order in which it happened.</summary>
    public struct TransportMessage
    {
        /// <summary>What it is.</summary>
        public TransportMessageKind Kind;

        /// <summary>A message's bytes, 0..<see cref="Count"/>; valid until the next one is asked for.</summary>
        public byte[] Buffer;

        /// <summary>A message's length.</summary>
        public int Count;

        /// <summary>When it came, by <see cref="MonotonicClock.NowSeconds"/>.</summary>
        public double ArrivalSeconds;

        /// <summary>The WebSocket close code; 0 when the connection ended without one.</summary>
        public int CloseCode;

        /// <summary>Why it ended, for a person to read.</summary>
        public string Text;
    }
}

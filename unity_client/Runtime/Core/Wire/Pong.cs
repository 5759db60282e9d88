namespace Facecast.Core
{
    /// <summary>The server's answer to a ping.</summary>
    public struct Pong
    {
        /// <summary>The ping's number.</summary>
        public uint Id { get; internal set; }

        /// <summary>The client's clock when the ping was sent, in microseconds.</summary>
        public ulong ClientTimeUs { get; internal set; }

        /// <summary>The server's clock when the ping arrived, in microseconds.</summary>
        public ulong ReceiveTimeUs { get; internal set; }

        /// <summary>The server's clock when the answer was sent, in microseconds.</summary>
        public ulong SendTimeUs { get; internal set; }
    }
}

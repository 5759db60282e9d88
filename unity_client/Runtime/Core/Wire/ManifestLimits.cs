namespace Facecast.Core
{
    /// <summary>What the server takes.</summary>
    public sealed class ManifestLimits
    {
        /// <summary>Make the limits that hold until a manifest tells others.</summary>
        public ManifestLimits()
        {
            MessageBytes = WireTables.Limit.MessageBytes;
            Pixels = WireTables.Limit.Pixels;
            FramesPerSecond = WireTables.Limit.FramesPerSecond;
            Faces = WireTables.Limit.Faces;
            RoomParticipants = WireTables.Limit.RoomParticipants;
        }

        /// <summary>Most bytes of one message.</summary>
        public double MessageBytes { get; internal set; }

        /// <summary>Most pixels of one picture.</summary>
        public double Pixels { get; internal set; }

        /// <summary>Most frames per second of one publisher.</summary>
        public double FramesPerSecond { get; internal set; }

        /// <summary>Most faces tracked in one frame.</summary>
        public double Faces { get; internal set; }

        /// <summary>Most participants of one room.</summary>
        public double RoomParticipants { get; internal set; }
    }
}

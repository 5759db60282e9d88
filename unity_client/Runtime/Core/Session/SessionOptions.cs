namespace Facecast.Core
{
    /// <summary>Where to connect, as whom, and what to receive. Read when the connection is made.</summary>
    public sealed class SessionOptions
    {
        /// <summary>The server: ws:// or wss://, host and port; the stream's path is added when there is none.</summary>
        public string Url { get; set; } = "ws://127.0.0.1:8000";

        /// <summary>The room; who names the same one meets there.</summary>
        public string Room { get; set; } = "lobby";

        /// <summary>What to do in the room.</summary>
        public ParticipantRole Role { get; set; } = ParticipantRole.Viewer;

        /// <summary>The name that others see; the server makes one when it is empty.</summary>
        public string Name { get; set; } = string.Empty;

        /// <summary>What a protected server asks for; sent only when it is not empty.</summary>
        public string Token { get; set; } = string.Empty;

        /// <summary>How coefficients are sent to this client.</summary>
        public CoefficientEncoding Encoding { get; set; } = CoefficientEncoding.U8;

        /// <summary>Whether landmarks are sent to this client.</summary>
        public bool Landmarks { get; set; }

        /// <summary>A stored neutral calibration, or null. One that the server captures takes its place.</summary>
        public byte[] Neutral { get; set; }

        /// <summary>What the server's log calls this client.</summary>
        public string Client { get; set; } = "facecast-unity";

        /// <summary>Whether a broken connection is made again.</summary>
        public bool Reconnect { get; set; } = true;

        /// <summary>How long a connection may take until the manifest is here, in seconds.</summary>
        public double ConnectTimeoutSeconds { get; set; } = 10.0;

        /// <summary>After how long without any message, although pings were sent, a connection counts as broken, in seconds.</summary>
        public double SilenceTimeoutSeconds { get; set; } = 5.0;

        /// <summary>How faces are played.</summary>
        public PlaybackOptions Playback { get; set; } = new PlaybackOptions();
    }
}

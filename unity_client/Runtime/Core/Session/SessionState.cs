namespace Facecast.Core
{
    /// <summary>How a session stands with its server.</summary>
    public enum SessionState
    {
        /// <summary>Not connected, and not trying to be.</summary>
        Idle,

        /// <summary>Trying to connect for the first time.</summary>
        Connecting,

        /// <summary>In the room.</summary>
        Connected,

        /// <summary>The connection broke; trying to make it again.</summary>
        Reconnecting,

        /// <summary>Refused for a reason that trying again will not change.</summary>
        Failed,
    }
}

namespace Facecast.Core
{
    /// <summary>What happened in a room.</summary>
    public enum RoomEventKind
    {
        /// <summary>Something that a later version of the protocol knows; to be ignored.</summary>
        Unknown = 0,

        /// <summary>A participant entered.</summary>
        Joined = WireTables.EventId.Joined,

        /// <summary>A participant left; its faces are gone.</summary>
        Left = WireTables.EventId.Left,

        /// <summary>A face was lost, and its track will not come again.</summary>
        LostFace = WireTables.EventId.LostFace,

        /// <summary>A publisher's clock offset is known or changed.</summary>
        Clock = WireTables.EventId.Clock,
    }
}

namespace Facecast.Core
{
    /// <summary>What a participant does in a room.</summary>
    public enum ParticipantRole
    {
        /// <summary>Sends frames.</summary>
        Publisher,

        /// <summary>Gets everybody's faces.</summary>
        Viewer,

        /// <summary>Sends frames and gets everybody's faces, its own among them.</summary>
        Both,
    }
}

namespace Facecast.Core
{
    /// <summary>Something of the room that is still to be told to the user.</summary>
    internal struct RoomNotice
    {
        public RoomNoticeKind Kind;
        public Participant Participant;
        public TrackedFace Face;
    }
}

namespace Facecast.Core
{
    /// <summary>What is to be told of the room.</summary>
    internal enum RoomNoticeKind
    {
        Joined,
        Left,
        FaceAppeared,
        FaceLost,
        FaceRemoved,
    }
}

using Facecast.Core;

namespace Facecast.Unity
{
    /// <summary>A character that a <see cref="FacecastRoom"/> made for one face of one participant.</summary>
    public sealed class SpawnedFace
    {
        internal SpawnedFace(Participant participant, TrackedFace face, FacecastAvatar avatar, int place)
        {
            Participant = participant;
            Face = face;
            Avatar = avatar;
            Place = place;
        }

        /// <summary>Whose face it is.</summary>
        public Participant Participant { get; private set; }

        /// <summary>The face that is shown; changes when the server loses the face and finds it again.</summary>
        public TrackedFace Face { get; internal set; }

        /// <summary>The character.</summary>
        public FacecastAvatar Avatar { get; private set; }

        /// <summary>Number of its place in the row, 0 for the first.</summary>
        public int Place { get; private set; }
    }
}

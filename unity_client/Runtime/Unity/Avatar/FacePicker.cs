using Facecast.Core;

namespace Facecast.Unity
{
    /// <summary>Finds the face that an avatar shows in this frame, and crosses over softly when it changes.</summary>
    internal sealed class FacePicker
    {
        private const double CrossOverSeconds = 0.2; // as long as a slow blink: too short to notice, too long to snap

        private readonly FaceFollower _follower = new FaceFollower();
        private readonly FaceFrame _before = new FaceFrame();
        private Participant _participant;
        private TrackedFace _face;
        private TrackedFace _lastFace;
        private double _crossedAt = double.NegativeInfinity;

        /// <summary>The participant whose face was last looked for, null when nobody is there.</summary>
        internal Participant Participant
        {
            get { return _participant; }
        }

        /// <summary>Show one participant's face, whichever it tracks.</summary>
        internal void Assign(Participant participant)
        {
            _participant = participant;
            _face = null;
        }

        /// <summary>Show one particular face of a participant.</summary>
        internal void Assign(Participant participant, TrackedFace face)
        {
            _participant = participant;
            _face = face;
        }

        /// <summary>Choose by rule among those in the room.</summary>
        internal void Choose(FaceChoice choice, string name, Facecast.Core.Room room)
        {
            switch (choice)
            {
                case FaceChoice.Yourself:
                    Assign(room == null ? null : room.Self);
                    break;
                case FaceChoice.Named:
                    Assign(room == null ? null : room.Find(name));
                    break;
                case FaceChoice.FirstOther:
                    Assign(FirstOther(room));
                    break;
            }
        }

        /// <summary>Fill in the face of a moment; false when there is none.</summary>
        /// <param name="time">The moment, in seconds of the core's clock.</param>
        /// <param name="output">Holds the last face that was shown, and gets the new one.</param>
        internal bool TryGet(double time, FaceFrame output)
        {
            if (_face == null)
            {
                _lastFace = null;
                return _follower.TryGet(_participant, time, output);
            }

            if (!ReferenceEquals(_face, _lastFace))
            {
                _crossedAt = _lastFace == null ? double.NegativeInfinity : time;
                _before.CopyFrom(output);
                _lastFace = _face;
            }

            bool there = _face.TryGet(time, output);
            double crossed = (time - _crossedAt) / CrossOverSeconds;
            if (there && crossed < 1.0)
            {
                output.Interpolate(_before, output, (float)crossed);
            }

            return there;
        }

        private static Participant FirstOther(Facecast.Core.Room room)
        {
            if (room == null)
            {
                return null;
            }

            for (int i = 0; i < room.Participants.Count; i++)
            {
                Participant participant = room.Participants[i];
                if (!participant.IsSelf && participant.Role != ParticipantRole.Viewer)
                {
                    return participant;
                }
            }

            return null;
        }
    }
}

using System;

namespace Facecast.Core
{
    /// <summary>
    /// One participant's face for one character: keeps to a face as long as it is seen, takes another one when
    /// it is not, and crosses over without a snap. Allocates nothing after it was made.
    /// </summary>
    public sealed class FaceFollower
    {
        private const double BlendSeconds = 0.25; // between two faces: as a glance, and not as a cut

        private readonly FaceFrame _shown = new FaceFrame();
        private readonly FaceFrame _start = new FaceFrame();
        private double _began = double.NegativeInfinity;
        private bool _hasShown;

        /// <summary>The face that is followed; null when there is none.</summary>
        public TrackedFace Current { get; private set; }

        /// <summary>Forget the face and what was shown, for another participant.</summary>
        public void Reset()
        {
            Current = null;
            _hasShown = false;
            _began = double.NegativeInfinity;
        }

        /// <summary>
        /// Get what the character should show at a local time. When the participant has no face any more, the last
        /// one goes to rest. False when there never was a face.
        /// </summary>
        public bool TryGet(Participant participant, double renderTimeSeconds, FaceFrame output)
        {
            TrackedFace chosen = Choose(participant);
            if (chosen != Current)
            {
                Current = chosen;
                Begin(renderTimeSeconds);
            }

            bool isThere = chosen != null && chosen.TryGet(renderTimeSeconds, output);
            if (!isThere && !_hasShown)
            {
                return false;
            }

            if (!isThere)
            {
                output.CopyFrom(_shown);
                output.SetNeutral();
            }

            double blended = (renderTimeSeconds - _began) / BlendSeconds;
            if (_hasShown && blended < 1.0)
            {
                float t = (float)Math.Max(0.0, blended);
                output.Interpolate(_start, output, t * t * (3f - 2f * t));
            }

            _shown.CopyFrom(output);
            _hasShown = true;
            return true;
        }

        private void Begin(double renderTimeSeconds)
        {
            if (_hasShown)
            {
                _start.CopyFrom(_shown);
                _began = renderTimeSeconds;
            }
        }

        private TrackedFace Choose(Participant participant)
        {
            if (participant == null)
            {
                return null;
            }

            bool isThere = Current != null && !Current.IsRemoved && Current.Participant == participant;
            if (isThere && Current.IsSeen)
            {
                return Current;
            }

            for (int i = 0; i < participant.Faces.Count; i++)
            {
                if (participant.Faces[i].IsSeen)
                {
                    return participant.Faces[i];
                }
            }

            return isThere ? Current : null;
        }
    }
}

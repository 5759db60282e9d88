namespace Facecast.Core
{
    /// <summary>One face of one participant, from its first packet until it is gone.</summary>
    public sealed class TrackedFace
    {
        private readonly SnapshotInterpolator _interpolator;
        private readonly PlaybackClock _clock;
        private readonly PlaybackOptions _options;

        internal TrackedFace(Participant participant, uint track, PlaybackClock clock, PlaybackOptions options)
        {
            Participant = participant;
            Track = track;
            _clock = clock;
            _options = options;
            _interpolator = new SnapshotInterpolator(options);
        }

        /// <summary>Whose face it is.</summary>
        public Participant Participant { get; private set; }

        /// <summary>Its id, unique within the participant.</summary>
        public uint Track { get; private set; }

        /// <summary>Whether the server lost it: it fades to neutral and is removed then.</summary>
        public bool IsLost { get; private set; }

        /// <summary>Whether it is played now; not while it is held, fades, or is at rest because nothing comes.</summary>
        public bool IsSeen
        {
            get { return !IsLost && !IsRemoved && SilentSeconds < _options.HoldSeconds; }
        }

        /// <summary>Whether it was removed and will not change any more.</summary>
        public bool IsRemoved { get; internal set; }

        /// <summary>
        /// Get the face as it should be shown at a local time (<see cref="MonotonicClock.NowSeconds"/>). Times must
        /// not fall from call to call; an earlier one gives what was given last. Allocates nothing.
        /// </summary>
        public bool TryGet(double renderTimeSeconds, FaceFrame output)
        {
            _clock.Advance(renderTimeSeconds);
            return _interpolator.TryGet(_clock, renderTimeSeconds, output);
        }

        /// <summary>How long nothing of this face was there to show, in seconds.</summary>
        internal double SilentSeconds
        {
            get { return _interpolator.SilenceAt(_clock); }
        }

        /// <summary>Take a snapshot; false when it came too late.</summary>
        internal bool Add(double streamTimeSeconds, FaceFrame face)
        {
            if (IsLost)
            {
                IsLost = false; // another server may count its tracks from 1 again
                _interpolator.Resume();
            }

            return _interpolator.Add(streamTimeSeconds, face);
        }

        internal void MarkLost()
        {
            IsLost = true;
            _interpolator.End();
        }
    }
}

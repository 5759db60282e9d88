using System.Collections.Generic;

namespace Facecast.Core
{
    /// <summary>
    /// Somebody in the room, and the faces that they publish. After a reconnection the same object goes on for
    /// somebody of the same name and role, with another id.
    /// </summary>
    public sealed class Participant
    {
        private const int MaxFaces = 64; // the most that a server can be set to track

        private readonly List<TrackedFace> _faces = new List<TrackedFace>();
        private readonly SequenceWindow _sequence = new SequenceWindow();
        private readonly PlaybackClock _clock;
        private readonly PlaybackOptions _options;

        internal Participant(ParticipantInfo info, bool isSelf, PlaybackOptions options)
        {
            Statistics = new StreamStatistics();
            _options = options;
            _clock = new PlaybackClock(options);
            Update(info, isSelf);
        }

        /// <summary>The id in the room, as long as the connection lasts.</summary>
        public int Id { get; private set; }

        /// <summary>The name, for people to read; it need not be unique.</summary>
        public string Name { get; private set; }

        /// <summary>The role.</summary>
        public ParticipantRole Role { get; private set; }

        /// <summary>Whether it is this client.</summary>
        public bool IsSelf { get; private set; }

        /// <summary>The faces, in the order of their coming; those that fade out are among them.</summary>
        public IReadOnlyList<TrackedFace> Faces
        {
            get { return _faces; }
        }

        /// <summary>How the participant's packets arrive.</summary>
        public StreamStatistics Statistics { get; private set; }

        /// <summary>Server clock minus the participant's clock in microseconds; null until it is known.</summary>
        public long? ClockOffsetUs { get; internal set; }

        /// <summary>Find a face by its track; null when it is not there.</summary>
        public TrackedFace FindFace(uint track)
        {
            for (int i = 0; i < _faces.Count; i++)
            {
                if (_faces[i].Track == track)
                {
                    return _faces[i];
                }
            }

            return null;
        }

        internal void Update(ParticipantInfo info, bool isSelf)
        {
            Id = info.Id;
            Name = info.Name;
            Role = info.Role;
            IsSelf = isSelf;
            ClockOffsetUs = null;
            Statistics.ForgetLatency();
        }

        /// <summary>Take a packet; faces that come for the first time are added to <paramref name="appeared"/>.</summary>
        internal void Add(FacePacket packet, double arrivalSeconds, ClockSync clock, List<TrackedFace> appeared)
        {
            bool isRestart;
            bool isFirst = !_clock.IsRunning;
            double newest = _clock.NewestSeconds;
            double time = _clock.Add(packet.CaptureTimeUs, arrivalSeconds, out isRestart);
            Statistics.Packets++;
            if (isRestart)
            {
                _sequence.Reset();
            }

            if (_clock.IsTooOld(time))
            {
                Statistics.Late++;
                return;
            }

            if (!_sequence.Add(packet.Sequence))
            {
                Statistics.Duplicates++;
                return;
            }

            Statistics.Late += !isFirst && time < newest ? 1 : 0;
            AddFaces(packet, time, appeared);
            Measure(packet, arrivalSeconds, clock);
        }

        /// <summary>Play on to a local time; faces that are gone are added to <paramref name="removed"/>.</summary>
        internal void Advance(double nowSeconds, ClockSync clock, List<TrackedFace> removed)
        {
            _clock.Advance(nowSeconds);
            for (int i = _faces.Count - 1; i >= 0; i--)
            {
                if (IsGone(_faces[i]))
                {
                    Remove(i, removed);
                }
            }

            MeasureDisplay(nowSeconds, clock);
        }

        /// <summary>Remove every face, since the participant left.</summary>
        internal void RemoveFaces(List<TrackedFace> removed)
        {
            for (int i = _faces.Count - 1; i >= 0; i--)
            {
                Remove(i, removed);
            }
        }

        private void AddFaces(FacePacket packet, double time, List<TrackedFace> appeared)
        {
            for (int i = 0; i < packet.FaceCount; i++)
            {
                FaceFrame snapshot = packet.GetFace(i);
                TrackedFace face = FindFace(snapshot.Track);
                if (face == null && _faces.Count < MaxFaces)
                {
                    face = new TrackedFace(this, snapshot.Track, _clock, _options);
                    _faces.Add(face);
                    appeared.Add(face);
                }

                if (face != null)
                {
                    face.Add(time, snapshot);
                }
            }
        }

        /// <summary>
        /// Whether a face has faded and will not come: it was lost, or the packets have come without it for long.
        /// While no packets come at all, it stays, at rest: nothing is known of it.
        /// </summary>
        private bool IsGone(TrackedFace face)
        {
            double silent = face.SilentSeconds;
            double limit = face.IsLost ? _options.HoldSeconds + _options.FadeSeconds : _options.RemoveSeconds;
            return silent > limit && (face.IsLost || silent - _clock.StarvedSeconds > limit);
        }

        private void Remove(int index, List<TrackedFace> removed)
        {
            TrackedFace face = _faces[index];
            _faces.RemoveAt(index);
            face.IsRemoved = true;
            removed.Add(face);
        }

        private void Measure(FacePacket packet, double arrivalSeconds, ClockSync clock)
        {
            long? offset = IsSelf && clock.IsKnown ? clock.OffsetUs : ClockOffsetUs;
            Statistics.AddStageTimes(packet.StageTimesMs);
            Statistics.LossRatio = _sequence.LossRatio;
            if (offset.HasValue && clock.IsKnown)
            {
                long arrivalUs = clock.ToServerUs(MonotonicClock.ToMicroseconds(arrivalSeconds));
                Statistics.AddLatency((arrivalUs - unchecked((long)packet.CaptureTimeUs + offset.Value)) * 1e-6);
            }
        }

        private void MeasureDisplay(double nowSeconds, ClockSync clock)
        {
            double waited = nowSeconds - _clock.LastArrivalSeconds;
            double interval = _clock.IntervalSeconds;
            Statistics.JitterSeconds = _clock.JitterSeconds;
            Statistics.BufferDelaySeconds = _clock.DelaySeconds;
            Statistics.PacketsPerSecond = !_clock.IsRunning ? 0.0 : 1.0 / (waited > 3.0 * interval ? waited : interval);
            double behind = _clock.NewestSeconds - _clock.PositionSeconds;
            Statistics.DisplayLatencySeconds = Statistics.LatencySeconds + behind + waited;
        }
    }
}

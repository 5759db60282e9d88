using System;
using System.Collections.Generic;

namespace Facecast.Core.Tests
{
    /// <summary>
    /// Plays a made stream through a playback clock and an interpolator: packets are sent at a rate, each arrives
    /// after a delay (or never), and frames are rendered at another rate. One weight and the yaw carry the signal.
    /// </summary>
    internal sealed class Playback
    {
        private readonly List<KeyValuePair<double, int>> _arrivals = new List<KeyValuePair<double, int>>();
        private readonly FaceFrame _snapshot = new FaceFrame();
        private readonly FaceFrame _output = new FaceFrame();

        public Playback()
        {
            Options = new PlaybackOptions();
            Signal = t => 0.5 + 0.5 * Math.Sin(2.0 * Math.PI * t);
            DelayOf = index => 0.03;
            HasFace = index => true;
            TimeOf = index => 100.0 + index / 30.0;
            Seconds = 6.0;
            RenderRate = 60.0;
        }

        /// <summary>Settings of the playback.</summary>
        public PlaybackOptions Options { get; set; }

        /// <summary>The weight 0..1 at a time of the publisher's clock.</summary>
        public Func<double, double> Signal { get; set; }

        /// <summary>A packet's transit in seconds; negative when it never arrives.</summary>
        public Func<int, double> DelayOf { get; set; }

        /// <summary>Whether a packet shows the face.</summary>
        public Func<int, bool> HasFace { get; set; }

        /// <summary>A packet's time by the publisher's clock, which is also when it is sent, if no SentAt is given.</summary>
        public Func<int, double> TimeOf { get; set; }

        /// <summary>A packet's local time of sending, where the clocks differ.</summary>
        public Func<int, double> SentAt { get; set; }

        /// <summary>Packets that are sent; as many as fit when null.</summary>
        public int? Packets { get; set; }

        /// <summary>How long frames are rendered, from the first packet's sending.</summary>
        public double Seconds { get; set; }

        /// <summary>Frames per second.</summary>
        public double RenderRate { get; set; }

        /// <summary>What was rendered, frame by frame.</summary>
        public List<double> Weights { get; } = new List<double>();

        /// <summary>The presence, frame by frame.</summary>
        public List<double> Presences { get; } = new List<double>();

        /// <summary>The shown moment in stream time, frame by frame.</summary>
        public List<double> Positions { get; } = new List<double>();

        /// <summary>How far the shown moment was behind the sending, frame by frame; the clocks are taken as equal.</summary>
        public List<double> Behind { get; } = new List<double>();

        /// <summary>The clock that played.</summary>
        public PlaybackClock Clock { get; private set; }

        /// <summary>The most snapshots that were ever buffered.</summary>
        public int MostBuffered { get; private set; }

        /// <summary>The largest change between two frames, after the half second in which the face appears.</summary>
        public double LargestStep
        {
            get { return LargestStepAfter(0.5); }
        }

        /// <summary>Play it all.</summary>
        public Playback Run()
        {
            double start = SentAt == null ? TimeOf(0) : SentAt(0);
            Schedule(start);
            Clock = new PlaybackClock(Options);
            SnapshotInterpolator face = new SnapshotInterpolator(Options);
            int next = 0;
            for (int frame = 0; frame / RenderRate < Seconds; frame++)
            {
                double now = start + frame / RenderRate;
                while (next < _arrivals.Count && _arrivals[next].Key <= now)
                {
                    Arrive(face, _arrivals[next].Value, _arrivals[next].Key);
                    next++;
                }

                Render(face, now);
            }

            return this;
        }

        /// <summary>The largest change between two frames from a time on.</summary>
        public double LargestStepAfter(double seconds)
        {
            double largest = 0.0;
            for (int i = Math.Max(1, (int)(seconds * RenderRate)); i < Weights.Count; i++)
            {
                largest = Math.Max(largest, Math.Abs(Weights[i] - Weights[i - 1]));
            }

            return largest;
        }

        private void Schedule(double start)
        {
            for (int index = 0; index < (Packets ?? int.MaxValue); index++)
            {
                double sent = SentAt == null ? TimeOf(index) : SentAt(index);
                double delay = DelayOf(index);
                if (sent > start + Seconds)
                {
                    break;
                }

                if (delay >= 0.0)
                {
                    _arrivals.Add(new KeyValuePair<double, int>(sent + delay, index));
                }
            }

            _arrivals.Sort((a, b) => a.Key != b.Key ? a.Key.CompareTo(b.Key) : a.Value.CompareTo(b.Value));
        }

        private void Arrive(SnapshotInterpolator face, int index, double now)
        {
            bool isRestart;
            double time = TimeOf(index);
            _snapshot.Blendshapes[0] = (float)Signal(time);
            double half = 0.5 * Signal(time);
            _snapshot.Rotation = new HeadRotation(0f, (float)Math.Sin(half), 0f, (float)Math.Cos(half));
            _snapshot.Presence = 1f;
            _snapshot.CaptureTimeUs = (ulong)(time * 1e6);
            double streamTime = Clock.Add(_snapshot.CaptureTimeUs, now, out isRestart);
            if (HasFace(index))
            {
                face.Add(streamTime, _snapshot);
            }

            MostBuffered = Math.Max(MostBuffered, face.BufferedCount);
        }

        private void Render(SnapshotInterpolator face, double now)
        {
            Clock.Advance(now);
            if (face.TryGet(Clock, now, _output))
            {
                Weights.Add(_output.Blendshapes[0]);
                Presences.Add(_output.Presence);
                Positions.Add(Clock.PositionSeconds);
                Behind.Add(now - _output.CaptureTimeUs * 1e-6);
            }
        }
    }
}

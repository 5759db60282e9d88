using System;
using System.Collections.Generic;

namespace Facecast.Core
{
    /// <summary>How one participant's packets arrive.</summary>
    public sealed class StreamStatistics
    {
        private const double Gain = 0.1; // of the moving means: about the last ten packets

        private readonly float[] _stageTimesMs = new float[WireTables.StageCount];

        /// <summary>Packets that arrived.</summary>
        public long Packets { get; internal set; }

        /// <summary>Packets that had arrived before.</summary>
        public long Duplicates { get; internal set; }

        /// <summary>Packets that came after newer ones.</summary>
        public long Late { get; internal set; }

        /// <summary>Packets per second; falls when none come any more.</summary>
        public double PacketsPerSecond { get; internal set; }

        /// <summary>The share of the last 64 frames that never came, 0..1: lost, or dropped by the server for newer ones.</summary>
        public double LossRatio { get; internal set; }

        /// <summary>How far what is shown lies behind the fastest arrival, in seconds.</summary>
        public double BufferDelaySeconds { get; internal set; }

        /// <summary>Mean change of transit between neighbouring packets, in seconds.</summary>
        public double JitterSeconds { get; internal set; }

        /// <summary>From the camera to the arrival here, in seconds; NaN until both clocks are known.</summary>
        public double LatencySeconds { get; private set; } = double.NaN;

        /// <summary>From the camera to the moment when it is shown, in seconds; NaN until both clocks are known.</summary>
        public double DisplayLatencySeconds { get; internal set; } = double.NaN;

        /// <summary>The server's times of the last packet in milliseconds, in the order of <see cref="WireTables.Stages"/>.</summary>
        public IReadOnlyList<float> StageTimesMs
        {
            get { return _stageTimesMs; }
        }

        internal void AddStageTimes(float[] timesMs)
        {
            Array.Copy(timesMs, _stageTimesMs, _stageTimesMs.Length);
        }

        internal void AddLatency(double seconds)
        {
            LatencySeconds = double.IsNaN(LatencySeconds) ? seconds : LatencySeconds + (seconds - LatencySeconds) * Gain;
        }

        internal void ForgetLatency()
        {
            LatencySeconds = double.NaN;
            DisplayLatencySeconds = double.NaN;
        }
    }
}

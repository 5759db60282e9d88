using System;

namespace Facecast.Core
{
    /// <summary>
    /// Measures how a stream's packets arrive: their interval, the jitter, and the shortest transit of the last
    /// packets, which follows a drift of the clocks and a change of the path.
    /// </summary>
    internal sealed class ArrivalMeter
    {
        private const int Window = 64; // packets: two seconds at 30 per second
        private const double FirstIntervalSeconds = 1.0 / 30.0; // until it is measured
        private const double FirstJitterSeconds = 0.01; // a good wireless network; until it is measured
        private const double JitterGain = 1.0 / 16.0; // RFC 3550, 6.4.1
        private const double LongestStepSeconds = 0.25; // one stall counts as no more, however long it was
        private const double LongestIntervalSeconds = 0.5; // two packets per second are the slowest stream

        private readonly double[] _transits = new double[Window];
        private int _next;
        private int _count;
        private double _lastTransit;
        private double _lastTime;

        /// <summary>Mean interval of the packets' own times, in seconds.</summary>
        public double IntervalSeconds { get; private set; } = FirstIntervalSeconds;

        /// <summary>Mean change of transit between neighbouring packets, in seconds.</summary>
        public double JitterSeconds { get; private set; } = FirstJitterSeconds;

        /// <summary>The shortest transit of the last packets: arrival minus the packet's own time, so of any origin.</summary>
        public double BaseTransitSeconds { get; private set; }

        /// <summary>Forget the transits, for a stream that begins anew; interval and jitter stay.</summary>
        public void Restart()
        {
            _next = 0;
            _count = 0;
        }

        /// <summary>Learn from a packet that is newer than all before.</summary>
        public void Add(double timeSeconds, double arrivalSeconds)
        {
            double transit = arrivalSeconds - timeSeconds;
            if (_count > 0)
            {
                double change = Math.Min(LongestStepSeconds, Math.Abs(transit - _lastTransit));
                double interval = Math.Min(LongestIntervalSeconds, timeSeconds - _lastTime);
                JitterSeconds += (change - JitterSeconds) * JitterGain;
                IntervalSeconds += (interval - IntervalSeconds) * JitterGain;
            }

            _lastTransit = transit;
            _lastTime = timeSeconds;
            _transits[_next] = transit;
            _next = (_next + 1) % Window;
            _count = Math.Min(_count + 1, Window);
            double shortest = transit;
            for (int i = 0; i < _count; i++)
            {
                shortest = Math.Min(shortest, _transits[i]);
            }

            BaseTransitSeconds = shortest;
        }
    }
}

using System;

namespace Facecast.Core
{
    /// <summary>
    /// How long to wait before the next attempt: doubled each time, up to a limit, and half of it by chance, so
    /// that many clients do not come back in the same moment.
    /// </summary>
    public sealed class Backoff
    {
        private readonly double _firstSeconds;
        private readonly double _longestSeconds;
        private readonly Random _random;
        private int _attempts;

        /// <summary>Make a back-off; the seed is for tests.</summary>
        public Backoff(double firstSeconds = 0.5, double longestSeconds = 15.0, int? seed = null)
        {
            _firstSeconds = firstSeconds;
            _longestSeconds = longestSeconds;
            _random = seed.HasValue ? new Random(seed.Value) : new Random();
        }

        /// <summary>Begin anew after a success.</summary>
        public void Reset()
        {
            _attempts = 0;
        }

        /// <summary>Get the next wait: between a half and the whole of the present step.</summary>
        public double NextSeconds()
        {
            double step = Math.Min(_longestSeconds, _firstSeconds * Math.Pow(2.0, Math.Min(_attempts, 30)));
            _attempts++;
            return step * (0.5 + 0.5 * _random.NextDouble());
        }
    }
}

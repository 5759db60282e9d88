using System;

namespace Facecast.Core
{
    /// <summary>
    /// Learns how far the server's clock is ahead of this client's, from pings and pongs. Of the last answers the
    /// one with the shortest round trip counts, since it waited least on its way.
    /// Source: the clock filter of NTP (RFC 5905, section 10).
    /// </summary>
    public sealed class ClockSync
    {
        private const int Remembered = 16; // pongs; at one a second a drift of 50 ppm stays below 1 ms

        private readonly long[] _offsetsUs = new long[Remembered];
        private readonly long[] _roundTripsUs = new long[Remembered];
        private int _next;
        private int _count;

        /// <summary>Whether an answer came since the connection was made.</summary>
        public bool IsKnown
        {
            get { return _count > 0; }
        }

        /// <summary>Server clock minus this client's clock, in microseconds; 0 until it is known.</summary>
        public long OffsetUs { get; private set; }

        /// <summary>The round trip of the answer that gave the offset, in microseconds.</summary>
        public long RoundTripUs { get; private set; }

        /// <summary>The round trip of the newest answer, in microseconds.</summary>
        public long LastRoundTripUs { get; private set; }

        /// <summary>Forget everything: another server has another clock.</summary>
        public void Reset()
        {
            _next = 0;
            _count = 0;
            OffsetUs = 0;
            RoundTripUs = 0;
            LastRoundTripUs = 0;
        }

        /// <summary>
        /// Learn from an answer that came at <paramref name="arrivalTimeUs"/> of this client's clock. False when
        /// its times are impossible; it is ignored then.
        /// </summary>
        public bool Add(Pong pong, ulong arrivalTimeUs)
        {
            long away = unchecked((long)(arrivalTimeUs - pong.ClientTimeUs));
            long inside = unchecked((long)(pong.SendTimeUs - pong.ReceiveTimeUs));
            if (away < 0 || inside < 0 || inside > away)
            {
                return false;
            }

            long before = unchecked((long)(pong.ReceiveTimeUs - pong.ClientTimeUs));
            long after = unchecked((long)(pong.SendTimeUs - arrivalTimeUs));
            _offsetsUs[_next] = before / 2 + after / 2 + (before % 2 + after % 2) / 2; // their sum may not fit
            _roundTripsUs[_next] = away - inside;
            LastRoundTripUs = away - inside;
            _next = (_next + 1) % Remembered;
            _count = Math.Min(_count + 1, Remembered);
            Choose();
            return true;
        }

        /// <summary>The server's time at a moment of this client's clock, both in microseconds.</summary>
        public long ToServerUs(ulong clientTimeUs)
        {
            return unchecked((long)clientTimeUs + OffsetUs);
        }

        private void Choose()
        {
            int best = 0;
            for (int i = 1; i < _count; i++)
            {
                best = _roundTripsUs[i] < _roundTripsUs[best] ? i : best;
            }

            OffsetUs = _offsetsUs[best];
            RoundTripUs = _roundTripsUs[best];
        }
    }
}

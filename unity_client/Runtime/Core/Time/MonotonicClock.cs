using System.Diagnostics;

namespace Facecast.Core
{
    /// <summary>The clock that everything here is measured with: it never goes back and has no relation to the date.</summary>
    public static class MonotonicClock
    {
        /// <summary>Seconds since some moment before.</summary>
        public static double NowSeconds
        {
            get { return Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency; }
        }

        /// <summary>The same moment in microseconds, as the wire carries times.</summary>
        public static ulong NowMicroseconds
        {
            get { return ToMicroseconds(NowSeconds); }
        }

        /// <summary>Change seconds of this clock into microseconds.</summary>
        public static ulong ToMicroseconds(double seconds)
        {
            return seconds <= 0.0 ? 0UL : (ulong)(seconds * 1e6);
        }
    }
}

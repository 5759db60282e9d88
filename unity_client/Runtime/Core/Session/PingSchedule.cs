namespace Facecast.Core
{
    /// <summary>When to ask for the server's clock: a few times quickly, then every second.</summary>
    internal sealed class PingSchedule
    {
        private const int QuickPings = 5; // enough for a first good offset within a second
        private const double QuickSeconds = 0.2;
        private const double SlowSeconds = 1.0;

        private double _due = double.PositiveInfinity;
        private int _sent;

        /// <summary>The number of the last ping.</summary>
        public uint LastId { get; private set; }

        /// <summary>Begin for a new connection.</summary>
        public void Restart(double nowSeconds)
        {
            _due = nowSeconds;
            _sent = 0;
        }

        /// <summary>Stop, since there is no connection.</summary>
        public void Stop()
        {
            _due = double.PositiveInfinity;
        }

        /// <summary>Whether a ping is due; if so, its number is the next <see cref="LastId"/>.</summary>
        public bool TryTake(double nowSeconds)
        {
            if (nowSeconds < _due)
            {
                return false;
            }

            _sent++;
            _due = nowSeconds + (_sent < QuickPings ? QuickSeconds : SlowSeconds);
            LastId = unchecked(LastId + 1);
            return true;
        }
    }
}

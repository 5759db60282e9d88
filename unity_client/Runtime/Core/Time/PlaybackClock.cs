using System;

namespace Facecast.Core
{
    /// <summary>
    /// Decides which moment of one participant's stream is shown. It stays behind the arrivals by an adaptive
    /// delay (one interval and a multiple of the measured jitter), corrects itself by playing a few per cent
    /// faster or slower, waits when nothing is there, and never goes back.
    /// </summary>
    /// <remarks>
    /// Stream time is the publisher's clock in seconds, moved so that it goes on where a publisher that started
    /// anew begins with another clock.
    /// </remarks>
    public sealed class PlaybackClock
    {
        private const double BreakSeconds = 1.0; // a step of the publisher's clock that no network explains
        private const double ConfirmSeconds = 0.25; // of nothing but old packets: then it is another clock
        private const double ResponseSeconds = 0.5; // an error of this size would be corrected at double speed

        private readonly PlaybackOptions _options;
        private readonly ArrivalMeter _meter = new ArrivalMeter();
        private ulong _originUs;
        private double _shiftSeconds;
        private double _oldSince = double.PositiveInfinity;
        private double _lastArrival;
        private double _lastAdvance;

        /// <summary>Make a clock that nothing has arrived at.</summary>
        public PlaybackClock(PlaybackOptions options)
        {
            _options = options;
        }

        /// <summary>Whether a packet has arrived.</summary>
        public bool IsRunning { get; private set; }

        /// <summary>The moment shown, in seconds of stream time.</summary>
        public double PositionSeconds { get; private set; }

        /// <summary>The newest packet's stream time.</summary>
        public double NewestSeconds { get; private set; }

        /// <summary>How long nothing new was there to show, in seconds; 0 while playing.</summary>
        public double StarvedSeconds { get; private set; }

        /// <summary>Whether a stream time is so old that it belongs to nothing that could still be shown.</summary>
        internal bool IsTooOld(double timeSeconds)
        {
            return timeSeconds < NewestSeconds - BreakSeconds;
        }

        /// <summary>How often playing jumped forward.</summary>
        public int Jumps { get; private set; }

        /// <summary>The delay aimed at, in seconds behind the fastest arrival.</summary>
        public double DelaySeconds
        {
            get
            {
                double delay = _meter.IntervalSeconds + _options.JitterFactor * _meter.JitterSeconds;
                return Math.Max(_options.MinimumDelaySeconds, Math.Min(_options.MaximumDelaySeconds, delay));
            }
        }

        /// <summary>The measured jitter, in seconds.</summary>
        public double JitterSeconds
        {
            get { return _meter.JitterSeconds; }
        }

        /// <summary>The mean interval of packets, in seconds.</summary>
        public double IntervalSeconds
        {
            get { return _meter.IntervalSeconds; }
        }

        /// <summary>The local time of the newest packet's arrival, in seconds.</summary>
        public double LastArrivalSeconds
        {
            get { return _lastArrival; }
        }

        /// <summary>
        /// Take a packet's time and get its stream time. <paramref name="isRestart"/> tells that the publisher's
        /// clock is another one than before.
        /// </summary>
        public double Add(ulong captureTimeUs, double arrivalSeconds, out bool isRestart)
        {
            _originUs = IsRunning ? _originUs : captureTimeUs;
            double time = unchecked((long)(captureTimeUs - _originUs)) * 1e-6 + _shiftSeconds; // the difference keeps all digits
            isRestart = IsRunning && IsRestart(time, arrivalSeconds);
            if (isRestart)
            {
                double goesOn = NewestSeconds + Math.Max(arrivalSeconds - _lastArrival, _meter.IntervalSeconds);
                _shiftSeconds += goesOn - time;
                time = goesOn;
                _meter.Restart();
            }

            if (!IsRunning)
            {
                Start(time, arrivalSeconds);
            }

            if (time > NewestSeconds || _lastArrival == double.NegativeInfinity)
            {
                _meter.Add(time, arrivalSeconds);
                NewestSeconds = time;
                _lastArrival = arrivalSeconds;
                _oldSince = double.PositiveInfinity;
            }

            return time;
        }

        /// <summary>Play on to a moment of the local clock; an earlier one than before changes nothing.</summary>
        public void Advance(double nowSeconds)
        {
            double elapsed = nowSeconds - _lastAdvance;
            if (!IsRunning || elapsed <= 0.0)
            {
                return;
            }

            _lastAdvance = nowSeconds;
            double target = nowSeconds - _meter.BaseTransitSeconds - DelaySeconds;
            double position = Follow(target, elapsed);
            if (position >= NewestSeconds)
            {
                StarvedSeconds += PositionSeconds < NewestSeconds ? position - NewestSeconds : elapsed;
                position = Math.Max(PositionSeconds, NewestSeconds);
            }
            else
            {
                StarvedSeconds = 0.0;
            }

            PositionSeconds = position;
        }

        /// <summary>
        /// Whether the publisher's clock went back. Very late packets look the same, but only for a moment: newer
        /// ones come between them. A clock that went forward needs no care: playing jumps after it.
        /// </summary>
        private bool IsRestart(double time, double arrivalSeconds)
        {
            if (time >= NewestSeconds - BreakSeconds)
            {
                return false;
            }

            _oldSince = Math.Min(_oldSince, arrivalSeconds);
            return arrivalSeconds - _oldSince >= ConfirmSeconds;
        }

        private void Start(double time, double arrivalSeconds)
        {
            IsRunning = true;
            NewestSeconds = time;
            _lastArrival = double.NegativeInfinity;
            _lastAdvance = arrivalSeconds;
            PositionSeconds = time - DelaySeconds;
        }

        /// <summary>Move the position toward a target; the result is never less than it was.</summary>
        private double Follow(double target, double elapsed)
        {
            double played = PositionSeconds + elapsed;
            double error = target - played;
            double reachable = Math.Min(target, NewestSeconds);
            if (error > _options.JumpSeconds && reachable > PositionSeconds + _options.JumpSeconds)
            {
                Jumps++;
                return reachable;
            }

            double speed = error / ResponseSeconds;
            return played + elapsed * Math.Max(-_options.SlowDown, Math.Min(_options.CatchUp, speed));
        }
    }
}

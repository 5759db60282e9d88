using System;

namespace Facecast.Core
{
    /// <summary>
    /// Gives one face at any moment from the snapshots that arrived: between two of them it is interpolated, at
    /// breaks of the stream it is cross-faded, and where nothing comes any more it is held and then fades to
    /// neutral. What it shows never snaps. Nothing here allocates after the buffer was filled once.
    /// </summary>
    public sealed class SnapshotInterpolator
    {
        private readonly PlaybackOptions _options;
        private readonly SnapshotBuffer _buffer = new SnapshotBuffer();
        private readonly FaceFrame _shown = new FaceFrame();
        private readonly FaceFrame _blendStart = new FaceFrame();
        private FaceFrame _live = new FaceFrame();
        private FaceFrame _next = new FaceFrame();
        private double _livePosition = double.NegativeInfinity;
        private double _usedUntil = double.NegativeInfinity;
        private double _shownNow = double.NegativeInfinity;
        private double _blendBegan = double.NegativeInfinity;
        private double _silence;
        private double _holdSeconds;
        private double _heldTime;
        private bool _isHeld;
        private int _jumps;
        private bool _hasLive;

        /// <summary>Make an interpolator without snapshots.</summary>
        public SnapshotInterpolator(PlaybackOptions options)
        {
            _options = options;
            _holdSeconds = options.HoldSeconds;
        }

        /// <summary>The newest snapshot's stream time; minus infinity when there is none.</summary>
        public double NewestSeconds { get; private set; } = double.NegativeInfinity;

        /// <summary>How many snapshots wait or are in use; never more than 64.</summary>
        public int BufferedCount
        {
            get { return _buffer.Count; }
        }

        /// <summary>
        /// Copy a snapshot of a stream time. False when it came twice, or so late that its moment is shown already.
        /// </summary>
        public bool Add(double timeSeconds, FaceFrame face)
        {
            if (timeSeconds <= _usedUntil || !_buffer.Insert(timeSeconds, face))
            {
                return false;
            }

            NewestSeconds = Math.Max(NewestSeconds, timeSeconds);
            return true;
        }

        /// <summary>The face will not come again: it fades at once, without being held first.</summary>
        public void End()
        {
            _holdSeconds = Math.Min(_holdSeconds, _silence);
        }

        /// <summary>The face came again after all: from now on it is held before it fades.</summary>
        public void Resume()
        {
            _holdSeconds = _options.HoldSeconds;
        }

        /// <summary>How long a clock's position has been without a snapshot of this face, in seconds.</summary>
        public double SilenceAt(PlaybackClock clock)
        {
            double beyond = clock.PositionSeconds - NewestSeconds;
            return beyond < 0.0 ? 0.0 : beyond + clock.StarvedSeconds;
        }

        /// <summary>
        /// Get the face at a clock's position. <paramref name="nowSeconds"/> is the local time to which the clock
        /// was advanced; asked again for the same, the same is given. False when there was never a snapshot.
        /// </summary>
        public bool TryGet(PlaybackClock clock, double nowSeconds, FaceFrame output)
        {
            if (_buffer.Count == 0)
            {
                return false;
            }

            if (nowSeconds > _shownNow)
            {
                Show(clock, nowSeconds);
                _shownNow = nowSeconds;
            }

            output.CopyFrom(_shown);
            return true;
        }

        private void Show(PlaybackClock clock, double now)
        {
            double position = clock.PositionSeconds;
            int before = _buffer.FindBefore(position);
            if (before < 0)
            {
                ShowBeforeFirst();
                return;
            }

            bool isLive = Read(before, position, LongestBridge(clock));
            bool isOther = _isHeld && _buffer.TimeAt(before) != _heldTime; // what follows a gap has no way to it
            bool isBack = isLive && _isHeld && (_livePosition > _heldTime || _silence > _holdSeconds);
            bool isBreak = !_hasLive || isOther || isBack || clock.Jumps != _jumps;
            _isHeld = !isLive;
            _heldTime = _buffer.TimeAt(before);
            double silence = isLive ? 0.0 : _hasLive ? _silence + (now - _shownNow) : 0.0;
            PreservePeaks(before, position, isBreak);
            Keep(position, silence, clock.Jumps);
            Compose(isBreak, now);
            _buffer.DropOldest(before);
        }

        /// <summary>The first snapshot lies ahead: nobody is seen yet, but where the face will be is known.</summary>
        private void ShowBeforeFirst()
        {
            if (!_hasLive)
            {
                _shown.CopyFrom(_buffer.FaceAt(0));
                _shown.SetNeutral();
            }

            _isHeld = true; // on something that is not there any more: what comes is crossed over to
            _heldTime = double.NegativeInfinity;
        }

        /// <summary>The longest gap between two snapshots that is one movement; longer where packets come rarely.</summary>
        private double LongestBridge(PlaybackClock clock)
        {
            return Math.Max(_options.JumpSeconds, Math.Min(_options.MaximumDelaySeconds, 1.5 * clock.IntervalSeconds));
        }

        /// <summary>Compute the face at a position into <c>_next</c>; false when it is only the last one, held.</summary>
        private bool Read(int before, double position, double longestBridge)
        {
            double from = _buffer.TimeAt(before);
            bool hasNext = before + 1 < _buffer.Count;
            double gap = hasNext ? _buffer.TimeAt(before + 1) - from : 0.0;
            bool isBegun = hasNext && _buffer.TimeAt(before + 1) == _usedUntil; // a movement is played to its end
            if (!hasNext || (gap > longestBridge && !isBegun))
            {
                _next.CopyFrom(_buffer.FaceAt(before));
                _usedUntil = Math.Max(from, position);
                return false;
            }

            FaceFrame first = _buffer.FaceAt(before);
            FaceFrame second = _buffer.FaceAt(before + 1);
            float amount = (float)((position - from) / gap);
            _usedUntil = _buffer.TimeAt(before + 1);
            _next.Interpolate(first, second, amount);
            if (second.CaptureTimeUs > first.CaptureTimeUs)
            {
                _next.CaptureTimeUs = first.CaptureTimeUs + (ulong)((second.CaptureTimeUs - first.CaptureTimeUs) * (double)amount);
            }

            return true;
        }

        /// <summary>
        /// Where rendering is slower than the packets, take the extreme of what was passed over, if it lies
        /// outside of what was shown before and would be shown now: so a blink is seen, at most one frame late.
        /// </summary>
        private void PreservePeaks(int before, double position, bool isBreak)
        {
            if (!_options.PreservePeaks || isBreak || before < 1)
            {
                return;
            }

            int first = Math.Max(1, _buffer.FindBefore(position - _options.JumpSeconds) + 1);
            bool isSlower = first < before
                || (first == before && position - _livePosition > _buffer.TimeAt(before) - _buffer.TimeAt(before - 1));
            if (!isSlower)
            {
                return;
            }

            for (int i = 0; i < _next.Blendshapes.Length; i++)
            {
                float reach = 0f;
                float shown = _live.Blendshapes[i];
                float coming = _next.Blendshapes[i];
                for (int index = first; index <= before; index++)
                {
                    _next.Blendshapes[i] = Farther(_buffer.FaceAt(index).Blendshapes[i], shown, coming, _next.Blendshapes[i], ref reach);
                }
            }

            for (int i = 0; i < _next.ActionUnits.Length; i++)
            {
                float reach = 0f;
                float shown = _live.ActionUnits[i];
                float coming = _next.ActionUnits[i];
                for (int index = first; index <= before; index++)
                {
                    _next.ActionUnits[i] = Farther(_buffer.FaceAt(index).ActionUnits[i], shown, coming, _next.ActionUnits[i], ref reach);
                }
            }
        }

        /// <summary>Choose the value that lies farther outside of the range between two others than any before.</summary>
        private static float Farther(float value, float shown, float coming, float chosen, ref float reach)
        {
            float outside = Math.Max(value - Math.Max(shown, coming), Math.Min(shown, coming) - value);
            if (outside <= reach)
            {
                return chosen;
            }

            reach = outside;
            return value;
        }

        private void Keep(double position, double silence, int jumps)
        {
            FaceFrame last = _live;
            _live = _next;
            _next = last;
            _livePosition = position;
            _silence = silence;
            _jumps = jumps;
        }

        /// <summary>Make what is shown of the live face: faded by its silence, and crossed over from what was shown before a break.</summary>
        private void Compose(bool isBreak, double now)
        {
            if (!_hasLive)
            {
                _shown.CopyFrom(_live);
                _shown.SetNeutral();
                _hasLive = true;
            }

            if (isBreak)
            {
                _blendStart.CopyFrom(_shown);
                _blendBegan = now;
            }

            _shown.CopyFrom(_live);
            _shown.FadeToNeutral(Ease((_silence - _holdSeconds) / _options.FadeSeconds));
            double blended = (now - _blendBegan) / _options.BlendSeconds;
            if (blended < 1.0)
            {
                _shown.Interpolate(_blendStart, _shown, Ease(blended));
            }
        }

        /// <summary>Go from 0 to 1 with a soft start and end.</summary>
        private static float Ease(double amount)
        {
            float t = (float)Math.Max(0.0, Math.Min(1.0, amount));
            return t * t * (3f - 2f * t);
        }
    }
}

namespace Facecast.Core
{
    /// <summary>Remembers which of the last 64 sequence numbers came: finds duplicates and counts what is missing.</summary>
    internal sealed class SequenceWindow
    {
        private const int Size = 64;

        private ulong _seen; // bit 0 is the newest
        private uint _newest;
        private int _span; // numbers since the start, at most 64

        /// <summary>The share of the last numbers that did not come, 0..1.</summary>
        public double LossRatio
        {
            get { return _span == 0 ? 0.0 : 1.0 - CountBits(_seen) / (double)_span; }
        }

        /// <summary>Forget everything, for a stream that begins anew.</summary>
        public void Reset()
        {
            _span = 0;
            _seen = 0;
        }

        /// <summary>Note a number; false when it came before, or is older than the window.</summary>
        public bool Add(uint sequence)
        {
            int ahead = unchecked((int)(sequence - _newest)); // the numbers wrap at 2^32
            if (_span == 0 || ahead > Size * 1024 || ahead < -Size * 1024)
            {
                _newest = sequence;
                _seen = 1;
                _span = 1;
                return true;
            }

            if (ahead > 0)
            {
                _seen = ahead < Size ? _seen << ahead | 1UL : 1UL;
                _newest = sequence;
                _span = ahead < Size - _span ? _span + ahead : Size;
                return true;
            }

            ulong bit = -ahead < Size ? 1UL << -ahead : 0UL;
            bool isNew = bit != 0 && (_seen & bit) == 0 && -ahead < _span;
            _seen |= isNew ? bit : 0UL;
            return isNew;
        }

        private static int CountBits(ulong bits)
        {
            int count = 0;
            for (; bits != 0; bits &= bits - 1)
            {
                count++;
            }

            return count;
        }
    }
}

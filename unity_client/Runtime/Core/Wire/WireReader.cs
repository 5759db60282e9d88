using System;
using System.Text;

namespace Facecast.Core
{
    /// <summary>
    /// Reads msgpack values from a byte array, one after the other, without allocating (but for text). Every
    /// method returns false when the value is of another kind or does not fit into the array; what was read by
    /// then counts for nothing. Nothing here throws because of the bytes.
    /// </summary>
    public struct WireReader
    {
        private const int MaxItems = 1024; // of an array or a map; real messages have 52

        private static readonly UTF8Encoding StrictUtf8 = new UTF8Encoding(false, true);

        private readonly byte[] _buffer;
        private readonly int _end;
        private int _position;

        /// <summary>Read <paramref name="count"/> bytes of a buffer from <paramref name="offset"/> on.</summary>
        public WireReader(byte[] buffer, int offset, int count)
        {
            if (buffer == null)
            {
                throw new ArgumentNullException("buffer");
            }

            if (offset < 0 || count < 0 || offset > buffer.Length - count)
            {
                throw new ArgumentOutOfRangeException("count", "expected a range inside the buffer");
            }

            _buffer = buffer;
            _position = offset;
            _end = offset + count;
        }

        /// <summary>Whether everything was read.</summary>
        public bool IsAtEnd
        {
            get { return _position == _end; }
        }

        /// <summary>Read the head of an array and get the number of its items.</summary>
        public bool TryReadArray(out int count)
        {
            return TryReadHead(0x90, 0xDC, 1, out count);
        }

        /// <summary>Read the head of a map and get the number of its pairs.</summary>
        public bool TryReadMap(out int count)
        {
            return TryReadHead(0x80, 0xDE, 2, out count);
        }

        /// <summary>Read nil, if it comes next; otherwise nothing is read.</summary>
        public bool TryReadNil()
        {
            if (_position >= _end || _buffer[_position] != 0xC0)
            {
                return false;
            }

            _position++;
            return true;
        }

        /// <summary>Read true or false.</summary>
        public bool TryReadBool(out bool value)
        {
            value = _position < _end && _buffer[_position] == 0xC3;
            if (!value && (_position >= _end || _buffer[_position] != 0xC2))
            {
                return false;
            }

            _position++;
            return true;
        }

        /// <summary>Read a whole number that is not negative and at most <paramref name="maximum"/>.</summary>
        public bool TryReadUnsigned(ulong maximum, out ulong value)
        {
            bool isNegative;
            return TryReadInteger(out value, out isNegative) && !isNegative && value <= maximum;
        }

        /// <summary>Read a whole number of 64 bits with a sign.</summary>
        public bool TryReadSigned(out long value)
        {
            ulong bits;
            bool isNegative;
            bool isRead = TryReadInteger(out bits, out isNegative);
            value = unchecked((long)bits);
            return isRead && (isNegative || bits <= long.MaxValue);
        }

        /// <summary>Read a number of any kind as double precision.</summary>
        public bool TryReadNumber(out double value)
        {
            value = 0.0;
            int code = PeekCode();
            if (code == 0xCA && Has(5))
            {
                value = LittleEndian.ToSingle((uint)BigEndian(_position + 1, 4));
                _position += 5;
                return true;
            }

            if (code == 0xCB && Has(9))
            {
                value = BitConverter.Int64BitsToDouble(unchecked((long)BigEndian(_position + 1, 8)));
                _position += 9;
                return true;
            }

            ulong bits;
            bool isNegative;
            bool isRead = TryReadInteger(out bits, out isNegative);
            value = isNegative ? unchecked((long)bits) : (double)bits;
            return isRead;
        }

        /// <summary>Read bytes: where they lie in the buffer, and how many they are.</summary>
        public bool TryReadBin(out int offset, out int count)
        {
            int code = PeekCode();
            offset = 0;
            count = 0;
            return code >= 0xC4 && code <= 0xC6 && TryReadBlock(1 << (code - 0xC4), 0, out offset, out count);
        }

        /// <summary>Read bytes into an array of their own.</summary>
        public bool TryReadBytes(out byte[] value)
        {
            int offset;
            int count;
            value = null;
            if (!TryReadBin(out offset, out count))
            {
                return false;
            }

            value = new byte[count];
            Buffer.BlockCopy(_buffer, offset, value, 0, count);
            return true;
        }

        /// <summary>Read a text, which must be valid UTF-8.</summary>
        public bool TryReadText(out string value)
        {
            int offset;
            int count;
            value = null;
            if (!TryReadTextBlock(out offset, out count))
            {
                return false;
            }

            try
            {
                value = StrictUtf8.GetString(_buffer, offset, count);
                return true;
            }
            catch (ArgumentException) // DecoderFallbackException: not UTF-8
            {
                return false;
            }
        }

        /// <summary>Read over the next value, whatever it is.</summary>
        public bool TrySkip()
        {
            return WireSkipper.TrySkip(ref this, 0);
        }

        /// <summary>The code of the next value; -1 at the end.</summary>
        internal int PeekCode()
        {
            return _position < _end ? _buffer[_position] : -1;
        }

        /// <summary>Read over so many bytes; false when they are not there, or there is nothing to read over.</summary>
        internal bool TryAdvance(int size)
        {
            if (size == 0 || !Has(size))
            {
                return false;
            }

            _position += size;
            return true;
        }

        /// <summary>Read the head of an array or map: a code of 16 small ones, or of two with 2 or 4 bytes of length.</summary>
        private bool TryReadHead(int small, int large, int itemsEach, out int count)
        {
            count = 0;
            int code = PeekCode();
            int lengthBytes = code == large ? 2 : code == large + 1 ? 4 : 0;
            ulong read;
            if (code >= small && code <= small + 15)
            {
                read = (ulong)(code - small);
            }
            else if (lengthBytes > 0 && Has(1 + lengthBytes))
            {
                read = BigEndian(_position + 1, lengthBytes);
            }
            else
            {
                return false;
            }

            int left = _end - _position - 1 - lengthBytes; // each item takes a byte or more
            if (read > MaxItems || (int)read * itemsEach > left)
            {
                return false;
            }

            _position += 1 + lengthBytes;
            count = (int)read;
            return true;
        }

        private bool TryReadInteger(out ulong bits, out bool isNegative)
        {
            bits = 0;
            isNegative = false;
            int code = PeekCode();
            if (code >= 0 && code < 0x80)
            {
                bits = (ulong)code;
                _position++;
                return true;
            }

            if (code >= 0xE0)
            {
                bits = unchecked((ulong)(long)(sbyte)code);
                isNegative = true;
                _position++;
                return true;
            }

            if (code < 0xCC || code > 0xD3)
            {
                return false;
            }

            bool isSigned = code >= 0xD0;
            int size = 1 << (code - (isSigned ? 0xD0 : 0xCC));
            if (!Has(1 + size))
            {
                return false;
            }

            bits = BigEndian(_position + 1, size);
            _position += 1 + size;
            if (isSigned)
            {
                int unused = 64 - 8 * size;
                bits = unchecked((ulong)((long)(bits << unused) >> unused)); // extend the sign
                isNegative = unchecked((long)bits) < 0;
            }

            return true;
        }

        /// <summary>Read a text, and get where its bytes lie.</summary>
        internal bool TryReadTextBlock(out int offset, out int count)
        {
            int code = PeekCode();
            offset = _position + 1;
            count = code - 0xA0;
            if (code >= 0xA0 && code <= 0xBF)
            {
                return TryAdvance(1 + count);
            }

            count = 0;
            return code >= 0xD9 && code <= 0xDB && TryReadBlock(1 << (code - 0xD9), 0, out offset, out count);
        }

        /// <summary>Read a code, its length of some bytes, and as many bytes as that says (and <paramref name="more"/>).</summary>
        internal bool TryReadBlock(int lengthBytes, int more, out int offset, out int count)
        {
            offset = _position + 1 + lengthBytes;
            count = 0;
            if (!Has(1 + lengthBytes))
            {
                return false;
            }

            ulong length = BigEndian(_position + 1, lengthBytes) + (ulong)more;
            if (length > (ulong)(_end - offset))
            {
                return false;
            }

            count = (int)length;
            _position = offset + count;
            return true;
        }

        private bool Has(int count)
        {
            return count <= _end - _position;
        }

        private ulong BigEndian(int offset, int count)
        {
            ulong value = 0;
            for (int i = 0; i < count; i++)
            {
                value = value << 8 | _buffer[offset + i];
            }

            return value;
        }
    }
}

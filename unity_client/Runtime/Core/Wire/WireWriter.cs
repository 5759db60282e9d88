using System;
using System.Text;

namespace Facecast.Core
{
    /// <summary>
    /// Writes msgpack values into a buffer that grows as needed and is used again after <see cref="Clear"/>. Each
    /// value takes the shortest form, so equal messages are equal bytes.
    /// </summary>
    public sealed class WireWriter
    {
        private byte[] _buffer;
        private int _count;

        /// <summary>Make a writer with room for some bytes.</summary>
        public WireWriter(int capacity = 256)
        {
            _buffer = new byte[capacity];
        }

        /// <summary>The bytes; only the first <see cref="Count"/> are written. Another array after it has grown.</summary>
        public byte[] Buffer
        {
            get { return _buffer; }
        }

        /// <summary>How many bytes are written.</summary>
        public int Count
        {
            get { return _count; }
        }

        /// <summary>Forget what was written; the buffer is kept.</summary>
        public void Clear()
        {
            _count = 0;
        }

        /// <summary>Write the head of an array; its items follow.</summary>
        public void WriteArray(int count)
        {
            WriteHead(count, 0x90, 0xDC);
        }

        /// <summary>Write the head of a map; its keys and values follow in turn.</summary>
        public void WriteMap(int count)
        {
            WriteHead(count, 0x80, 0xDE);
        }

        /// <summary>Write nil.</summary>
        public void WriteNil()
        {
            WriteByte(0xC0);
        }

        /// <summary>Write true or false.</summary>
        public void WriteBool(bool value)
        {
            WriteByte(value ? 0xC3 : 0xC2);
        }

        /// <summary>Write a whole number that is not negative.</summary>
        public void WriteUnsigned(ulong value)
        {
            if (value < 0x80)
            {
                WriteByte((int)value);
                return;
            }

            int power = value <= byte.MaxValue ? 0 : value <= ushort.MaxValue ? 1 : value <= uint.MaxValue ? 2 : 3;
            WriteByte(0xCC + power);
            WriteBigEndian(value, 1 << power);
        }

        /// <summary>Write a whole number with a sign.</summary>
        public void WriteSigned(long value)
        {
            if (value >= 0)
            {
                WriteUnsigned((ulong)value);
                return;
            }

            if (value >= -32)
            {
                WriteByte((byte)value);
                return;
            }

            int power = value >= sbyte.MinValue ? 0 : value >= short.MinValue ? 1 : value >= int.MinValue ? 2 : 3;
            WriteByte(0xD0 + power);
            WriteBigEndian(unchecked((ulong)value), 1 << power);
        }

        /// <summary>Write a text.</summary>
        public void WriteText(string value)
        {
            int size = Encoding.UTF8.GetByteCount(value);
            if (size < 32)
            {
                WriteByte(0xA0 + size);
            }
            else
            {
                WriteBlockHead(0xD9, size);
            }

            Reserve(size);
            _count += Encoding.UTF8.GetBytes(value, 0, value.Length, _buffer, _count);
        }

        /// <summary>Write bytes.</summary>
        public void WriteBin(byte[] source, int offset, int count)
        {
            WriteBlockHead(0xC4, count);
            Reserve(count);
            System.Buffer.BlockCopy(source, offset, _buffer, _count, count);
            _count += count;
        }

        private void WriteHead(int count, int small, int large)
        {
            if (count < 16)
            {
                WriteByte(small + count);
                return;
            }

            bool isShort = count <= ushort.MaxValue;
            WriteByte(isShort ? large : large + 1);
            WriteBigEndian((ulong)count, isShort ? 2 : 4);
        }

        private void WriteBlockHead(int code, int size)
        {
            int power = size <= byte.MaxValue ? 0 : size <= ushort.MaxValue ? 1 : 2;
            WriteByte(code + power);
            WriteBigEndian((ulong)size, 1 << power);
        }

        private void WriteBigEndian(ulong value, int size)
        {
            Reserve(size);
            for (int shift = 8 * (size - 1); shift >= 0; shift -= 8)
            {
                _buffer[_count++] = unchecked((byte)(value >> shift));
            }
        }

        private void WriteByte(int value)
        {
            Reserve(1);
            _buffer[_count++] = unchecked((byte)value);
        }

        private void Reserve(int more)
        {
            int needed = checked(_count + more);
            if (needed > _buffer.Length)
            {
                Array.Resize(ref _buffer, Math.Max(needed + needed / 4, 2 * _buffer.Length)); // room for what grows a little
            }
        }
    }
}

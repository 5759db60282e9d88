namespace Facecast.Core
{
    /// <summary>Reads over values that this version does not know, of any kind and nesting.</summary>
    internal static class WireSkipper
    {
        private const int MaxDepth = 32; // nested arrays and maps; real messages have 3

        /// <summary>Read over the next value; false when it is not whole, or nested too deeply.</summary>
        public static bool TrySkip(ref WireReader reader, int depth)
        {
            int code = reader.PeekCode();
            if (code < 0 || depth > MaxDepth)
            {
                return false;
            }

            if ((code >= 0x90 && code <= 0x9F) || code == 0xDC || code == 0xDD)
            {
                int items;
                return reader.TryReadArray(out items) && TrySkipItems(ref reader, items, depth);
            }

            if ((code >= 0x80 && code <= 0x8F) || code == 0xDE || code == 0xDF)
            {
                int pairs;
                return reader.TryReadMap(out pairs) && TrySkipItems(ref reader, 2 * pairs, depth);
            }

            return TrySkipPlain(ref reader, code);
        }

        private static bool TrySkipItems(ref WireReader reader, int count, int depth)
        {
            for (int i = 0; i < count; i++)
            {
                if (!TrySkip(ref reader, depth + 1))
                {
                    return false;
                }
            }

            return true;
        }

        private static bool TrySkipPlain(ref WireReader reader, int code)
        {
            int offset;
            int count;
            if ((code >= 0xA0 && code <= 0xBF) || (code >= 0xD9 && code <= 0xDB))
            {
                return reader.TryReadTextBlock(out offset, out count);
            }

            if (code >= 0xC4 && code <= 0xC6)
            {
                return reader.TryReadBin(out offset, out count);
            }

            if (code >= 0xC7 && code <= 0xC9) // an extension with its length before its type
            {
                return reader.TryReadBlock(1 << (code - 0xC7), 1, out offset, out count);
            }

            return reader.TryAdvance(FixedSize(code));
        }

        /// <summary>Bytes of a value whose code alone tells its size; 0 for a code that msgpack does not use.</summary>
        private static int FixedSize(int code)
        {
            if (code < 0x80 || code >= 0xE0 || code == 0xC0 || code == 0xC2 || code == 0xC3)
            {
                return 1; // a small number, nil, false, true
            }

            if (code >= 0xCC && code <= 0xD3)
            {
                return 1 + (1 << (code & 3)); // a whole number of 1, 2, 4 or 8 bytes
            }

            if (code >= 0xD4 && code <= 0xD8)
            {
                return 2 + (1 << (code - 0xD4)); // an extension of 1, 2, 4, 8 or 16 bytes
            }

            return code == 0xCA ? 5 : code == 0xCB ? 9 : 0; // single and double precision
        }
    }
}

using System.Runtime.InteropServices;

namespace Facecast.Core
{
    /// <summary>Reads the packed numbers of a packet, which are little-endian on every machine.</summary>
    internal static class LittleEndian
    {
        /// <summary>Read an unsigned number of 16 bits.</summary>
        public static int ReadU16(byte[] buffer, int offset)
        {
            return buffer[offset] | buffer[offset + 1] << 8;
        }

        /// <summary>Read a signed number of 16 bits.</summary>
        public static int ReadI16(byte[] buffer, int offset)
        {
            return unchecked((short)ReadU16(buffer, offset));
        }

        /// <summary>Read an unsigned number of 32 bits.</summary>
        public static uint ReadU32(byte[] buffer, int offset)
        {
            return (uint)ReadU16(buffer, offset) | (uint)ReadU16(buffer, offset + 2) << 16;
        }

        /// <summary>Read an unsigned number of 64 bits.</summary>
        public static ulong ReadU64(byte[] buffer, int offset)
        {
            return ReadU32(buffer, offset) | (ulong)ReadU32(buffer, offset + 4) << 32;
        }

        /// <summary>Read a number of single precision.</summary>
        public static float ReadSingle(byte[] buffer, int offset)
        {
            return ToSingle(ReadU32(buffer, offset));
        }

        /// <summary>Take 32 bits as a number of single precision.</summary>
        public static float ToSingle(uint bits)
        {
            SingleBits both = default(SingleBits);
            both.Bits = bits;
            return both.Value;
        }

        [StructLayout(LayoutKind.Explicit)]
        private struct SingleBits
        {
            [FieldOffset(0)]
            public uint Bits;

            [FieldOffset(0)]
            public float Value;
        }
    }
}

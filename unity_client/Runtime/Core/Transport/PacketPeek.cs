namespace Facecast.Core
{
    /// <summary>Looks whose packet a message is, without reading more of it.</summary>
    internal static class PacketPeek
    {
        /// <summary>The publisher's id, or -1 when the message is no packet.</summary>
        public static int Participant(byte[] buffer, int offset, int count)
        {
            int fields;
            ulong id = 0;
            ulong participant = 0;
            WireReader reader = new WireReader(buffer, offset, count);
            bool isPacket = reader.TryReadArray(out fields) && fields > 1 && reader.TryReadUnsigned(byte.MaxValue, out id)
                && id == WireTables.MessageId.Packet && reader.TryReadUnsigned(ushort.MaxValue, out participant);
            return isPacket ? (int)participant : -1;
        }
    }
}

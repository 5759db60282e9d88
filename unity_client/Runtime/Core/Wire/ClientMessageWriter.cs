using System;

namespace Facecast.Core
{
    /// <summary>
    /// Writes the messages that a client sends. One message at a time: each method forgets the one before and
    /// leaves the new one in <see cref="Buffer"/>, 0..<see cref="Count"/>. Not for several threads at once.
    /// </summary>
    public sealed class ClientMessageWriter
    {
        private readonly WireWriter _writer;

        /// <summary>Make a writer with room for some bytes; it grows as needed.</summary>
        public ClientMessageWriter(int capacity = 256)
        {
            _writer = new WireWriter(capacity);
        }

        /// <summary>The message's bytes; another array after it has grown.</summary>
        public byte[] Buffer
        {
            get { return _writer.Buffer; }
        }

        /// <summary>The message's length.</summary>
        public int Count
        {
            get { return _writer.Count; }
        }

        /// <summary>Write who this client is and what it wants; nil fields at the end are left away.</summary>
        /// <exception cref="WireException">The name or the calibration is longer than the wire allows.</exception>
        public void WriteHello(string client, ReceiveOptions options, byte[] neutral)
        {
            if (client != null && client.Length > WireTables.Limit.NameCharacters)
            {
                throw Refuse("a client name of at most " + WireTables.Limit.NameCharacters + " characters, got " + client.Length);
            }

            if (neutral != null)
            {
                CheckNeutral(neutral);
            }

            int fields = neutral != null ? 4 : !options.IsEmpty ? 3 : client != null ? 2 : 1;
            Begin(WireTables.MessageId.Hello, fields);
            _writer.WriteUnsigned(WireTables.ProtocolVersion);
            if (fields > 1)
            {
                WriteTextOrNil(client);
            }

            if (fields > 2)
            {
                WriteOptionsOrNil(options);
            }

            if (fields > 3)
            {
                _writer.WriteBin(neutral, 0, neutral.Length);
            }
        }

        /// <summary>Write one camera picture. Width and height are needed for raw formats and otherwise left away.</summary>
        /// <exception cref="WireException">A raw picture's length does not fit its size, or it has no size.</exception>
        public void WriteFrame(
            uint sequence, ulong captureTimeUs, PictureFormat format, byte[] payload, int offset, int count, int width, int height)
        {
            bool isRaw = format >= PictureFormat.Rgb8;
            if (isRaw)
            {
                CheckRaw(format, count, width, height);
            }

            Begin(WireTables.MessageId.Frame, isRaw ? 6 : 4);
            _writer.WriteUnsigned(sequence);
            _writer.WriteUnsigned(captureTimeUs);
            _writer.WriteUnsigned((ulong)format);
            _writer.WriteBin(payload, offset, count);
            if (isRaw)
            {
                _writer.WriteUnsigned((ulong)width);
                _writer.WriteUnsigned((ulong)height);
            }
        }

        /// <summary>Write the wish to capture the face at rest during the next half second.</summary>
        public void WriteCalibrate()
        {
            Begin(WireTables.MessageId.Calibrate, 0);
        }

        /// <summary>Write a stored neutral calibration.</summary>
        /// <exception cref="WireException">It is longer than the wire allows.</exception>
        public void WriteSetNeutral(byte[] data)
        {
            CheckNeutral(data);
            Begin(WireTables.MessageId.SetNeutral, 1);
            _writer.WriteBin(data, 0, data.Length);
        }

        /// <summary>Write the question for the server's clock.</summary>
        public void WritePing(uint id, ulong clientTimeUs)
        {
            Begin(WireTables.MessageId.Ping, 2);
            _writer.WriteUnsigned(id);
            _writer.WriteUnsigned(clientTimeUs);
        }

        /// <summary>Write the question for the server's clock, with what earlier answers taught.</summary>
        public void WritePing(uint id, ulong clientTimeUs, long clockOffsetUs, uint roundTripUs)
        {
            Begin(WireTables.MessageId.Ping, 4);
            _writer.WriteUnsigned(id);
            _writer.WriteUnsigned(clientTimeUs);
            _writer.WriteSigned(clockOffsetUs);
            _writer.WriteUnsigned(roundTripUs);
        }

        /// <summary>Write a change of what this connection receives.</summary>
        public void WriteOptions(ReceiveOptions options)
        {
            Begin(WireTables.MessageId.Options, 1);
            WriteOptionsMap(options);
        }

        /// <summary>Check that a stored calibration may be sent.</summary>
        /// <exception cref="WireException">It is longer than the wire allows.</exception>
        internal static void CheckNeutral(byte[] data)
        {
            if (data == null)
            {
                throw new ArgumentNullException("data");
            }

            if (data.Length > WireTables.Limit.NeutralBytes)
            {
                throw Refuse("a calibration of at most " + WireTables.Limit.NeutralBytes + " bytes, got " + data.Length);
            }
        }

        private void Begin(int message, int fields)
        {
            _writer.Clear();
            _writer.WriteArray(1 + fields);
            _writer.WriteUnsigned((ulong)message);
        }

        private void WriteTextOrNil(string value)
        {
            if (value == null)
            {
                _writer.WriteNil();
            }
            else
            {
                _writer.WriteText(value);
            }
        }

        private void WriteOptionsOrNil(ReceiveOptions options)
        {
            if (options.IsEmpty)
            {
                _writer.WriteNil();
            }
            else
            {
                WriteOptionsMap(options);
            }
        }

        private void WriteOptionsMap(ReceiveOptions options)
        {
            _writer.WriteMap((options.Encoding.HasValue ? 1 : 0) + (options.Landmarks.HasValue ? 1 : 0));
            if (options.Encoding.HasValue)
            {
                _writer.WriteText("encoding");
                _writer.WriteText(WireNames.OfEncoding(options.Encoding.Value));
            }

            if (options.Landmarks.HasValue)
            {
                _writer.WriteText("landmarks");
                _writer.WriteBool(options.Landmarks.Value);
            }
        }

        private static void CheckRaw(PictureFormat format, int count, int width, int height)
        {
            if (width < 1 || height < 1 || width > ushort.MaxValue || height > ushort.MaxValue)
            {
                throw Refuse("the width and height of a raw picture, got " + width + "x" + height);
            }

            bool isNv12 = format == PictureFormat.Nv12;
            if (isNv12 && (width % 2 != 0 || height % 2 != 0))
            {
                throw new WireException(WireTables.ErrorCode.BadImage, "expected even sides for NV12, got " + width + "x" + height);
            }

            long expected = (long)width * height * 3 / (isNv12 ? 2 : 1);
            if (count != expected)
            {
                string text = "expected " + expected + " bytes of " + format + " for " + width + "x" + height + ", got " + count;
                throw new WireException(WireTables.ErrorCode.BadImage, text);
            }
        }

        private static WireException Refuse(string expected)
        {
            return new WireException(WireTables.ErrorCode.BadMessage, "expected " + expected);
        }
    }
}

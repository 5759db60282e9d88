using System.Collections.Generic;

namespace Facecast.Core.Tests
{
    /// <summary>
    /// Reads what a client sends, as a server would, with the reader under test: for the vectors of that
    /// direction, and to see what a session sent. Gives the wire's error code, or null.
    /// </summary>
    internal sealed class ClientMessageReader
    {
        private readonly Dictionary<string, object> _fields = new Dictionary<string, object>();
        private WireReader _reader;
        private int _left;

        public ClientMessageReader()
        {
            MaxMessageBytes = WireTables.Limit.MessageBytes;
        }

        public int MaxMessageBytes { get; set; }

        public string Type { get; private set; }

        public Dictionary<string, object> Fields
        {
            get { return _fields; }
        }

        public string Read(byte[] buffer, int offset, int count)
        {
            ulong id;
            _fields.Clear();
            if (count > MaxMessageBytes)
            {
                return WireTables.ErrorCode.TooLarge;
            }

            _reader = new WireReader(buffer, offset, count);
            if (!_reader.TryReadArray(out _left) || _left == 0 || !_reader.TryReadUnsigned(byte.MaxValue, out id) || !IsWhole())
            {
                return WireTables.ErrorCode.BadMessage;
            }

            _left--;
            return ReadFields((int)id);
        }

        /// <summary>Whether the rest is whole values and nothing after them; the reader stays where it is.</summary>
        private bool IsWhole()
        {
            WireReader ahead = _reader;
            for (int i = 1; i < _left; i++)
            {
                if (!ahead.TrySkip())
                {
                    return false;
                }
            }

            return ahead.IsAtEnd;
        }

        private string ReadFields(int id)
        {
            switch (id)
            {
                case WireTables.MessageId.Hello:
                    Type = "hello";
                    return ReadHello();
                case WireTables.MessageId.Frame:
                    Type = "frame";
                    return ReadFrame();
                case WireTables.MessageId.Calibrate:
                    Type = "calibrate";
                    return null;
                case WireTables.MessageId.SetNeutral:
                    Type = "set_neutral";
                    return Check(ReadNeutral("data", true));
                case WireTables.MessageId.Ping:
                    Type = "ping";
                    return Check(ReadUnsigned("id", uint.MaxValue, true) && ReadUnsigned("client_time_us", ulong.MaxValue, true)
                        && ReadOffset() && ReadUnsigned("round_trip_us", uint.MaxValue, false));
                case WireTables.MessageId.Options:
                    Type = "options";
                    return Check(ReadOptions(true));
                default:
                    return WireTables.ErrorCode.BadMessage;
            }
        }

        private string ReadHello()
        {
            bool isRead = ReadUnsigned("version", byte.MaxValue, true) && ReadClient() && ReadOptions(false) && ReadNeutral("neutral", false);
            bool isOther = isRead && (ulong)_fields["version"] != WireTables.ProtocolVersion;
            return isOther ? WireTables.ErrorCode.Version : Check(isRead);
        }

        private string ReadFrame()
        {
            bool isRead = ReadUnsigned("sequence", uint.MaxValue, true) && ReadUnsigned("capture_time_us", ulong.MaxValue, true)
                && ReadUnsigned("format", byte.MaxValue, true) && ReadBin("payload", true)
                && ReadUnsigned("width", ushort.MaxValue, false) && ReadUnsigned("height", ushort.MaxValue, false);
            if (!isRead)
            {
                return WireTables.ErrorCode.BadMessage;
            }

            ulong format = (ulong)_fields["format"];
            if (format < WireTables.FormatId.Jpeg || format > WireTables.FormatId.Nv12)
            {
                return WireTables.ErrorCode.UnsupportedFormat;
            }

            return format < WireTables.FormatId.Rgb8 ? null : CheckRaw(format == WireTables.FormatId.Nv12);
        }

        private string CheckRaw(bool isNv12)
        {
            ulong width = (_fields["width"] as ulong?) ?? 0;
            ulong height = (_fields["height"] as ulong?) ?? 0;
            ulong bytes = (ulong)((byte[])_fields["payload"]).Length;
            if (width == 0 || height == 0)
            {
                return WireTables.ErrorCode.BadMessage;
            }

            if (width * height > WireTables.Limit.Pixels)
            {
                return WireTables.ErrorCode.TooManyPixels;
            }

            bool isOdd = isNv12 && (width % 2 != 0 || height % 2 != 0);
            return isOdd || bytes != width * height * 3 / (isNv12 ? 2UL : 1UL) ? WireTables.ErrorCode.BadImage : null;
        }

        private bool HasField(string name)
        {
            _fields[name] = null;
            if (_left == 0)
            {
                return false;
            }

            _left--;
            return !_reader.TryReadNil();
        }

        private bool ReadUnsigned(string name, ulong maximum, bool isNeeded)
        {
            ulong value;
            if (!HasField(name))
            {
                return !isNeeded;
            }

            bool isRead = _reader.TryReadUnsigned(maximum, out value);
            _fields[name] = value;
            return isRead;
        }

        private bool ReadOffset()
        {
            long value;
            if (!HasField("clock_offset_us"))
            {
                return true;
            }

            bool isRead = _reader.TryReadSigned(out value);
            _fields["clock_offset_us"] = value;
            return isRead;
        }

        private bool ReadBin(string name, bool isNeeded)
        {
            byte[] value;
            if (!HasField(name))
            {
                return !isNeeded;
            }

            bool isRead = _reader.TryReadBytes(out value);
            _fields[name] = value;
            return isRead;
        }

        private bool ReadNeutral(string name, bool isNeeded)
        {
            return ReadBin(name, isNeeded) && (_fields[name] == null || ((byte[])_fields[name]).Length <= WireTables.Limit.NeutralBytes);
        }

        private bool ReadClient()
        {
            string value;
            if (!HasField("client"))
            {
                return true;
            }

            bool isRead = _reader.TryReadText(out value);
            _fields["client"] = value;
            return isRead && value.Length <= WireTables.Limit.NameCharacters;
        }

        private bool ReadOptions(bool isNeeded)
        {
            int pairs;
            Dictionary<string, object> options = new Dictionary<string, object>();
            bool isThere = HasField("options");
            _fields["options"] = options;
            if (!isThere)
            {
                return !isNeeded;
            }

            bool isRead = _reader.TryReadMap(out pairs);
            for (int i = 0; isRead && i < pairs; i++)
            {
                string key;
                isRead = _reader.TryReadText(out key) && ReadOption(key, options);
            }

            return isRead;
        }

        private bool ReadOption(string key, Dictionary<string, object> options)
        {
            string text;
            bool isOn;
            switch (key)
            {
                case "encoding":
                    bool isText = _reader.TryReadText(out text);
                    options[key] = text;
                    return isText && (text == "u8" || text == "u16" || text == "f32");
                case "landmarks":
                    bool isBool = _reader.TryReadBool(out isOn);
                    options[key] = isOn;
                    return isBool;
                default:
                    return _reader.TrySkip();
            }
        }

        private static string Check(bool isRead)
        {
            return isRead ? null : WireTables.ErrorCode.BadMessage;
        }
    }
}

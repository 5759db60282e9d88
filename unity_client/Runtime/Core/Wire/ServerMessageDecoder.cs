namespace Facecast.Core
{
    /// <summary>
    /// Reads what a server sends: one msgpack array a message, the type's id first (proto/SPEC.md). Whatever the
    /// bytes are, nothing is thrown; a message that is not as specified leaves all that was decoded before as it
    /// is. Packets allocate nothing after the first ones; the other, rare messages may.
    /// </summary>
    public sealed class ServerMessageDecoder
    {
        private readonly PacketDecoder _packets = new PacketDecoder();
        private WireReader _reader;
        private int _fieldsLeft;

        /// <summary>The last packet; its object changes with every packet.</summary>
        public FacePacket Packet
        {
            get { return _packets.Packet; }
        }

        /// <summary>The last manifest.</summary>
        public Manifest Manifest { get; private set; }

        /// <summary>The last event.</summary>
        public RoomEvent Event { get; private set; }

        /// <summary>The last calibration that the server captured.</summary>
        public byte[] Neutral { get; private set; }

        /// <summary>The last answer to a ping.</summary>
        public Pong Pong { get; private set; }

        /// <summary>The last error that the server reported.</summary>
        public WireFault Fault { get; private set; }

        /// <summary>The wire's code of the fault of the last bytes; null when they were a message.</summary>
        public string ErrorCode { get; private set; }

        /// <summary>What was expected, after <see cref="ErrorCode"/> was set.</summary>
        public string Problem { get; private set; }

        /// <summary>Read one message and say what it is; its content is in the property of that kind.</summary>
        public ServerMessageKind Decode(byte[] buffer, int offset, int count)
        {
            ErrorCode = null;
            Problem = null;
            ulong id;
            _reader = new WireReader(buffer, offset, count);
            if (!_reader.TryReadArray(out _fieldsLeft) || _fieldsLeft == 0 || !_reader.TryReadUnsigned(byte.MaxValue, out id))
            {
                return Refuse("expected an array that starts with a message id");
            }

            _fieldsLeft--;
            switch ((int)id)
            {
                case WireTables.MessageId.Packet: return DecodePacket(buffer);
                case WireTables.MessageId.Event: return DecodeEvent();
                case WireTables.MessageId.Pong: return DecodePong();
                case WireTables.MessageId.Neutral: return DecodeNeutral();
                case WireTables.MessageId.Error: return DecodeError();
                case WireTables.MessageId.Manifest: return DecodeManifest();
                default: return Refuse("expected a server's message id");
            }
        }

        private ServerMessageKind DecodePacket(byte[] buffer)
        {
            WireReader ahead = _reader; // the bytes after the packet's own fields are checked first
            for (int i = 0; i < _fieldsLeft; i++)
            {
                if (!ahead.TrySkip())
                {
                    return Refuse("packet: expected whole msgpack values");
                }
            }

            if (!ahead.IsAtEnd)
            {
                return Refuse("packet: expected nothing after the message");
            }

            return _packets.TryDecode(ref _reader, buffer, _fieldsLeft) ? ServerMessageKind.Packet : Refuse(_packets.Problem);
        }

        private ServerMessageKind DecodeEvent()
        {
            ulong kind;
            ulong participant;
            RoomEvent read = new RoomEvent();
            if (!ReadUnsigned(byte.MaxValue, out kind) || !ReadUnsigned(ushort.MaxValue, out participant))
            {
                return Refuse("event: expected a kind and a participant");
            }

            read.Kind = kind <= WireTables.EventId.Clock ? (RoomEventKind)kind : RoomEventKind.Unknown;
            read.Participant = (int)participant;
            if (!ReadEventDetails(ref read) || !ReadEnd())
            {
                return Refuse("event: expected name, track, role and clock offset, or nil");
            }

            Event = read;
            return ServerMessageKind.Event;
        }

        private bool ReadEventDetails(ref RoomEvent read)
        {
            string name;
            string role;
            uint? track;
            long? offset;
            if (!ReadOptionalText(out name) || CountCharacters(name) > WireTables.Limit.NameCharacters
                || !ReadOptionalU32(out track) || !ReadOptionalText(out role) || !ReadOptionalSigned(out offset))
            {
                return false;
            }

            ParticipantRole known;
            read.Name = name;
            read.Track = track;
            read.ClockOffsetUs = offset;
            WireNames.TryReadRole(role, out known); // a role of a later version counts as a viewer's
            read.Role = role != null ? (ParticipantRole?)known : null;
            return true;
        }

        private ServerMessageKind DecodePong()
        {
            ulong id;
            ulong client;
            ulong receive;
            ulong send;
            bool isRead = ReadUnsigned(uint.MaxValue, out id);
            isRead &= ReadUnsigned(ulong.MaxValue, out client);
            isRead &= ReadUnsigned(ulong.MaxValue, out receive);
            isRead &= ReadUnsigned(ulong.MaxValue, out send);
            if (!isRead || !ReadEnd())
            {
                return Refuse("pong: expected an id and three times");
            }

            Pong = new Pong { Id = (uint)id, ClientTimeUs = client, ReceiveTimeUs = receive, SendTimeUs = send };
            return ServerMessageKind.Pong;
        }

        private ServerMessageKind DecodeNeutral()
        {
            byte[] data;
            if (!HasField() || !_reader.TryReadBytes(out data) || data.Length > WireTables.Limit.NeutralBytes || !ReadEnd())
            {
                return Refuse("neutral: expected bin within the limit");
            }

            Neutral = data;
            return ServerMessageKind.Neutral;
        }

        private ServerMessageKind DecodeError()
        {
            string code = null;
            string text = null;
            bool isFatal = false;
            uint? sequence = null;
            bool isRead = HasField() && _reader.TryReadText(out code);
            isRead = isRead && HasField() && _reader.TryReadText(out text);
            isRead = isRead && HasField() && _reader.TryReadBool(out isFatal);
            isRead = isRead && ReadOptionalU32(out sequence) && ReadEnd();
            if (!isRead)
            {
                return Refuse("error: expected a code, a text and whether it is fatal");
            }

            Fault = new WireFault(code, text, isFatal, sequence);
            return ServerMessageKind.Error;
        }

        private ServerMessageKind DecodeManifest()
        {
            Manifest manifest = null;
            string problem = "manifest: expected a map";
            if (!HasField() || !ManifestDecoder.TryDecode(ref _reader, out manifest, ref problem) || !ReadEnd())
            {
                return Refuse(problem);
            }

            Manifest = manifest;
            return ServerMessageKind.Manifest;
        }

        /// <summary>Whether the next field is there: neither missing at the end nor nil.</summary>
        private bool HasField()
        {
            if (_fieldsLeft == 0)
            {
                return false;
            }

            _fieldsLeft--;
            return !_reader.TryReadNil();
        }

        private bool ReadUnsigned(ulong maximum, out ulong value)
        {
            value = 0;
            return HasField() && _reader.TryReadUnsigned(maximum, out value);
        }

        private bool ReadOptionalText(out string value)
        {
            value = null;
            return !HasField() || _reader.TryReadText(out value);
        }

        private bool ReadOptionalU32(out uint? value)
        {
            ulong read = 0;
            bool isThere = HasField();
            bool isRead = !isThere || _reader.TryReadUnsigned(uint.MaxValue, out read);
            value = isThere ? (uint?)read : null;
            return isRead;
        }

        private bool ReadOptionalSigned(out long? value)
        {
            long read = 0;
            bool isThere = HasField();
            bool isRead = !isThere || _reader.TryReadSigned(out read);
            value = isThere ? (long?)read : null;
            return isRead;
        }

        /// <summary>Read over the fields of later versions; nothing may follow the array.</summary>
        private bool ReadEnd()
        {
            for (; _fieldsLeft > 0; _fieldsLeft--)
            {
                if (!_reader.TrySkip())
                {
                    return false;
                }
            }

            return _reader.IsAtEnd;
        }

        /// <summary>Count as the specification does: a pair of surrogates is one character.</summary>
        private static int CountCharacters(string text)
        {
            int count = 0;
            for (int i = 0; text != null && i < text.Length; i++)
            {
                count += char.IsLowSurrogate(text[i]) ? 0 : 1;
            }

            return count;
        }

        private ServerMessageKind Refuse(string problem)
        {
            ErrorCode = WireTables.ErrorCode.BadMessage;
            Problem = problem;
            return ServerMessageKind.Invalid;
        }
    }
}

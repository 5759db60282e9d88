namespace Facecast.Core
{
    /// <summary>Numbers, packs and sends frames, from any thread.</summary>
    internal sealed class FrameSender
    {
        private const int FirstCapacity = 64 * 1024; // a JPEG of 640x480

        private readonly object _gate = new object();
        private readonly ClientMessageWriter _writer = new ClientMessageWriter(FirstCapacity);
        private readonly ITransport _transport;
        private uint _sequence;
        private bool _isAllowed;

        /// <summary>Make a sender for a transport.</summary>
        public FrameSender(ITransport transport)
        {
            _transport = transport;
        }

        /// <summary>Whether frames may be sent: in the room, and in a role that publishes.</summary>
        public bool IsAllowed
        {
            get
            {
                lock (_gate)
                {
                    return _isAllowed;
                }
            }

            set
            {
                lock (_gate)
                {
                    _isAllowed = value;
                }
            }
        }

        /// <summary>Send a picture; false when that is not allowed now.</summary>
        public bool Send(ulong captureTimeUs, PictureFormat format, byte[] payload, int offset, int count, int width, int height)
        {
            lock (_gate)
            {
                if (!_isAllowed)
                {
                    return false;
                }

                _writer.WriteFrame(_sequence, captureTimeUs, format, payload, offset, count, width, height);
                bool isSent = _transport.SendFrame(_writer.Buffer, 0, _writer.Count);
                _sequence = unchecked(_sequence + (isSent ? 1u : 0u));
                return isSent;
            }
        }
    }
}

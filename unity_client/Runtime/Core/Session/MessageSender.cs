using System;

namespace Facecast.Core
{
    /// <summary>Sends the small messages of a session: hello, pings, options, calibration. Main thread only.</summary>
    internal sealed class MessageSender
    {
        private readonly ClientMessageWriter _writer = new ClientMessageWriter();
        private readonly PingSchedule _pings = new PingSchedule();
        private readonly ITransport _transport;
        private readonly SessionOptions _options;
        private readonly ClockSync _clock;

        /// <summary>Make a sender for a transport.</summary>
        public MessageSender(ITransport transport, SessionOptions options, ClockSync clock)
        {
            _transport = transport;
            _options = options;
            _clock = clock;
        }

        /// <summary>A connection is there: say hello with what was chosen and stored, and begin to ask for the time.</summary>
        public void Begin(double nowSeconds)
        {
            bool isDefault = _options.Encoding == CoefficientEncoding.U8 && !_options.Landmarks;
            byte[] neutral = _options.Role == ParticipantRole.Viewer ? null : _options.Neutral; // refused from a viewer
            _writer.WriteHello(_options.Client, isDefault ? new ReceiveOptions() : Choice(), neutral);
            Send();
            _pings.Restart(nowSeconds);
        }

        /// <summary>The connection is gone.</summary>
        public void Stop()
        {
            _pings.Stop();
        }

        /// <summary>Ask for the server's clock, when it is time to.</summary>
        public void SendDuePing(double nowSeconds)
        {
            if (!_pings.TryTake(nowSeconds))
            {
                return;
            }

            ulong nowUs = MonotonicClock.ToMicroseconds(nowSeconds);
            if (_clock.IsKnown)
            {
                _writer.WritePing(_pings.LastId, nowUs, _clock.OffsetUs, (uint)Math.Min(uint.MaxValue, _clock.RoundTripUs));
            }
            else
            {
                _writer.WritePing(_pings.LastId, nowUs);
            }

            Send();
        }

        /// <summary>Send the wish to be calibrated.</summary>
        public bool SendCalibrate()
        {
            _writer.WriteCalibrate();
            return Send();
        }

        /// <summary>Send the stored calibration.</summary>
        public bool SendNeutral()
        {
            _writer.WriteSetNeutral(_options.Neutral);
            return Send();
        }

        /// <summary>Send what is to be received.</summary>
        public bool SendOptions()
        {
            _writer.WriteOptions(Choice());
            return Send();
        }

        private ReceiveOptions Choice()
        {
            return new ReceiveOptions(_options.Encoding, _options.Landmarks);
        }

        private bool Send()
        {
            return _transport.Send(_writer.Buffer, 0, _writer.Count);
        }
    }
}

using System;

namespace Facecast.Core
{
    /// <summary>
    /// A client's whole life with a server: connects and reconnects, keeps the room, plays everybody's faces,
    /// publishes frames. Everything happens in <see cref="Poll"/>, which raises the events; only
    /// <see cref="SendFrame"/>, <see cref="IsFrameWaiting"/> and <see cref="CanPublish"/> may be used on other threads.
    /// </summary>
    public sealed class FacecastSession : IDisposable
    {
        private readonly ITransport _transport;
        private readonly ConnectionKeeper _connection;
        private readonly RoomKeeper _room;
        private readonly FrameSender _frames;
        private readonly MessageSender _sender;
        private readonly ServerMessageDecoder _decoder = new ServerMessageDecoder();
        private SessionState _toldState;

        /// <summary>Make a session that is idle. It owns the transport from now on.</summary>
        public FacecastSession(ITransport transport, SessionOptions options)
            : this(transport, options, new Backoff())
        {
        }

        /// <summary>The same with a back-off of one's own.</summary>
        public FacecastSession(ITransport transport, SessionOptions options, Backoff backoff)
        {
            if (transport == null || options == null || backoff == null)
            {
                throw new ArgumentNullException(transport == null ? "transport" : options == null ? "options" : "backoff");
            }

            _transport = transport;
            Options = options;
            _connection = new ConnectionKeeper(transport, options, backoff);
            _room = new RoomKeeper(options.Playback);
            _frames = new FrameSender(transport);
            Clock = new ClockSync();
            _sender = new MessageSender(transport, options, Clock);
            Statistics = new SessionStatistics();
        }

        /// <summary>The state changed.</summary>
        public event Action<SessionState> StateChanged;

        /// <summary>The manifest came: you are in the room. Comes again after every reconnection.</summary>
        public event Action<Manifest> Connected;

        /// <summary>Somebody is in the room from now on; you yourself come first.</summary>
        public event Action<Participant> ParticipantJoined;

        /// <summary>Somebody is gone; their faces were removed before.</summary>
        public event Action<Participant> ParticipantLeft;

        /// <summary>A face is there from now on.</summary>
        public event Action<Participant, TrackedFace> FaceAppeared;

        /// <summary>The server lost a face: it fades to neutral now.</summary>
        public event Action<Participant, TrackedFace> FaceLost;

        /// <summary>A face is gone for good.</summary>
        public event Action<Participant, TrackedFace> FaceRemoved;

        /// <summary>
        /// Somebody's packet came, before it is played: for recorders and meters. The packet is valid only during the
        /// call; the number is its arrival by <see cref="MonotonicClock.NowSeconds"/>.
        /// </summary>
        public event Action<FacePacket, double> PacketReceived;

        /// <summary>The server captured your face at rest; store these bytes for next time.</summary>
        public event Action<byte[]> NeutralCaptured;

        /// <summary>The server reported an error, or the connection broke.</summary>
        public event Action<WireFault> FaultRaised;

        /// <summary>How the session stands.</summary>
        public SessionState State
        {
            get { return _connection.State; }
        }

        /// <summary>The same for a person, in one line, with the reason and the next attempt.</summary>
        public string StatusText
        {
            get { return _connection.StatusText; }
        }

        /// <summary>What the session was made with; a captured calibration is kept here.</summary>
        public SessionOptions Options { get; private set; }

        /// <summary>The last manifest; null before the first connection.</summary>
        public Manifest Manifest { get; private set; }

        /// <summary>Who is in the room.</summary>
        public Room Room
        {
            get { return _room.Room; }
        }

        /// <summary>The server's clock.</summary>
        public ClockSync Clock { get; private set; }

        /// <summary>What was sent and received; brought up to date by <see cref="Poll"/>.</summary>
        public SessionStatistics Statistics { get; private set; }

        /// <summary>Whether frames may be sent now. May be asked on any thread.</summary>
        public bool CanPublish
        {
            get { return _frames.IsAllowed; }
        }

        /// <summary>Whether a frame is not sent yet, so that another would only replace it. May be asked on any thread.</summary>
        public bool IsFrameWaiting
        {
            get { return _transport.IsFrameWaiting; }
        }

        /// <summary>Begin to connect; does nothing when that was begun before.</summary>
        public void Connect(double nowSeconds)
        {
            if (!_connection.IsActive)
            {
                Raise(_connection.Start(nowSeconds));
                TellState();
            }
        }

        /// <summary>Leave the room with a clean goodbye, and do not come back; <see cref="Connect"/> works again.</summary>
        public void Disconnect()
        {
            _connection.Stop();
            EndConnection();
            _room.Clear();
            TellRoom();
            TellState();
        }

        /// <summary>
        /// Take what came, raise the events, do what is due, and play on to a local time
        /// (<see cref="MonotonicClock.NowSeconds"/>). To be called every frame. Nothing is thrown for the network's
        /// sake; what an event's handler throws comes through, and the next call goes on after it.
        /// </summary>
        public void Poll(double nowSeconds)
        {
            TellRoom();
            TransportMessage message;
            while (_transport.TryReceive(out message))
            {
                Handle(message, nowSeconds);
            }

            string lost = _connection.Tick(nowSeconds);
            if (lost != null)
            {
                LoseConnection(nowSeconds, 0, lost);
            }

            TellState();
            _sender.SendDuePing(nowSeconds);
            _room.Advance(nowSeconds, Clock);
            TellRoom();
            Measure();
        }

        /// <summary>
        /// Get one face as it should be shown at a local time. False when there is no such face. Allocates nothing.
        /// </summary>
        public bool TryGetFace(int participantId, uint track, double renderTimeSeconds, FaceFrame output)
        {
            Participant participant = Room.Find(participantId);
            TrackedFace face = participant == null ? null : participant.FindFace(track);
            return face != null && face.TryGet(renderTimeSeconds, output);
        }

        /// <summary>
        /// Publish a picture; the newest wins. Width and height are needed for raw formats only. False when there is
        /// no connection, or the role does not publish. May be called on any thread.
        /// </summary>
        /// <exception cref="WireException">A raw picture's length does not fit its size.</exception>
        public bool SendFrame(
            ulong captureTimeUs, PictureFormat format, byte[] payload, int offset, int count, int width = 0, int height = 0)
        {
            return _frames.Send(captureTimeUs, format, payload, offset, count, width, height);
        }

        /// <summary>Ask the server to capture your face at rest during the next half second; false when you do not publish.</summary>
        public bool Calibrate()
        {
            return CanPublish && _sender.SendCalibrate();
        }

        /// <summary>Use a stored calibration, now and after every reconnection; false when it could not be sent now.</summary>
        /// <exception cref="WireException">It is longer than the wire allows.</exception>
        public bool SetNeutral(byte[] data)
        {
            ClientMessageWriter.CheckNeutral(data);
            Options.Neutral = data;
            return CanPublish && _sender.SendNeutral();
        }

        /// <summary>Change what is received, now and after every reconnection; false when it could not be sent now.</summary>
        public bool SetReceiveOptions(CoefficientEncoding encoding, bool landmarks)
        {
            Options.Encoding = encoding;
            Options.Landmarks = landmarks;
            return State == SessionState.Connected && _sender.SendOptions();
        }

        /// <summary>End everything at once.</summary>
        public void Dispose()
        {
            _connection.Stop();
            EndConnection();
            _transport.Dispose();
        }

        private void Handle(TransportMessage message, double nowSeconds)
        {
            switch (message.Kind)
            {
                case TransportMessageKind.Opened:
                    _sender.Begin(nowSeconds);
                    break;
                case TransportMessageKind.Closed:
                    LoseConnection(nowSeconds, message.CloseCode, message.Text);
                    break;
                default:
                    _connection.Hear(message.ArrivalSeconds);
                    Statistics.MessagesReceived++;
                    Statistics.BytesReceived += message.Count;
                    HandleData(message, nowSeconds);
                    break;
            }

            TellRoom();
        }

        private void HandleData(TransportMessage message, double nowSeconds)
        {
            switch (_decoder.Decode(message.Buffer, 0, message.Count))
            {
                case ServerMessageKind.Packet:
                    _room.Add(_decoder.Packet, message.ArrivalSeconds, Clock);
                    PacketReceived?.Invoke(_decoder.Packet, message.ArrivalSeconds);
                    break;
                case ServerMessageKind.Event:
                    _room.Apply(_decoder.Event);
                    break;
                case ServerMessageKind.Pong:
                    Clock.Add(_decoder.Pong, MonotonicClock.ToMicroseconds(message.ArrivalSeconds));
                    break;
                case ServerMessageKind.Manifest:
                    EnterRoom(_decoder.Manifest, nowSeconds);
                    break;
                case ServerMessageKind.Neutral:
                    Options.Neutral = _decoder.Neutral;
                    NeutralCaptured?.Invoke(_decoder.Neutral);
                    break;
                case ServerMessageKind.Error:
                    HandleError(_decoder.Fault);
                    break;
                default:
                    Statistics.BadMessages++; // also those of a later version: they are to be ignored
                    break;
            }
        }

        private void EnterRoom(Manifest manifest, double nowSeconds)
        {
            Manifest = manifest;
            Clock.Reset();
            _connection.Enter(nowSeconds, manifest);
            _frames.IsAllowed = manifest.Role != ParticipantRole.Viewer;
            _room.Apply(manifest);
            TellState();
            Connected?.Invoke(manifest);
        }

        private void HandleError(WireFault fault)
        {
            if (fault.Code == WireTables.ErrorCode.BadNeutral)
            {
                Options.Neutral = null; // not to be refused again after every reconnection
            }

            if (fault.IsFatal)
            {
                _connection.NoteFatal(fault);
            }

            Raise(fault);
        }

        private void LoseConnection(double nowSeconds, int closeCode, string reason)
        {
            EndConnection();
            WireFault fault = _connection.Lose(nowSeconds, closeCode, reason);
            if (!_connection.IsActive)
            {
                _room.Clear();
            }

            TellState();
            Raise(fault);
        }

        private void EndConnection()
        {
            _frames.IsAllowed = false;
            _sender.Stop();
            Clock.Reset();
        }

        private void Measure()
        {
            Statistics.MessagesDropped = _transport.MessagesDropped;
            Statistics.FramesSent = _transport.FramesSent;
            Statistics.FramesReplaced = _transport.FramesReplaced;
            Statistics.StrayPackets = _room.StrayPackets;
            Statistics.Reconnections = _connection.Reconnections;
            Statistics.RoundTripSeconds = Clock.IsKnown ? Clock.LastRoundTripUs * 1e-6 : double.NaN;
            Statistics.ClockOffsetSeconds = Clock.IsKnown ? Clock.OffsetUs * 1e-6 : double.NaN;
        }

        private void TellState()
        {
            if (_toldState != State)
            {
                _toldState = State;
                StateChanged?.Invoke(State);
            }
        }

        private void Raise(WireFault fault)
        {
            if (fault != null)
            {
                FaultRaised?.Invoke(fault);
            }
        }

        private void TellRoom()
        {
            RoomNotice notice;
            while (_room.TryTakeNotice(out notice))
            {
                Tell(notice);
            }
        }

        private void Tell(RoomNotice notice)
        {
            switch (notice.Kind)
            {
                case RoomNoticeKind.Joined:
                    ParticipantJoined?.Invoke(notice.Participant);
                    break;
                case RoomNoticeKind.Left:
                    ParticipantLeft?.Invoke(notice.Participant);
                    break;
                case RoomNoticeKind.FaceAppeared:
                    FaceAppeared?.Invoke(notice.Participant, notice.Face);
                    break;
                case RoomNoticeKind.FaceLost:
                    FaceLost?.Invoke(notice.Participant, notice.Face);
                    break;
                default:
                    FaceRemoved?.Invoke(notice.Participant, notice.Face);
                    break;
            }
        }
    }
}

using System;
using System.Collections.Generic;
using Facecast.Core;
using UnityEngine;
using UnityEngine.Events;

namespace Facecast.Unity
{
    /// <summary>The connection to a Facecast server: one room, one role. Other components take their faces from here.</summary>
    [AddComponentMenu("Facecast/Facecast Client")]
    [DefaultExecutionOrder(-100)]
    [DisallowMultipleComponent]
    public sealed class FacecastClient : MonoBehaviour
    {
        private const string ClientName = "Facecast Unity 0.1.0";

        [Header("Server")]
        [Tooltip("Address of the server, ws://host:port or wss://host.")]
        [SerializeField] private string url = "ws://127.0.0.1:8000";
        [Tooltip("Everybody in the same room sees each other.")]
        [SerializeField] private string room = "lobby";
        [Tooltip("Publisher sends a camera, Viewer receives faces, Both does both.")]
        [SerializeField] private ParticipantRole role = ParticipantRole.Both;
        [Tooltip("Your name in the room; empty lets the server choose.")]
        [SerializeField] private string displayName = "";
        [Tooltip("Access token, for a server that asks for one.")]
        [SerializeField] private string token = "";

        [Header("Connection")]
        [SerializeField] private bool connectOnEnable = true;
        [Tooltip("Come back by itself after a lost connection.")]
        [SerializeField] private bool reconnect = true;
        [Tooltip("Precision of the coefficients; U8 is the smallest and enough for faces.")]
        [SerializeField] private CoefficientEncoding encoding = CoefficientEncoding.U8;

        [SerializeField] private PlaybackSettings playback = new PlaybackSettings();

        [Header("Neutral calibration")]
        [SerializeField] private NeutralStorage neutralStorage = NeutralStorage.PlayerPrefs;
        [Tooltip("One key per person who uses this device.")]
        [SerializeField] private string neutralKey = "default";

        [Header("Events")]
        [SerializeField] private UnityEvent onConnected = new UnityEvent();
        [SerializeField] private UnityEvent onDisconnected = new UnityEvent();
        [SerializeField] private TextEvent onParticipantJoined = new TextEvent();
        [SerializeField] private TextEvent onParticipantLeft = new TextEvent();
        [SerializeField] private UnityEvent onCalibrated = new UnityEvent();
        [SerializeField] private TextEvent onError = new TextEvent();

        private static readonly List<FacecastClient> Enabled = new List<FacecastClient>();

        private FacecastSession _session;
        private bool _isConnected;

        /// <summary>Raised when the state of the connection changes.</summary>
        public event Action<SessionState> StateChanged;

        /// <summary>Raised when somebody enters the room, yourself included.</summary>
        public event Action<Participant> ParticipantJoined;

        /// <summary>Raised when somebody leaves the room.</summary>
        public event Action<Participant> ParticipantLeft;

        /// <summary>Raised when a participant's face is seen for the first time.</summary>
        public event Action<Participant, TrackedFace> FaceAppeared;

        /// <summary>Raised when a participant's face is lost; it fades to neutral from now on.</summary>
        public event Action<Participant, TrackedFace> FaceLost;

        /// <summary>Raised when a lost face has faded and is gone for good.</summary>
        public event Action<Participant, TrackedFace> FaceRemoved;

        /// <summary>Raised when the server captured your neutral face; the bytes are stored already.</summary>
        public event Action<byte[]> Calibrated;

        /// <summary>Raised for every coded error, of the server or of the connection.</summary>
        public event Action<WireFault> FaultRaised;

        /// <summary>All clients that are enabled now.</summary>
        public static IReadOnlyList<FacecastClient> Active
        {
            get { return Enabled; }
        }

        /// <summary>The client that components without one of their own use: the first that was enabled, or null.</summary>
        public static FacecastClient First
        {
            get { return Enabled.Count > 0 ? Enabled[0] : null; }
        }

        /// <summary>Address of the server. A change takes effect with the next <see cref="Connect"/>.</summary>
        public string Url
        {
            get { return url; }
            set { url = value; }
        }

        /// <summary>The room. A change takes effect with the next <see cref="Connect"/>.</summary>
        public string RoomName
        {
            get { return room; }
            set { room = value; }
        }

        /// <summary>The role. A change takes effect with the next <see cref="Connect"/>.</summary>
        public ParticipantRole Role
        {
            get { return role; }
            set { role = value; }
        }

        /// <summary>Your name in the room. A change takes effect with the next <see cref="Connect"/>.</summary>
        public string DisplayName
        {
            get { return displayName; }
            set { displayName = value; }
        }

        /// <summary>The access token. A change takes effect with the next <see cref="Connect"/>.</summary>
        public string Token
        {
            get { return token; }
            set { token = value; }
        }

        /// <summary>How faces are played. A change takes effect with the next <see cref="Connect"/>.</summary>
        public PlaybackSettings Playback
        {
            get { return playback; }
        }

        /// <summary>Whether enabling this component connects at once.</summary>
        public bool ConnectOnEnable
        {
            get { return connectOnEnable; }
            set { connectOnEnable = value; }
        }

        /// <summary>Makes the transport of a new session; set it before <see cref="Connect"/> to bring your own.</summary>
        public Func<ITransport> TransportFactory { get; set; }

        /// <summary>The running session, null while there is none.</summary>
        public FacecastSession Session
        {
            get { return _session; }
        }

        /// <summary>State of the connection.</summary>
        public SessionState State
        {
            get { return _session == null ? SessionState.Idle : _session.State; }
        }

        /// <summary>One line about the connection, for people.</summary>
        public string Status
        {
            get { return _session == null ? "not connected" : _session.StatusText; }
        }

        /// <summary>The moment that all faces of this frame are shown for, in seconds of the core's clock.</summary>
        public double FrameTime { get; private set; }

        /// <summary>The calibration's place between sessions.</summary>
        public NeutralStore NeutralStore
        {
            get { return new NeutralStore(neutralStorage, neutralKey); }
        }

        /// <summary>Choose where the calibration is kept, and under which key.</summary>
        public void KeepNeutralIn(NeutralStorage storage, string key)
        {
            neutralStorage = storage;
            neutralKey = key;
        }

        /// <summary>Connect with the present settings; an existing connection is closed first.</summary>
        public void Connect()
        {
            EndSession();
            var options = new SessionOptions
            {
                Url = url,
                Room = room,
                Role = role,
                Name = displayName,
                Token = token,
                Encoding = encoding,
                Reconnect = reconnect,
                Client = ClientName,
                Neutral = NeutralStore.Load(),
                Playback = playback.ToOptions(),
            };
            _session = new FacecastSession(CreateTransport(), options);
            Subscribe(_session);
            FrameTime = MonotonicClock.NowSeconds;
            _session.Connect(FrameTime);
        }

        /// <summary>Close the connection cleanly; nothing reconnects until <see cref="Connect"/>.</summary>
        public void Disconnect()
        {
            EndSession();
        }

        /// <summary>Ask the server to capture your face at rest during the next half second. For a button.</summary>
        public void Calibrate()
        {
            if (_session == null || !_session.Calibrate())
            {
                Debug.LogWarning("Facecast: to calibrate, be connected as a publisher (" + Status + ").", this);
            }
        }

        /// <summary>Forget the stored calibration; the next connection starts without one. For a button.</summary>
        public void ForgetCalibration()
        {
            NeutralStore.Delete();
        }

        // With "Reload Domain" off, statics outlive Play mode.
        [RuntimeInitializeOnLoadMethod(RuntimeInitializeLoadType.SubsystemRegistration)]
        private static void Forget()
        {
            Enabled.Clear();
        }

        private void OnEnable()
        {
            Enabled.Add(this);
            if (connectOnEnable)
            {
                Connect();
            }
        }

        private void OnDisable()
        {
            Enabled.Remove(this);
            EndSession();
        }

        private void Update()
        {
            FrameTime = MonotonicClock.NowSeconds;
            if (_session != null)
            {
                _session.Poll(FrameTime);
            }
        }

        private ITransport CreateTransport()
        {
            if (TransportFactory != null)
            {
                return TransportFactory();
            }

#if UNITY_WEBGL && !UNITY_EDITOR
            return new WebGlTransport();
#else
            return new WebSocketTransport();
#endif
        }

        private void Subscribe(FacecastSession session)
        {
            session.StateChanged += OnStateChanged;
            session.ParticipantJoined += OnParticipantJoined;
            session.ParticipantLeft += OnParticipantLeft;
            session.FaceAppeared += OnFaceAppeared;
            session.FaceLost += OnFaceLost;
            session.FaceRemoved += OnFaceRemoved;
            session.NeutralCaptured += OnNeutralCaptured;
            session.FaultRaised += OnFaultRaised;
        }

        private void EndSession()
        {
            if (_session == null)
            {
                return;
            }

            FacecastSession ended = _session;
            _session = null;
            ended.Disconnect(); // says goodbye, and tells who is gone
            ended.Dispose();
        }

        private void OnStateChanged(SessionState state)
        {
            bool wasConnected = _isConnected;
            _isConnected = state == SessionState.Connected;
            StateChanged?.Invoke(state);
            if (_isConnected)
            {
                onConnected.Invoke();
            }
            else if (wasConnected)
            {
                onDisconnected.Invoke();
            }
        }

        private void OnParticipantJoined(Participant participant)
        {
            ParticipantJoined?.Invoke(participant);
            onParticipantJoined.Invoke(participant.Name);
        }

        private void OnParticipantLeft(Participant participant)
        {
            ParticipantLeft?.Invoke(participant);
            onParticipantLeft.Invoke(participant.Name);
        }

        private void OnFaceAppeared(Participant participant, TrackedFace face)
        {
            FaceAppeared?.Invoke(participant, face);
        }

        private void OnFaceLost(Participant participant, TrackedFace face)
        {
            FaceLost?.Invoke(participant, face);
        }

        private void OnFaceRemoved(Participant participant, TrackedFace face)
        {
            FaceRemoved?.Invoke(participant, face);
        }

        private void OnNeutralCaptured(byte[] neutral)
        {
            NeutralStore.Save(neutral);
            Calibrated?.Invoke(neutral);
            onCalibrated.Invoke();
        }

        private void OnFaultRaised(WireFault fault)
        {
            Debug.LogWarning("Facecast: " + fault.Code + ": " + fault.Text, this);
            FaultRaised?.Invoke(fault);
            onError.Invoke(fault.Text);
        }
    }
}

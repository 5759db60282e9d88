using System;
using System.Globalization;

namespace Facecast.Core
{
    /// <summary>
    /// Opens the transport, notices when a connection is refused, broken or silent, and opens it again after a
    /// back-off. Knows nothing of what is sent over it.
    /// </summary>
    internal sealed class ConnectionKeeper
    {
        private const double StableSeconds = 5.0; // a connection that lasted so long begins the back-off anew
        private const double StallSeconds = 1.0; // a main thread that paused longer has heard nothing by its own fault

        private readonly ITransport _transport;
        private readonly SessionOptions _options;
        private readonly Backoff _backoff;
        private string _address;
        private double _openedAt;
        private double _heardAt;
        private double _polledAt;
        private double _retryAt = double.PositiveInfinity;
        private bool _isOpening;
        private bool _wasConnected;
        private WireFault _fatal;

        /// <summary>Make a keeper that is idle.</summary>
        public ConnectionKeeper(ITransport transport, SessionOptions options, Backoff backoff)
        {
            _transport = transport;
            _options = options;
            _backoff = backoff;
            StatusText = "not connected";
        }

        /// <summary>How the connection stands.</summary>
        public SessionState State { get; private set; }

        /// <summary>The same for a person, with the reason and the next attempt.</summary>
        public string StatusText { get; private set; }

        /// <summary>How often the connection was made again.</summary>
        public int Reconnections { get; private set; }

        /// <summary>Whether the connection should be made or kept.</summary>
        public bool IsActive
        {
            get { return State != SessionState.Idle && State != SessionState.Failed; }
        }

        /// <summary>Begin to connect; gives the fault of an address that is none, otherwise null.</summary>
        public WireFault Start(double nowSeconds)
        {
            _wasConnected = false;
            _backoff.Reset();
            try
            {
                _address = StreamAddress.Build(_options);
            }
            catch (ArgumentException error)
            {
                SetState(SessionState.Failed, error.Message);
                return new WireFault(WireTables.ErrorCode.BadRequest, error.Message, true, null);
            }

            Open(nowSeconds);
            return null;
        }

        /// <summary>End the connection and stay without.</summary>
        public void Stop()
        {
            _transport.Close();
            _retryAt = double.PositiveInfinity;
            _isOpening = false;
            SetState(SessionState.Idle, "not connected");
        }

        /// <summary>Something was heard from the server.</summary>
        public void Hear(double arrivalSeconds)
        {
            _heardAt = Math.Max(_heardAt, arrivalSeconds);
        }

        /// <summary>The manifest came: the client is in the room.</summary>
        public void Enter(double nowSeconds, Manifest manifest)
        {
            Reconnections += _wasConnected ? 1 : 0;
            _wasConnected = true;
            _isOpening = false;
            _openedAt = nowSeconds;
            SetState(SessionState.Connected, "in room \"" + manifest.Room + "\" as " + manifest.Name);
        }

        /// <summary>The server told a fault that ends the connection; it is remembered for its end.</summary>
        public void NoteFatal(WireFault fault)
        {
            _fatal = fault;
        }

        /// <summary>
        /// The connection ended or could not be made. Gives the fault to tell; null when the server told it before.
        /// </summary>
        public WireFault Lose(double nowSeconds, int closeCode, string reason)
        {
            _transport.Close();
            _isOpening = false;
            bool isPermanent = IsPermanent(_fatal, closeCode);
            string text = _fatal != null ? _fatal.Text : Explain(closeCode, reason);
            WireFault fault = _fatal != null ? null : new WireFault(WireFault.TransportCode, text, true, null);
            if (isPermanent)
            {
                SetState(SessionState.Failed, text);
            }
            else if (!_options.Reconnect)
            {
                SetState(SessionState.Idle, text);
            }
            else
            {
                double wait = _backoff.NextSeconds();
                _retryAt = nowSeconds + wait;
                string next = "; next attempt in " + wait.ToString("0.0", CultureInfo.InvariantCulture) + " s";
                SetState(_wasConnected ? SessionState.Reconnecting : SessionState.Connecting, text + next);
            }

            return fault;
        }

        /// <summary>Do what time brings: the next attempt, or giving up a silent connection, whose reason is given.</summary>
        public string Tick(double nowSeconds)
        {
            if (nowSeconds - _polledAt > StallSeconds)
            {
                _heardAt = nowSeconds; // nothing could be asked or heard meanwhile
            }

            _polledAt = nowSeconds;
            if (nowSeconds >= _retryAt)
            {
                Open(nowSeconds);
            }

            if (_isOpening && nowSeconds - _openedAt > _options.ConnectTimeoutSeconds)
            {
                return "expected a manifest within " + Seconds(_options.ConnectTimeoutSeconds) + ", got none";
            }

            if (State != SessionState.Connected)
            {
                return null;
            }

            if (nowSeconds - _openedAt > StableSeconds)
            {
                _backoff.Reset();
            }

            bool isSilent = nowSeconds - _heardAt > _options.SilenceTimeoutSeconds;
            return isSilent ? "expected a sign of the server within " + Seconds(_options.SilenceTimeoutSeconds) + ", got none" : null;
        }

        private void Open(double nowSeconds)
        {
            _fatal = null;
            _retryAt = double.PositiveInfinity;
            _openedAt = nowSeconds;
            _heardAt = nowSeconds;
            _isOpening = true;
            SetState(_wasConnected ? SessionState.Reconnecting : SessionState.Connecting, "connecting to " + _options.Url);
            _transport.Open(_address, WireTables.Subprotocol);
        }

        private void SetState(SessionState state, string text)
        {
            State = state;
            StatusText = text;
        }

        private static bool IsPermanent(WireFault fatal, int closeCode)
        {
            string code = fatal == null ? null : fatal.Code;
            return code == WireTables.ErrorCode.BadRequest || closeCode == WireTables.CloseCode.BadRequest
                || code == WireTables.ErrorCode.Subprotocol || closeCode == WireTables.CloseCode.Subprotocol
                || code == WireTables.ErrorCode.Version || closeCode == WireTables.CloseCode.Version;
        }

        private static string Explain(int closeCode, string reason)
        {
            string text = string.IsNullOrEmpty(reason) ? "the connection ended" : reason;
            return closeCode == 0 ? text : text + " (close code " + closeCode.ToString(CultureInfo.InvariantCulture) + ")";
        }

        private static string Seconds(double seconds)
        {
            return seconds.ToString("0.#", CultureInfo.InvariantCulture) + " s";
        }
    }
}

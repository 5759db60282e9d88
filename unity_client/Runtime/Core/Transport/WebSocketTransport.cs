using System.Threading.Tasks;

namespace Facecast.Core
{
    /// <summary>
    /// The transport of everything but browsers: <see cref="System.Net.WebSockets.ClientWebSocket"/> on the thread
    /// pool. Nothing of the network happens on the caller's thread.
    /// </summary>
    public sealed class WebSocketTransport : ITransport
    {
        private readonly object _gate = new object();
        private WebSocketConnection _connection;
        private long _droppedBefore;
        private long _sentBefore;
        private long _replacedBefore;

        /// <inheritdoc/>
        public long MessagesDropped
        {
            get
            {
                lock (_gate)
                {
                    return _droppedBefore + (_connection == null ? 0 : _connection.Received.Dropped);
                }
            }
        }

        /// <inheritdoc/>
        public long FramesSent
        {
            get
            {
                lock (_gate)
                {
                    return _sentBefore + (_connection == null ? 0 : _connection.Outgoing.FramesSent);
                }
            }
        }

        /// <inheritdoc/>
        public long FramesReplaced
        {
            get
            {
                lock (_gate)
                {
                    return _replacedBefore + (_connection == null ? 0 : _connection.Outgoing.FramesReplaced);
                }
            }
        }

        /// <inheritdoc/>
        public bool IsFrameWaiting
        {
            get
            {
                WebSocketConnection connection = Current;
                return connection != null && connection.IsOpen && connection.Outgoing.IsFrameWaiting;
            }
        }

        private WebSocketConnection Current
        {
            get
            {
                lock (_gate)
                {
                    return _connection;
                }
            }
        }

        /// <inheritdoc/>
        public void Open(string url, string subprotocol)
        {
            WebSocketConnection connection = new WebSocketConnection(url, subprotocol);
            WebSocketConnection before = Replace(connection);
            if (before != null)
            {
                before.Dispose();
            }

            Task.Run(connection.RunAsync); // never throws: all that goes wrong is reported
        }

        /// <inheritdoc/>
        public void Close()
        {
            WebSocketConnection before = Replace(null);
            if (before != null)
            {
                before.Close();
            }
        }

        /// <inheritdoc/>
        public bool TryReceive(out TransportMessage message)
        {
            WebSocketConnection connection = Current;
            message = new TransportMessage();
            return connection != null && connection.Received.TryPop(out message);
        }

        /// <inheritdoc/>
        public bool Send(byte[] buffer, int offset, int count)
        {
            WebSocketConnection connection = Current;
            if (connection == null || !connection.IsOpen || !connection.Outgoing.Push(buffer, offset, count))
            {
                return false;
            }

            connection.Wake();
            return true;
        }

        /// <inheritdoc/>
        public bool SendFrame(byte[] buffer, int offset, int count)
        {
            WebSocketConnection connection = Current;
            if (connection == null || !connection.IsOpen)
            {
                return false;
            }

            connection.Outgoing.PushFrame(buffer, offset, count);
            connection.Wake();
            return true;
        }

        /// <summary>End at once.</summary>
        public void Dispose()
        {
            WebSocketConnection before = Replace(null);
            if (before != null)
            {
                before.Dispose();
            }
        }

        private WebSocketConnection Replace(WebSocketConnection connection)
        {
            lock (_gate)
            {
                WebSocketConnection before = _connection;
                _connection = connection;
                if (before != null)
                {
                    _droppedBefore += before.Received.Dropped;
                    _sentBefore += before.Outgoing.FramesSent;
                    _replacedBefore += before.Outgoing.FramesReplaced;
                }

                return before;
            }
        }
    }
}

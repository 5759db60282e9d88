using System;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;

namespace Facecast.Core
{
    /// <summary>
    /// One WebSocket from its opening to its end, on the thread pool. Receiving and sending are separate tasks;
    /// every fault of both ends up as one Closed report in the queue.
    /// </summary>
    internal sealed class WebSocketConnection : IDisposable
    {
        private const int MaxMessageBytes = 1 << 20; // a server sends some 6 KB at most; more is not Facecast
        private const int ReceiveBytes = 16 * 1024;

        private static readonly TimeSpan GoodbyeTime = TimeSpan.FromSeconds(1);

        private readonly ClientWebSocket _socket = new ClientWebSocket();
        private readonly CancellationTokenSource _stop = new CancellationTokenSource();
        private readonly SemaphoreSlim _work = new SemaphoreSlim(0);
        private readonly Uri _address;
        private byte[] _buffer = new byte[ReceiveBytes];
        private int _isClosing;
        private volatile bool _isOpen;

        /// <summary>Prepare a connection; <see cref="RunAsync"/> makes it.</summary>
        public WebSocketConnection(string url, string subprotocol)
        {
            Received = new ReceiveQueue();
            Outgoing = new SendQueue();
            _address = new Uri(url);
            _socket.Options.AddSubProtocol(subprotocol);
        }

        /// <summary>What came.</summary>
        public ReceiveQueue Received { get; private set; }

        /// <summary>What is to be sent; tell <see cref="Wake"/> after adding to it.</summary>
        public SendQueue Outgoing { get; private set; }

        /// <summary>Whether messages can be sent.</summary>
        public bool IsOpen
        {
            get { return _isOpen; }
        }

        /// <summary>Live from the opening to the end; never throws.</summary>
        public async Task RunAsync()
        {
            Task<Exception> sending = null;
            Exception fault = null;
            string text = null;
            try
            {
                await _socket.ConnectAsync(_address, _stop.Token).ConfigureAwait(false);
                _isOpen = true; // before it is told: who hears of it may send at once
                Received.PushOpened(MonotonicClock.NowSeconds);
                sending = SendAllAsync();
                text = await ReceiveAllAsync().ConfigureAwait(false);
            }
            catch (Exception error) // whatever it is, the session tells it
            {
                fault = error;
                _stop.Cancel();
            }

            _isOpen = false;
            Close();
            Exception sendFault = sending == null ? null : await sending.ConfigureAwait(false);
            fault = sendFault != null && (fault == null || fault is OperationCanceledException) ? sendFault : fault;
            int code = (int)(_socket.CloseStatus ?? 0);
            Received.PushClosed(code, fault == null || code != 0 ? text ?? _socket.CloseStatusDescription : Describe(fault), MonotonicClock.NowSeconds);
            _socket.Dispose();
        }

        /// <summary>Tell the sending task that something waits.</summary>
        public void Wake()
        {
            _work.Release();
        }

        /// <summary>Send what waits, say goodbye, and end; at the latest after a second by force.</summary>
        public void Close()
        {
            if (Interlocked.Exchange(ref _isClosing, 1) == 0)
            {
                _stop.CancelAfter(GoodbyeTime);
                _work.Release();
            }
        }

        /// <summary>End at once.</summary>
        public void Dispose()
        {
            Interlocked.Exchange(ref _isClosing, 1);
            _stop.Cancel();
            _work.Release();
        }

        private async Task<string> ReceiveAllAsync()
        {
            int count = 0;
            while (true)
            {
                ArraySegment<byte> free = new ArraySegment<byte>(_buffer, count, _buffer.Length - count);
                WebSocketReceiveResult result = await _socket.ReceiveAsync(free, _stop.Token).ConfigureAwait(false);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return _socket.CloseStatusDescription;
                }

                count += result.Count;
                if (!result.EndOfMessage)
                {
                    Grow(count);
                    continue;
                }

                if (!Received.PushData(_buffer, 0, count, MonotonicClock.NowSeconds))
                {
                    return "expected messages to be taken, " + ReceiveQueue.MaxMessages + " wait";
                }

                count = 0;
            }
        }

        private void Grow(int count)
        {
            if (count > MaxMessageBytes)
            {
                throw new InvalidOperationException("expected a message of at most " + MaxMessageBytes + " bytes, got a larger one");
            }

            if (count == _buffer.Length)
            {
                Array.Resize(ref _buffer, 2 * _buffer.Length);
            }
        }

        /// <summary>Send until the end; gives the fault that ended it, or null.</summary>
        private async Task<Exception> SendAllAsync()
        {
            try
            {
                while (true)
                {
                    ArraySegment<byte> data;
                    while (Outgoing.TryPop(out data))
                    {
                        await _socket.SendAsync(data, WebSocketMessageType.Binary, true, _stop.Token).ConfigureAwait(false);
                    }

                    if (Volatile.Read(ref _isClosing) != 0)
                    {
                        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, string.Empty, _stop.Token).ConfigureAwait(false);
                        return null;
                    }

                    await _work.WaitAsync(_stop.Token).ConfigureAwait(false);
                }
            }
            catch (Exception error)
            {
                _stop.Cancel(); // ends the receiving task, which tells the fault
                return error;
            }
        }

        private static string Describe(Exception error)
        {
            string text = error.Message;
            for (Exception inner = error.InnerException; inner != null; inner = inner.InnerException)
            {
                text = inner.Message; // the innermost says what really happened, such as "connection refused"
            }

            return text;
        }
    }
}

#if UNITY_WEBGL && !UNITY_EDITOR
using System;
using System.Runtime.InteropServices;
using Facecast.Core;

namespace Facecast.Unity
{
    /// <summary>
    /// The transport of WebGL players, which have neither sockets nor threads: the browser's WebSocket, by
    /// Plugins/WebGL/FacecastWebSocket.jslib. The browser sends and receives by itself; here it is only asked.
    /// </summary>
    public sealed class WebGlTransport : ITransport
    {
        private const int NoSocket = 0;
        private const int LargestControlBacklog = 64 * 1024; // bytes that the browser may hold of small messages

        private int _socket = NoSocket;
        private byte[] _received = new byte[1024];
        private byte[] _frame = new byte[0];
        private int _frameCount;
        private bool _hasFrame;
        private long _droppedBefore;

        /// <inheritdoc/>
        public long MessagesDropped
        {
            get { return _droppedBefore + (_socket == NoSocket ? 0 : FacecastSocketDropped(_socket)); }
        }

        /// <inheritdoc/>
        public long FramesSent { get; private set; }

        /// <inheritdoc/>
        public long FramesReplaced { get; private set; }

        /// <inheritdoc/>
        public bool IsFrameWaiting
        {
            get { return _hasFrame || (_socket != NoSocket && FacecastSocketBuffered(_socket) > 0); }
        }

        /// <inheritdoc/>
        public void Open(string url, string subprotocol)
        {
            Close();
            _socket = FacecastSocketOpen(url, subprotocol);
        }

        /// <inheritdoc/>
        public void Close()
        {
            if (_socket != NoSocket)
            {
                _droppedBefore += FacecastSocketDropped(_socket);
                FacecastSocketClose(_socket);
            }

            _socket = NoSocket;
            _hasFrame = false;
        }

        /// <inheritdoc/>
        public bool TryReceive(out TransportMessage message)
        {
            message = new TransportMessage();
            SendWaitingFrame();
            int kind = _socket == NoSocket ? 0 : FacecastSocketKind(_socket);
            if (kind == 0)
            {
                return false;
            }

            int count = FacecastSocketCount(_socket);
            if (_received.Length < count)
            {
                _received = new byte[count + count / 4];
            }

            message.ArrivalSeconds = MonotonicClock.NowSeconds - FacecastSocketAge(_socket);
            message.CloseCode = FacecastSocketCode(_socket);
            FacecastSocketTake(_socket, _received);
            message.Kind = (TransportMessageKind)(kind - 1);
            message.Buffer = _received;
            message.Count = count;
            if (message.Kind == TransportMessageKind.Closed)
            {
                message.Text = System.Text.Encoding.UTF8.GetString(_received, 0, count);
            }

            return true;
        }

        /// <inheritdoc/>
        public bool Send(byte[] buffer, int offset, int count)
        {
            bool isFree = _socket != NoSocket && FacecastSocketBuffered(_socket) < LargestControlBacklog + _frameCount;
            return isFree && FacecastSocketSend(_socket, buffer, offset, count) != 0;
        }

        /// <inheritdoc/>
        public bool SendFrame(byte[] buffer, int offset, int count)
        {
            if (_socket == NoSocket)
            {
                return false;
            }

            if (_frame.Length < count)
            {
                _frame = new byte[count + count / 4];
            }

            Buffer.BlockCopy(buffer, offset, _frame, 0, count);
            _frameCount = count;
            FramesReplaced += _hasFrame ? 1 : 0;
            _hasFrame = true;
            SendWaitingFrame();
            return true;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            Close();
        }

        /// <summary>Hand the waiting frame to the browser once it has sent all before.</summary>
        private void SendWaitingFrame()
        {
            if (_hasFrame && FacecastSocketBuffered(_socket) == 0)
            {
                _hasFrame = false;
                FramesSent += FacecastSocketSend(_socket, _frame, 0, _frameCount);
            }
        }

        [DllImport("__Internal")]
        private static extern int FacecastSocketOpen(string url, string subprotocol);

        [DllImport("__Internal")]
        private static extern int FacecastSocketKind(int socket);

        [DllImport("__Internal")]
        private static extern int FacecastSocketCount(int socket);

        [DllImport("__Internal")]
        private static extern int FacecastSocketCode(int socket);

        [DllImport("__Internal")]
        private static extern double FacecastSocketAge(int socket);

        [DllImport("__Internal")]
        private static extern void FacecastSocketTake(int socket, byte[] buffer);

        [DllImport("__Internal")]
        private static extern int FacecastSocketDropped(int socket);

        [DllImport("__Internal")]
        private static extern int FacecastSocketBuffered(int socket);

        [DllImport("__Internal")]
        private static extern int FacecastSocketSend(int socket, byte[] buffer, int offset, int count);

        [DllImport("__Internal")]
        private static extern void FacecastSocketClose(int socket);
    }
}
#endif

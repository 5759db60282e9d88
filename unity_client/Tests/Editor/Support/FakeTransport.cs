using System.Collections.Generic;

namespace Facecast.Core.Tests
{
    /// <summary>A transport without a network: the test plays the server.</summary>
    internal sealed class FakeTransport : ITransport
    {
        private readonly Queue<TransportMessage> _incoming = new Queue<TransportMessage>();

        public List<string> OpenedUrls { get; } = new List<string>();

        public List<byte[]> Sent { get; } = new List<byte[]>();

        public List<byte[]> Frames { get; } = new List<byte[]>();

        public int Closes { get; private set; }

        public bool IsDisposed { get; private set; }

        public bool IsOpen { get; private set; }

        public long MessagesDropped
        {
            get { return 0; }
        }

        public long FramesSent
        {
            get { return Frames.Count; }
        }

        public long FramesReplaced
        {
            get { return 0; }
        }

        public bool IsFrameWaiting
        {
            get { return false; }
        }

        public void Open(string url, string subprotocol)
        {
            _incoming.Clear();
            OpenedUrls.Add(url + " " + subprotocol);
        }

        public void Close()
        {
            _incoming.Clear();
            IsOpen = false;
            Closes++;
        }

        public bool TryReceive(out TransportMessage message)
        {
            message = _incoming.Count > 0 ? _incoming.Dequeue() : new TransportMessage();
            return message.Buffer != null || message.Text != null;
        }

        public bool Send(byte[] buffer, int offset, int count)
        {
            Sent.Add(Copy(buffer, offset, count));
            return IsOpen;
        }

        public bool SendFrame(byte[] buffer, int offset, int count)
        {
            Frames.Add(Copy(buffer, offset, count));
            return IsOpen;
        }

        public void Dispose()
        {
            IsDisposed = true;
        }

        public void Accept(double now)
        {
            IsOpen = true;
            _incoming.Enqueue(new TransportMessage { Kind = TransportMessageKind.Opened, Text = "open", ArrivalSeconds = now });
        }

        public void Deliver(byte[] data, double now)
        {
            _incoming.Enqueue(new TransportMessage { Kind = TransportMessageKind.Data, Buffer = data, Count = data.Length, ArrivalSeconds = now });
        }

        public void Break(int closeCode, string text, double now)
        {
            IsOpen = false;
            _incoming.Enqueue(new TransportMessage
            {
                Kind = TransportMessageKind.Closed, CloseCode = closeCode, Text = text, ArrivalSeconds = now,
            });
        }

        private static byte[] Copy(byte[] buffer, int offset, int count)
        {
            byte[] copy = new byte[count];
            System.Buffer.BlockCopy(buffer, offset, copy, 0, count);
            return copy;
        }
    }
}

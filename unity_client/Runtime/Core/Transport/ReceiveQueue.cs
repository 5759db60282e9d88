using System;
using System.Collections.Generic;

namespace Facecast.Core
{
    /// <summary>
    /// What was received and not yet taken, in order, between the network's threads and the main thread. It is
    /// bounded: of each participant only the newest packets stay; all other messages are kept, and when even they
    /// are too many the queue overflows, and the connection has to be made anew. Buffers are used again.
    /// </summary>
    public sealed class ReceiveQueue
    {
        /// <summary>Most packets of one participant: half a second at 60 per second.</summary>
        public const int MaxPacketsEach = 32;

        /// <summary>Most messages of all kinds.</summary>
        public const int MaxMessages = 4096;

        private readonly object _gate = new object();
        private readonly LinkedList<Entry> _waiting = new LinkedList<Entry>();
        private readonly Stack<LinkedListNode<Entry>> _spare = new Stack<LinkedListNode<Entry>>();
        private readonly Dictionary<int, int> _packetsOf = new Dictionary<int, int>();
        private LinkedListNode<Entry> _taken;
        private long _dropped;

        /// <summary>Packets that were dropped for newer ones.</summary>
        public long Dropped
        {
            get
            {
                lock (_gate)
                {
                    return _dropped;
                }
            }
        }

        /// <summary>How many reports wait.</summary>
        public int Count
        {
            get
            {
                lock (_gate)
                {
                    return _waiting.Count;
                }
            }
        }

        /// <summary>Note that the connection is there.</summary>
        public void PushOpened(double nowSeconds)
        {
            Entry entry = new Entry();
            entry.Message.Kind = TransportMessageKind.Opened;
            entry.Message.ArrivalSeconds = nowSeconds;
            lock (_gate)
            {
                _waiting.AddLast(entry);
            }
        }

        /// <summary>Note that the connection ended.</summary>
        public void PushClosed(int closeCode, string text, double nowSeconds)
        {
            Entry entry = new Entry();
            entry.Message.Kind = TransportMessageKind.Closed;
            entry.Message.CloseCode = closeCode;
            entry.Message.Text = text;
            entry.Message.ArrivalSeconds = nowSeconds;
            lock (_gate)
            {
                _waiting.AddLast(entry);
            }
        }

        /// <summary>Copy a message to the end. False when the queue is full of messages that may not be dropped.</summary>
        public bool PushData(byte[] buffer, int offset, int count, double nowSeconds)
        {
            int participant = PacketPeek.Participant(buffer, offset, count);
            lock (_gate)
            {
                if (participant >= 0)
                {
                    MakeRoomFor(participant);
                }

                if (_waiting.Count >= MaxMessages && !DropOldestPacket(-1))
                {
                    return false;
                }

                LinkedListNode<Entry> node = _spare.Count > 0 ? _spare.Pop() : new LinkedListNode<Entry>(new Entry());
                node.Value.Fill(buffer, offset, count, participant, nowSeconds);
                _waiting.AddLast(node);
                return true;
            }
        }

        /// <summary>Take the oldest report; its buffer is valid until the next is taken.</summary>
        public bool TryPop(out TransportMessage message)
        {
            lock (_gate)
            {
                if (_taken != null)
                {
                    _spare.Push(_taken);
                    _taken = null;
                }

                LinkedListNode<Entry> first = _waiting.First;
                if (first == null)
                {
                    message = new TransportMessage();
                    return false;
                }

                _waiting.RemoveFirst();
                CountPackets(first.Value.Participant, -1);
                message = first.Value.Message;
                _taken = message.Kind == TransportMessageKind.Data ? first : null;
                return true;
            }
        }

        private void MakeRoomFor(int participant)
        {
            int waiting;
            if (_packetsOf.TryGetValue(participant, out waiting) && waiting >= MaxPacketsEach)
            {
                DropOldestPacket(participant);
            }

            CountPackets(participant, 1);
        }

        /// <summary>Drop the oldest packet of a participant, or of anybody (-1).</summary>
        private bool DropOldestPacket(int participant)
        {
            for (LinkedListNode<Entry> node = _waiting.First; node != null; node = node.Next)
            {
                if (node.Value.Participant >= 0 && (participant < 0 || node.Value.Participant == participant))
                {
                    _waiting.Remove(node);
                    CountPackets(node.Value.Participant, -1);
                    _spare.Push(node);
                    _dropped++;
                    return true;
                }
            }

            return false;
        }

        private void CountPackets(int participant, int change)
        {
            if (participant >= 0)
            {
                int count;
                _packetsOf.TryGetValue(participant, out count);
                _packetsOf[participant] = count + change;
            }
        }

        private sealed class Entry
        {
            public TransportMessage Message;
            public int Participant = -1;

            public void Fill(byte[] buffer, int offset, int count, int participant, double nowSeconds)
            {
                if (Message.Buffer == null || Message.Buffer.Length < count)
                {
                    Message.Buffer = new byte[Math.Max(256, count + count / 4)];
                }

                Buffer.BlockCopy(buffer, offset, Message.Buffer, 0, count);
                Message.Kind = TransportMessageKind.Data;
                Message.Count = count;
                Message.ArrivalSeconds = nowSeconds;
                Participant = participant;
            }
        }
    }
}

using System.Collections.Generic;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    /// <summary>After the first packets, a packet costs no memory on its whole way to a character.</summary>
    [TestFixture]
    public sealed class AllocationTests
    {
        private const int WarmUp = 500;
        private const int Repetitions = 5000;

        [Test]
        public void CounterSeesOneSmallObjectEach()
        {
            object kept = null;
            long bytes = Allocation.Bytes(WarmUp, Repetitions, () => kept = new object());
            Assert.That(kept, Is.Not.Null);
            Assert.That(bytes, Is.GreaterThanOrEqualTo(Repetitions * 8L), "otherwise the zeros below prove nothing");
        }

        [TestCase("packet_one_face_u8")]
        [TestCase("packet_one_face_u16")]
        [TestCase("packet_one_face_f32")]
        [TestCase("packet_landmarks_u8")]
        [TestCase("packet_eight_faces")]
        [TestCase("packet_worst_eight_faces_landmarks")]
        public void DecodingAllocatesNothing(string vector)
        {
            byte[] bytes = Vectors.Bytes("valid", vector);
            ServerMessageDecoder decoder = new ServerMessageDecoder();
            long allocated = Allocation.Bytes(WarmUp, Repetitions, () => decoder.Decode(bytes, 0, bytes.Length));
            Assert.That(allocated, Is.EqualTo(0));
        }

        [TestCase("packet_head_short")]
        [TestCase("packet_face_short")]
        [TestCase("packet_quaternion_zero")]
        public void RefusingAllocatesNothing(string vector)
        {
            byte[] bytes = Vectors.Bytes("invalid", "server_" + vector);
            ServerMessageDecoder decoder = new ServerMessageDecoder();
            long allocated = Allocation.Bytes(WarmUp, Repetitions, () => decoder.Decode(bytes, 0, bytes.Length));
            Assert.That(allocated, Is.EqualTo(0));
        }

        [Test]
        public void WholeWayFromThePacketToTheCharacterAllocatesNothing()
        {
            Way way = new Way();
            long allocated = Allocation.Bytes(WarmUp, Repetitions, way.Frame);
            Assert.That(allocated, Is.EqualTo(0));
            Assert.That(way.Shown, Is.EqualTo(2 * (WarmUp + Repetitions)), "both faces in each frame");
        }

        [Test]
        public void PublishingAllocatesNothing()
        {
            ClientMessageWriter writer = new ClientMessageWriter();
            byte[] picture = new byte[40000];
            uint sequence = 0;
            long allocated = Allocation.Bytes(10, Repetitions, () =>
            {
                writer.WriteFrame(sequence++, 123456789UL * sequence, PictureFormat.Jpeg, picture, 0, picture.Length, 0, 0);
                writer.WritePing(sequence, 5UL);
            });
            Assert.That(allocated, Is.EqualTo(0));
        }

        /// <summary>A session that gets a packet of two faces and renders two frames, over and over.</summary>
        private sealed class Way
        {
            private readonly QueueTransport _transport = new QueueTransport();
            private readonly FacecastSession _session;
            private readonly FaceFrame _face = new FaceFrame();
            private readonly FaceFollower _follower = new FaceFollower();
            private readonly float[] _targets = new float[52];
            private readonly WeightMap _map;
            private readonly byte[] _packet;
            private double _now = 10.0;
            private uint _sequence;

            public Way()
            {
                List<WeightBinding> bindings = new List<WeightBinding>();
                for (int i = 0; i < 52; i++)
                {
                    bindings.Add(new WeightBinding(i, i, 1f, 0f, 0f, 1f, new[] { 0f, 0.5f, 1f }));
                }

                _map = new WeightMap(bindings, 52);
                _session = new FacecastSession(_transport, new SessionOptions());
                _session.Connect(_now);
                _transport.Queue.PushOpened(_now);
                Push(ServerMessages.Manifest(3, "Ada", "viewer", new ParticipantInfo(1, "Bob", ParticipantRole.Publisher)));
                _packet = ServerMessages.Packet(1, 0, 0, ServerMessages.Face(1, 0.5f), ServerMessages.Face(2, 0.5f));
            }

            public long Shown { get; private set; }

            public void Frame()
            {
                Renumber();
                Push(_packet);
                for (int i = 0; i < 2; i++)
                {
                    _now += 1.0 / 60.0;
                    _session.Poll(_now);
                }

                Participant bob = _session.Room.Find(1);
                Shown += bob.Faces[0].TryGet(_now, _face) ? 1 : 0;
                _map.Apply(_face, _targets);
                Shown += _session.TryGetFace(1, 2, _now, _face) ? 1 : 0;
                _follower.TryGet(bob, _now, _face);
                _map.Apply(_face, _targets);
            }

            /// <summary>Write the next sequence and time into the packet: its head begins after 5 bytes.</summary>
            private void Renumber()
            {
                ulong time = (ulong)(_now * 1e6);
                _sequence++;
                for (int i = 0; i < 8; i++)
                {
                    _packet[6 + (i & 3)] = (byte)(_sequence >> (8 * (i & 3)));
                    _packet[10 + i] = (byte)(time >> (8 * i));
                }
            }

            private void Push(byte[] data)
            {
                _transport.Queue.PushData(data, 0, data.Length, _now);
            }
        }

        /// <summary>A transport that is only its receiving queue; what is sent goes nowhere.</summary>
        private sealed class QueueTransport : ITransport
        {
            public ReceiveQueue Queue { get; } = new ReceiveQueue();

            public long MessagesDropped
            {
                get { return Queue.Dropped; }
            }

            public long FramesSent
            {
                get { return 0; }
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
            }

            public void Close()
            {
            }

            public bool TryReceive(out TransportMessage message)
            {
                return Queue.TryPop(out message);
            }

            public bool Send(byte[] buffer, int offset, int count)
            {
                return true;
            }

            public bool SendFrame(byte[] buffer, int offset, int count)
            {
                return true;
            }

            public void Dispose()
            {
            }
        }
    }
}

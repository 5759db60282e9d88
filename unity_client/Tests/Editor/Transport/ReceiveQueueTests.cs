using System;
using System.Threading;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    [TestFixture]
    public sealed class ReceiveQueueTests
    {
        [Test]
        public void ReportsComeInOrder()
        {
            ReceiveQueue queue = new ReceiveQueue();
            queue.PushOpened(1.0);
            Push(queue, ServerMessages.Joined(4, "Ada", "both"), 2.0);
            Push(queue, ServerMessages.Packet(4, 1, 100), 3.0);
            queue.PushClosed(1000, "bye", 4.0);
            TransportMessage message;
            Assert.That(queue.TryPop(out message), Is.True);
            Assert.That(message.Kind, Is.EqualTo(TransportMessageKind.Opened));
            Assert.That(queue.TryPop(out message), Is.True);
            Assert.That(message.ArrivalSeconds, Is.EqualTo(2.0));
            Assert.That(queue.TryPop(out message), Is.True);
            Assert.That(message.Buffer[1], Is.EqualTo(WireTables.MessageId.Packet));
            Assert.That(queue.TryPop(out message), Is.True);
            Assert.That(message.Text, Is.EqualTo("bye"));
            Assert.That(message.CloseCode, Is.EqualTo(1000));
            Assert.That(queue.TryPop(out message), Is.False);
        }

        [Test]
        public void OfEachParticipantOnlyTheNewestPacketsStay()
        {
            ReceiveQueue queue = new ReceiveQueue();
            Push(queue, ServerMessages.Joined(2, "Bob", "publisher"), 0.0);
            for (uint i = 0; i < 1000; i++)
            {
                Push(queue, ServerMessages.Packet(1, i, i), 0.0);
                if (i < 10)
                {
                    Push(queue, ServerMessages.Packet(2, i, i), 0.0);
                }
            }

            Assert.That(queue.Count, Is.EqualTo(1 + ReceiveQueue.MaxPacketsEach + 10));
            Assert.That(queue.Dropped, Is.EqualTo(1000 - ReceiveQueue.MaxPacketsEach));
            AssertSequences(queue, 1000 - ReceiveQueue.MaxPacketsEach);
        }

        [Test]
        public void EventsAreNeverDroppedButOverflowIsTold()
        {
            ReceiveQueue queue = new ReceiveQueue();
            byte[] news = ServerMessages.Left(3);
            Push(queue, ServerMessages.Packet(1, 1, 1), 0.0);
            for (int i = 0; i < ReceiveQueue.MaxMessages; i++)
            {
                Assert.That(queue.PushData(news, 0, news.Length, 0.0), Is.True);
            }

            Assert.That(queue.Dropped, Is.EqualTo(1), "the packet made room");
            Assert.That(queue.PushData(news, 0, news.Length, 0.0), Is.False);
            Assert.That(queue.Count, Is.EqualTo(ReceiveQueue.MaxMessages));
        }

        [Test]
        public void BytesStayUntilTheNextIsTaken()
        {
            ReceiveQueue queue = new ReceiveQueue();
            byte[] first = ServerMessages.Packet(1, 1, 1);
            Push(queue, first, 0.0);
            TransportMessage taken;
            queue.TryPop(out taken);
            for (uint i = 2; i < 20; i++)
            {
                Push(queue, ServerMessages.Packet(1, i, i), 0.0);
            }

            byte[] seen = new byte[taken.Count];
            Buffer.BlockCopy(taken.Buffer, 0, seen, 0, seen.Length);
            Assert.That(seen, Is.EqualTo(first));
        }

        [Test]
        public void SteadyStreamAllocatesNothing()
        {
            ReceiveQueue queue = new ReceiveQueue();
            byte[] packet = ServerMessages.Packet(1, 1, 1, ServerMessages.Face(1, 0.5f));
            TransportMessage message;
            long bytes = Allocation.Bytes(1000, 20000, () =>
            {
                queue.PushData(packet, 0, packet.Length, 0.0);
                queue.PushData(packet, 0, packet.Length, 0.0);
                queue.TryPop(out message);
                queue.TryPop(out message);
            });
            Assert.That(bytes, Is.EqualTo(0));
        }

        [Test]
        public void TwoThreadsLoseNothing()
        {
            ReceiveQueue queue = new ReceiveQueue();
            byte[] news = ServerMessages.Left(3);
            const int total = 20000;
            Thread writer = new Thread(() =>
            {
                for (int sent = 0; sent < total;)
                {
                    sent += queue.PushData(news, 0, news.Length, sent) ? 1 : 0;
                }
            });
            writer.Start();
            for (int taken = 0; taken < total;)
            {
                TransportMessage message;
                if (queue.TryPop(out message))
                {
                    Assert.That(message.ArrivalSeconds, Is.EqualTo((double)taken));
                    taken++;
                }
            }

            Assert.That(writer.Join(5000), Is.True);
        }

        private static void Push(ReceiveQueue queue, byte[] data, double now)
        {
            Assert.That(queue.PushData(data, 0, data.Length, now), Is.True);
        }

        private static void AssertSequences(ReceiveQueue queue, uint expected)
        {
            TransportMessage message;
            ServerMessageDecoder decoder = new ServerMessageDecoder();
            Assert.That(queue.TryPop(out message), Is.True);
            Assert.That(decoder.Decode(message.Buffer, 0, message.Count), Is.EqualTo(ServerMessageKind.Event), "the event stayed");
            while (queue.TryPop(out message))
            {
                decoder.Decode(message.Buffer, 0, message.Count);
                if (decoder.Packet.Participant == 1)
                {
                    Assert.That(decoder.Packet.Sequence, Is.EqualTo(expected++));
                }
            }

            Assert.That(expected, Is.EqualTo(1000u));
        }
    }
}

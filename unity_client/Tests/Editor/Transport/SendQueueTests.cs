using System;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    [TestFixture]
    public sealed class SendQueueTests
    {
        [Test]
        public void NeverMoreThanOneFrameWaits()
        {
            SendQueue queue = new SendQueue();
            for (byte i = 0; i < 10; i++)
            {
                queue.PushFrame(new[] { i, i, i }, 1, 2);
            }

            ArraySegment<byte> data;
            Assert.That(queue.IsFrameWaiting, Is.True);
            Assert.That(queue.TryPop(out data), Is.True);
            Assert.That(data.Count, Is.EqualTo(2));
            Assert.That(data.Array[data.Offset], Is.EqualTo(9), "the newest");
            Assert.That(queue.IsFrameWaiting, Is.True, "it is being sent");
            Assert.That(queue.FramesReplaced, Is.EqualTo(9));
            Assert.That(queue.TryPop(out data), Is.False);
            Assert.That(queue.IsFrameWaiting, Is.False);
            Assert.That(queue.FramesSent, Is.EqualTo(1));
        }

        [Test]
        public void FrameBeingSentIsNotOverwritten()
        {
            SendQueue queue = new SendQueue();
            queue.PushFrame(new byte[] { 1, 1 }, 0, 2);
            ArraySegment<byte> sending;
            queue.TryPop(out sending);
            queue.PushFrame(new byte[] { 2, 2 }, 0, 2);
            queue.PushFrame(new byte[] { 3, 3 }, 0, 2);
            Assert.That(sending.Array[sending.Offset], Is.EqualTo(1));
        }

        [Test]
        public void MessagesComeInOrderAndBeforeTheFrame()
        {
            SendQueue queue = new SendQueue();
            queue.PushFrame(new byte[] { 9 }, 0, 1);
            queue.Push(new byte[] { 1 }, 0, 1);
            queue.Push(new byte[] { 2 }, 0, 1);
            foreach (byte expected in new byte[] { 1, 2, 9 })
            {
                ArraySegment<byte> data;
                Assert.That(queue.TryPop(out data), Is.True);
                Assert.That(data.Array[data.Offset], Is.EqualTo(expected));
            }
        }

        [Test]
        public void MessagesAreBounded()
        {
            SendQueue queue = new SendQueue();
            int taken = 0;
            while (queue.Push(new byte[] { 1 }, 0, 1))
            {
                taken++;
            }

            Assert.That(taken, Is.EqualTo(64));
        }

        [Test]
        public void StreamOfFramesAllocatesNothing()
        {
            SendQueue queue = new SendQueue();
            byte[] frame = new byte[30000];
            ArraySegment<byte> data;
            long bytes = Allocation.Bytes(10, 1000, () =>
            {
                queue.PushFrame(frame, 0, frame.Length);
                queue.TryPop(out data);
            });
            Assert.That(bytes, Is.EqualTo(0));
        }
    }
}

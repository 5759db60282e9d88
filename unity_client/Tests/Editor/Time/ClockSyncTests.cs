using System;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    [TestFixture]
    public sealed class ClockSyncTests
    {
        [Test]
        public void OffsetIsTheMiddleOfAnEvenPath()
        {
            ClockSync clock = new ClockSync();
            Assert.That(clock.IsKnown, Is.False);
            Assert.That(clock.Add(Answer(1000, 501000, 501050), 3050), Is.True);
            Assert.That(clock.OffsetUs, Is.EqualTo(499000));
            Assert.That(clock.RoundTripUs, Is.EqualTo(2000));
            Assert.That(clock.ToServerUs(1000), Is.EqualTo(500000));
        }

        [Test]
        public void NegativeAndHugeOffsetsAreExact()
        {
            ClockSync clock = new ClockSync();
            clock.Add(Answer(9000001, 101, 101), 9000201);
            Assert.That(clock.OffsetUs, Is.EqualTo(-9000000).Within(1));
            clock.Reset();
            clock.Add(Answer(100, ulong.MaxValue - 99, ulong.MaxValue - 99), 300);
            Assert.That(clock.OffsetUs, Is.EqualTo(-300), "the difference wraps");
        }

        [Test]
        public void ShortestRoundTripCounts()
        {
            ClockSync clock = new ClockSync();
            Random random = new Random(2);
            for (int i = 0; i < 200; i++)
            {
                ulong sent = 1000000UL * (ulong)i;
                ulong way = 5000UL + (ulong)random.Next(40000); // queues on the way there
                ulong back = 5000UL + (ulong)random.Next(40000);
                ulong server = sent + way + 70000000UL;
                clock.Add(Answer(sent, server, server + 100), sent + way + 100 + back);
                Assert.That(Math.Abs(clock.OffsetUs - 70000000), Is.LessThanOrEqualTo(clock.RoundTripUs / 2 + 1));
            }

            Assert.That(clock.OffsetUs, Is.EqualTo(70000000).Within(15000));
        }

        [Test]
        public void DriftIsFollowed()
        {
            ClockSync clock = new ClockSync();
            for (int i = 0; i < 300; i++)
            {
                ulong sent = 1000000UL * (ulong)i;
                ulong server = sent + 2000UL + 50UL * (ulong)i; // 50 ppm
                clock.Add(Answer(sent, server, server), sent + 4000UL);
            }

            Assert.That(clock.OffsetUs, Is.EqualTo(50 * 299).Within(1000));
        }

        [TestCase(1000UL, 5UL, 4UL, 1100UL)]
        [TestCase(1000UL, 5UL, 6UL, 900UL)]
        [TestCase(1000UL, 5UL, 5000UL, 1100UL)]
        public void ImpossibleTimesAreIgnored(ulong sent, ulong received, ulong answered, ulong arrived)
        {
            ClockSync clock = new ClockSync();
            Assert.That(clock.Add(Answer(sent, received, answered), arrived), Is.False);
            Assert.That(clock.IsKnown, Is.False);
        }

        private static Pong Answer(ulong client, ulong receive, ulong send)
        {
            return new Pong { ClientTimeUs = client, ReceiveTimeUs = receive, SendTimeUs = send };
        }
    }
}

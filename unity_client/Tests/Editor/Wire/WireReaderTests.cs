using System;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    [TestFixture]
    public sealed class WireReaderTests
    {
        [TestCase("00")]
        [TestCase("7f")]
        [TestCase("ff")]
        [TestCase("c0")]
        [TestCase("c2")]
        [TestCase("cc80")]
        [TestCase("cd0100")]
        [TestCase("ce00010000")]
        [TestCase("cf0000000100000000")]
        [TestCase("d080")]
        [TestCase("d18000")]
        [TestCase("d280000000")]
        [TestCase("d38000000000000000")]
        [TestCase("ca3f800000")]
        [TestCase("cb3ff0000000000000")]
        [TestCase("a3616263")]
        [TestCase("d903616263")]
        [TestCase("da0003616263")]
        [TestCase("db00000003616263")]
        [TestCase("c403010203")]
        [TestCase("c50003010203")]
        [TestCase("c600000003010203")]
        [TestCase("9301a161c0")]
        [TestCase("dc000201c0")]
        [TestCase("dd0000000201c0")]
        [TestCase("81a16101")]
        [TestCase("de0001a16101")]
        [TestCase("df00000001a16101")]
        [TestCase("d40501")]
        [TestCase("d5050102")]
        [TestCase("d60501020304")]
        [TestCase("d7050102030405060708")]
        [TestCase("d80501020304050607080102030405060708")]
        [TestCase("c702050102")]
        [TestCase("c80002050102")]
        [TestCase("c900000002050102")]
        public void ValueOfEveryKindIsReadOver(string hex)
        {
            byte[] value = Vectors.FromHex(hex);
            WireReader reader = new WireReader(value, 0, value.Length);
            Assert.That(reader.TrySkip(), Is.True);
            Assert.That(reader.IsAtEnd, Is.True, "neither too much nor too little");
            for (int count = 0; count < value.Length; count++)
            {
                WireReader cut = new WireReader(value, 0, count);
                Assert.That(cut.TrySkip(), Is.False, "the first " + count + " bytes");
            }
        }

        [TestCase("c1")]
        [TestCase("a2c328")]
        public void WhatIsNoValueIsNotReadOver(string hex)
        {
            byte[] value = Vectors.FromHex(hex);
            WireReader reader = new WireReader(value, 0, value.Length);
            string text;
            Assert.That(reader.TryReadText(out text), Is.False);
            Assert.That(value[0] != 0xC1 || !reader.TrySkip(), Is.True);
        }

        [Test]
        public void NestingIsBounded()
        {
            byte[] deep = new byte[5001];
            for (int i = 0; i < deep.Length; i++)
            {
                deep[i] = 0x91;
            }

            WireReader reader = new WireReader(deep, 0, deep.Length);
            Assert.That(reader.TrySkip(), Is.False);
        }

        [Test]
        public void ItemsAreBounded()
        {
            byte[] many = new byte[3 + 1025];
            many[0] = 0xDC;
            many[1] = 0x04;
            many[2] = 0x01; // 1025 items, and they are all there
            int count;
            WireReader reader = new WireReader(many, 0, many.Length);
            Assert.That(reader.TryReadArray(out count), Is.False);
            many[2] = 0x00;
            reader = new WireReader(many, 0, many.Length);
            Assert.That(reader.TryReadArray(out count), Is.True);
            Assert.That(count, Is.EqualTo(1024));
        }

        [Test]
        public void NumbersOfEveryWidthAreRead()
        {
            foreach (long value in new[] { 0L, 1, 127, 128, 255, 256, 65535, 65536, uint.MaxValue, 1L << 40, long.MaxValue })
            {
                Assert.That(WriteAndRead(value), Is.EqualTo(value));
                Assert.That(WriteAndRead(-value), Is.EqualTo(-value));
            }

            Assert.That(WriteAndRead(long.MinValue), Is.EqualTo(long.MinValue));
        }

        [Test]
        public void NumberBeyondItsLimitIsRefused()
        {
            ulong value;
            byte[] bytes = { 0xCD, 0x01, 0x00 };
            WireReader reader = new WireReader(bytes, 0, 3);
            Assert.That(reader.TryReadUnsigned(255, out value), Is.False);
            reader = new WireReader(bytes, 0, 3);
            Assert.That(reader.TryReadUnsigned(256, out value), Is.True);
            reader = new WireReader(new byte[] { 0xFF }, 0, 1);
            Assert.That(reader.TryReadUnsigned(ulong.MaxValue, out value), Is.False, "a negative one");
        }

        [Test]
        public void RangeOutsideOfTheBufferIsRefused()
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new WireReader(new byte[4], 2, 3));
            Assert.Throws<ArgumentOutOfRangeException>(() => new WireReader(new byte[4], -1, 3));
            Assert.Throws<ArgumentNullException>(() => new WireReader(null, 0, 0));
        }

        [Test]
        public void AnyBytesAreSurvived()
        {
            Random random = new Random(4);
            ServerMessageDecoder decoder = new ServerMessageDecoder();
            byte[] bytes = new byte[64];
            for (int i = 0; i < 100000; i++)
            {
                random.NextBytes(bytes);
                bytes[0] = (byte)(0x90 + i % 16); // an array, so that some come far
                bytes[1] = (byte)(i / 16 % 8);
                decoder.Decode(bytes, 0, 1 + random.Next(bytes.Length));
            }

            Assert.That(decoder.ErrorCode, Is.Null.Or.EqualTo(WireTables.ErrorCode.BadMessage));
        }

        [Test]
        public void BytesAfterAMessageAreRefused()
        {
            byte[][] messages =
            {
                ServerMessages.Left(1), ServerMessages.Pong(1, 2, 3, 4), ServerMessages.Neutral(new byte[3]),
                ServerMessages.Error("rate", "x", false), ServerMessages.Packet(1, 2, 3), ServerMessages.Manifest(1, "a", "both"),
            };
            ServerMessageDecoder decoder = new ServerMessageDecoder();
            foreach (byte[] message in messages)
            {
                Assert.That(decoder.Decode(message, 0, message.Length), Is.Not.EqualTo(ServerMessageKind.Invalid));
                byte[] more = new byte[message.Length + 1];
                message.CopyTo(more, 0);
                Assert.That(decoder.Decode(more, 0, more.Length), Is.EqualTo(ServerMessageKind.Invalid));
            }
        }

        private static long WriteAndRead(long value)
        {
            long read;
            WireWriter writer = new WireWriter(1);
            writer.WriteSigned(value);
            WireReader reader = new WireReader(writer.Buffer, 0, writer.Count);
            Assert.That(reader.TryReadSigned(out read), Is.True);
            Assert.That(reader.IsAtEnd, Is.True);
            return read;
        }
    }
}

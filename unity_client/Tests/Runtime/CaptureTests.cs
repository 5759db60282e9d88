using System;
using System.Collections.Generic;
using System.Threading;
using NUnit.Framework;

namespace Facecast.Unity.Tests
{
    /// <summary>The parts of the camera that need no graphics card: size, rotation, encoder.</summary>
    [TestFixture]
    public sealed class CaptureTests
    {
        private const int Patience = 5000; // milliseconds

        [TestCase(1920, 1080, 640, 640, 360)]
        [TestCase(1080, 1920, 640, 360, 640)]
        [TestCase(320, 240, 640, 320, 240)]
        [TestCase(641, 481, 640, 640, 480)]
        [TestCase(1, 1000, 500, 2, 500)]
        public void TheLongerSideFitsAndBothAreEven(int width, int height, int side, int expectedWidth, int expectedHeight)
        {
            int fitWidth;
            int fitHeight;
            PublishSize.Fit(width, height, side, out fitWidth, out fitHeight);

            Assert.That(new[] { fitWidth, fitHeight }, Is.EqualTo(new[] { expectedWidth, expectedHeight }));
        }

        // Rows from the bottom up, so the picture 1 2 3 over 4 5 6 is stored 4 5 6, 1 2 3.
        [TestCase(90, 2, new byte[] { 6, 3, 5, 2, 4, 1 })] // seen: 4 1, 5 2, 6 3
        [TestCase(180, 3, new byte[] { 3, 2, 1, 6, 5, 4 })] // seen: 6 5 4, 3 2 1
        [TestCase(270, 2, new byte[] { 1, 4, 2, 5, 3, 6 })] // seen: 3 6, 2 5, 1 4
        [TestCase(0, 3, new byte[] { 4, 5, 6, 1, 2, 3 })]
        public void QuartersTurnClockwise(int degrees, int expectedWidth, byte[] expected)
        {
            RawPicture picture = Picture(3, 2, 4, 5, 6, 1, 2, 3);
            picture.RotationDegrees = degrees;
            picture.CaptureTimeUs = 77;
            var upright = new RawPicture();

            PictureRotation.Turn(picture, upright);

            Assert.That(upright.Width, Is.EqualTo(expectedWidth));
            Assert.That(upright.Height, Is.EqualTo(6 / expectedWidth));
            Assert.That(upright.CaptureTimeUs, Is.EqualTo(77UL));
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.That(upright.Pixels[4 * i], Is.EqualTo(expected[i]), "pixel " + i);
                Assert.That(upright.Pixels[(4 * i) + 3], Is.EqualTo(255), "alpha of pixel " + i);
            }
        }

        [Test]
        public void TheNewestPictureWinsWhileOneIsEncoded()
        {
            var sent = new List<ulong>();
            using (var go = new ManualResetEvent(false))
            using (var begun = new ManualResetEvent(false))
            using (var done = new CountdownEvent(2))
            {
                Func<RawPicture, byte[]> slow = picture =>
                {
                    begun.Set();
                    go.WaitOne(Patience);
                    return new byte[1];
                };
                Action<ulong, byte[]> send = (time, bytes) =>
                {
                    sent.Add(time);
                    done.Signal();
                };
                using (var encoder = new PictureEncoder(slow, send, true))
                {
                    Submit(encoder, 1);
                    Assert.That(begun.WaitOne(Patience), Is.True);
                    Submit(encoder, 2);
                    Assert.That(encoder.IsWaiting, Is.True);
                    Submit(encoder, 3);
                    Submit(encoder, 4);
                    go.Set();
                    Assert.That(done.Wait(Patience), Is.True);
                    Assert.That(encoder.Replaced, Is.EqualTo(2));
                }
            }

            Assert.That(sent, Is.EqualTo(new ulong[] { 1, 4 }));
        }

        [Test]
        public void AFailureIsReportedAndTheNextPictureIsEncoded()
        {
            using (var sent = new ManualResetEvent(false))
            {
                int calls = 0;
                Func<RawPicture, byte[]> failing = picture =>
                {
                    if (calls++ == 0)
                    {
                        throw new InvalidOperationException("no memory");
                    }

                    return new byte[1];
                };
                using (var encoder = new PictureEncoder(failing, (time, bytes) => sent.Set(), true))
                {
                    Submit(encoder, 1);
                    Exception fault = null;
                    Assert.That(SpinWait.SpinUntil(() => (fault = encoder.TakeFault()) != null, Patience), Is.True);
                    Assert.That(fault.Message, Is.EqualTo("no memory"));
                    Submit(encoder, 2);
                    Assert.That(sent.WaitOne(Patience), Is.True);
                    Assert.That(encoder.TakeFault(), Is.Null);
                }
            }
        }

        [Test]
        public void WithoutThreadsThePictureIsEncodedAtOnce()
        {
            ulong sent = 0;
            using (var encoder = new PictureEncoder(picture => new byte[1], (time, bytes) => sent = time, false))
            {
                Submit(encoder, 5);
                Assert.That(sent, Is.EqualTo(5UL));
                Assert.That(encoder.IsWaiting, Is.False);
            }
        }

        private static void Submit(PictureEncoder encoder, ulong time)
        {
            RawPicture picture = encoder.Rent();
            picture.Resize(2, 2);
            picture.CaptureTimeUs = time;
            encoder.Submit(picture);
        }

        private static RawPicture Picture(int width, int height, params byte[] reds)
        {
            var picture = new RawPicture();
            picture.Resize(width, height);
            for (int i = 0; i < reds.Length; i++)
            {
                picture.Pixels[4 * i] = reds[i];
                picture.Pixels[(4 * i) + 3] = 255;
            }

            return picture;
        }
    }
}

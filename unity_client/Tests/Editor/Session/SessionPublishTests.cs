using NUnit.Framework;

namespace Facecast.Core.Tests
{
    /// <summary>What a publisher sends.</summary>
    [TestFixture]
    public sealed class SessionPublishTests : SessionFixture
    {
        [Test]
        public void FramesAreNumberedAndCarryTheirTime()
        {
            Enter();
            byte[] picture = { 0, 1, 2, 3, 0 };
            Assert.That(Session.SendFrame(77, PictureFormat.Jpeg, picture, 1, 3), Is.True);
            Assert.That(Session.SendFrame(99, PictureFormat.Jpeg, picture, 1, 3), Is.True);
            ClientMessageReader reader = new ClientMessageReader();
            Assert.That(reader.Read(Transport.Frames[1], 0, Transport.Frames[1].Length), Is.Null);
            Assert.That(reader.Fields["sequence"], Is.EqualTo(1UL));
            Assert.That(reader.Fields["capture_time_us"], Is.EqualTo(99UL));
            Assert.That(reader.Fields["payload"], Is.EqualTo(new byte[] { 1, 2, 3 }));
            Assert.Throws<WireException>(() => Session.SendFrame(1, PictureFormat.Rgb8, picture, 0, 5, 2, 2));
        }

        [Test]
        public void ViewerPublishesNothing()
        {
            Options.Role = ParticipantRole.Viewer;
            Session.Connect(Now);
            Transport.Accept(Now);
            Transport.Deliver(ServerMessages.Manifest(3, "Ada", "viewer"), Now);
            Poll(0.0);
            Assert.That(Session.SendFrame(1, PictureFormat.Jpeg, new byte[3], 0, 3), Is.False);
            Assert.That(Session.Calibrate(), Is.False);
            Assert.That(Transport.Frames, Is.Empty);
        }

        [Test]
        public void RefusedCalibrationIsNotSentAgain()
        {
            Enter();
            Assert.That(Session.SetNeutral(new byte[] { 1 }), Is.True);
            Deliver(ServerMessages.Error("bad_neutral", "expected version 2", false));
            Assert.That(Options.Neutral, Is.Null);
            Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
        }
    }
}

using System;
using System.Collections.Generic;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    /// <summary>Connecting, staying connected, and coming back.</summary>
    [TestFixture]
    public sealed class SessionConnectionTests : SessionFixture
    {
        [Test]
        public void ConnectsSaysHelloAndEntersTheRoom()
        {
            Options.Encoding = CoefficientEncoding.U16;
            Options.Neutral = new byte[] { 1, 2 };
            Session.Connect(Now);
            Assert.That(Transport.OpenedUrls[0], Is.EqualTo("ws://127.0.0.1:8000/v1/stream?room=lobby&role=both&name=Ada facecast.v1.msgpack"));
            Transport.Accept(Now);
            Poll(0.0);
            Dictionary<string, object> hello = LastSent("hello");
            Assert.That(hello["neutral"], Is.EqualTo(new byte[] { 1, 2 }));
            Assert.That(((Dictionary<string, object>)hello["options"])["encoding"], Is.EqualTo("u16"));
            Assert.That(Session.CanPublish, Is.False, "not before the manifest");
            Transport.Deliver(ServerMessages.Manifest(3, "Ada", "both"), Now);
            Poll(0.0);
            Assert.That(Log, Is.EqualTo(new[] { "state Connecting", "state Connected", "connected 3", "joined Ada" }));
            Assert.That(Session.CanPublish, Is.True);
            Assert.That(Session.Room.Self.Id, Is.EqualTo(3));
            Assert.That(Session.Manifest.Blendshapes[51].IsEstimated, Is.False);
        }

        [Test]
        public void ViewerKeepsItsCalibrationToItself()
        {
            Options.Role = ParticipantRole.Viewer;
            Options.Neutral = new byte[] { 1, 2 };
            Session.Connect(Now);
            Transport.Accept(Now);
            Poll(0.0);
            Assert.That(LastSent("hello")["neutral"], Is.Null, "a server refuses it from a viewer");
        }

        [Test]
        public void BrokenConnectionIsMadeAgainAndResumed()
        {
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher), new ParticipantInfo(2, "Cy", ParticipantRole.Viewer));
            Stream(1, 7, 1f, 1.0);
            Deliver(ServerMessages.Neutral(new byte[] { 4, 5, 6 }));
            Participant bob = Session.Room.Find("Bob");
            TrackedFace face = bob.Faces[0];
            Log.Clear();
            Transport.Break(0, "connection reset", Now);
            Poll(0.0);
            Assert.That(Session.State, Is.EqualTo(SessionState.Reconnecting));
            Assert.That(Session.StatusText.Contains("connection reset; next attempt in"), Is.True, Session.StatusText);
            Assert.That(Session.CanPublish, Is.False);
            Poll(0.6);
            Assert.That(Transport.OpenedUrls.Count, Is.EqualTo(2));
            Transport.Accept(Now);
            Poll(0.0);
            Assert.That(LastSent("hello")["neutral"], Is.EqualTo(new byte[] { 4, 5, 6 }), "captured before the break");
            Deliver(ServerMessages.Manifest(11, "Ada", "both", new ParticipantInfo(12, "Bob", ParticipantRole.Publisher)));
            Assert.That(Log.GetRange(Log.Count - 3, 3), Is.EqualTo(new[] { "state Connected", "connected 11", "left Cy" }));
            Assert.That(Log.Contains("fault transport"), Is.True);
            Assert.That(Session.Room.Find(12), Is.SameAs(bob));
            Assert.That(bob.Faces[0], Is.SameAs(face), "the character stays");
            Assert.That(Session.Statistics.Reconnections, Is.EqualTo(1));
            Stream(12, 7, 0.3f, 1.0);
            FaceFrame output = new FaceFrame();
            Assert.That(face.TryGet(Now, output), Is.True);
            Assert.That(output.Blendshapes[0], Is.EqualTo(0.3f).Within(0.01));
            Assert.That(output.Presence, Is.EqualTo(1f));
        }

        [Test]
        public void AttemptsBecomeRarer()
        {
            Session.Connect(Now);
            for (int refused = 0; Now < 1060.0; Poll(0.05))
            {
                if (Transport.OpenedUrls.Count > refused)
                {
                    refused = Transport.OpenedUrls.Count;
                    Transport.Break(0, "refused", Now);
                }
            }

            Assert.That(Session.State, Is.EqualTo(SessionState.Connecting));
            Assert.That(Transport.OpenedUrls.Count, Is.GreaterThan(12).And.LessThan(35), "waits of 0.25 to 4 s in a minute");
        }

        [TestCase("bad_request", 4400)]
        [TestCase("subprotocol", 4406)]
        [TestCase("version", 4426)]
        public void RefusalThatStaysSoIsNotTriedAgain(string code, int closeCode)
        {
            Session.Connect(Now);
            Transport.Accept(Now);
            Poll(0.0);
            Transport.Deliver(ServerMessages.Error(code, "expected something else", true), Now);
            Transport.Break(closeCode, "expected something else", Now);
            Poll(0.0);
            Poll(100.0);
            Assert.That(Session.State, Is.EqualTo(SessionState.Failed));
            Assert.That(Session.StatusText, Is.EqualTo("expected something else"));
            Assert.That(Transport.OpenedUrls.Count, Is.EqualTo(1));
            Assert.That(Log, Is.EqualTo(new[] { "state Connecting", "fault " + code, "state Failed" }), "told once");
            Session.Connect(Now);
            Assert.That(Transport.OpenedUrls.Count, Is.EqualTo(2), "but the user may");
        }

        [TestCase("room_full", 4409)]
        [TestCase("shutting_down", 4503)]
        public void RefusalThatMayPassIsTriedAgain(string code, int closeCode)
        {
            Session.Connect(Now);
            Transport.Accept(Now);
            Poll(0.0);
            Transport.Deliver(ServerMessages.Error(code, "later", true), Now);
            Transport.Break(closeCode, "later", Now);
            Poll(0.0);
            Poll(1.0);
            Assert.That(Transport.OpenedUrls.Count, Is.EqualTo(2));
        }

        [Test]
        public void SilentConnectionIsGivenUp()
        {
            Enter();
            KeepAlive(20.0);
            Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
            for (int i = 0; i < 60 && Session.State == SessionState.Connected; i++)
            {
                Poll(0.1);
            }

            Assert.That(Session.State, Is.EqualTo(SessionState.Reconnecting), "after five seconds without a pong");
            Assert.That(Log.Contains("fault transport"), Is.True);
        }

        [Test]
        public void PausedMainThreadDoesNotBlameTheServer()
        {
            Enter();
            Poll(60.0);
            Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
        }

        [Test]
        public void ConnectionWithoutManifestIsGivenUp()
        {
            Session.Connect(Now);
            Transport.Accept(Now);
            for (int i = 0; i < 110; i++)
            {
                Poll(0.1);
            }

            Assert.That(Log.Contains("fault transport"), Is.True);
            Assert.That(Transport.OpenedUrls.Count, Is.EqualTo(2));
        }

        [Test]
        public void AddressThatIsNoneFailsAtOnce()
        {
            Options.Url = "ftp://host";
            Session.Connect(Now);
            Assert.That(Session.State, Is.EqualTo(SessionState.Failed));
            Assert.That(Session.StatusText.Contains("ftp://host"), Is.True, Session.StatusText);
            Assert.That(Transport.OpenedUrls, Is.Empty);
        }

        [Test]
        public void DisconnectLeavesTheRoomForGood()
        {
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher));
            Stream(1, 7, 1f, 0.2);
            Log.Clear();
            Session.Disconnect();
            Poll(30.0);
            Assert.That(Log, Is.EqualTo(new[] { "left Ada", "removed Bob 7", "left Bob", "state Idle" }));
            Assert.That(Transport.OpenedUrls.Count, Is.EqualTo(1));
            Assert.That(Transport.Closes, Is.EqualTo(1));
            Session.Connect(Now);
            Assert.That(Transport.OpenedUrls.Count, Is.EqualTo(2));
        }

        [Test]
        public void DisconnectInsideAnEventIsSafe()
        {
            Session.ParticipantJoined += who => Session.Disconnect();
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher));
            Assert.That(Session.State, Is.EqualTo(SessionState.Idle));
            Assert.That(Session.Room.Participants, Is.Empty);
            Assert.That(Log.FindAll(line => line.StartsWith("joined")).Count, Is.EqualTo(Log.FindAll(line => line.StartsWith("left")).Count));
        }

        [Test]
        public void HandlerThatThrowsLosesNothing()
        {
            bool hasThrown = false;
            Action<Participant> thrower = who =>
            {
                hasThrown = !hasThrown;
                if (hasThrown)
                {
                    throw new InvalidOperationException("the user's");
                }
            };
            Enter();
            Session.ParticipantJoined += thrower;
            Transport.Deliver(ServerMessages.Joined(5, "Bob", "publisher"), Now);
            Transport.Deliver(ServerMessages.Joined(6, "Cy", "publisher"), Now);
            Assert.Throws<InvalidOperationException>(() => Poll(0.0));
            Poll(0.0);
            Assert.That(Log, Is.EqualTo(new[] { "joined Bob", "joined Cy" }));
        }

        [Test]
        public void ClockIsLearntAndReported()
        {
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher));
            Dictionary<string, object> ping = LastSent("ping");
            Assert.That(ping["clock_offset_us"], Is.Null);
            ulong sent = (ulong)ping["client_time_us"];
            Now += 0.004;
            Deliver(ServerMessages.Pong((uint)(ulong)ping["id"], sent, 5000000 + 2000, 5000000 + 2000));
            Assert.That(Session.Statistics.RoundTripSeconds, Is.EqualTo(0.004).Within(2e-5));
            Poll(1.1);
            Assert.That((long)LastSent("ping")["clock_offset_us"], Is.EqualTo(5000000L - (long)sent).Within(5));
            ulong capture = 9000000;
            long publisherOffset = Session.Clock.ToServerUs((ulong)(Now * 1e6)) - (long)capture - 80000;
            Deliver(ServerMessages.ClockOffset(1, publisherOffset));
            Deliver(ServerMessages.Packet(1, 1, capture, ServerMessages.Face(1, 0f)));
            Assert.That(Session.Room.Find(1).Statistics.LatencySeconds, Is.EqualTo(0.08).Within(1e-4));
        }

        [Test]
        public void UnknownMessagesAreIgnoredAndCounted()
        {
            Enter();
            Deliver(new byte[] { 0x91, 99 });
            Deliver(new byte[] { 0xC1 });
            Assert.That(Session.Statistics.BadMessages, Is.EqualTo(2));
            Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
            Assert.That(Log, Is.Empty);
        }
    }
}

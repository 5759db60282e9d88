using System;
using System.Collections.Generic;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    /// <summary>A session against a server that the test plays.</summary>
    [TestFixture]
    public sealed class SessionTests
    {
        private FakeTransport _transport;
        private SessionOptions _options;
        private FacecastSession _session;
        private List<string> _log;
        private double _now;

        [SetUp]
        public void MakeSession()
        {
            _now = 1000.0;
            _log = new List<string>();
            _transport = new FakeTransport();
            _options = new SessionOptions { Role = ParticipantRole.Both, Name = "Ada" };
            _session = new FacecastSession(_transport, _options, new Backoff(0.5, 4.0, 1));
            _session.StateChanged += state => _log.Add("state " + state);
            _session.Connected += manifest => _log.Add("connected " + manifest.Participant);
            _session.ParticipantJoined += who => _log.Add("joined " + who.Name);
            _session.ParticipantLeft += who => _log.Add("left " + who.Name);
            _session.FaceAppeared += (who, face) => _log.Add("appeared " + who.Name + " " + face.Track);
            _session.FaceLost += (who, face) => _log.Add("lost " + who.Name + " " + face.Track);
            _session.FaceRemoved += (who, face) => _log.Add("removed " + who.Name + " " + face.Track);
            _session.NeutralCaptured += data => _log.Add("neutral " + data.Length);
            _session.FaultRaised += fault => _log.Add("fault " + fault.Code);
        }

        [Test]
        public void ConnectsSaysHelloAndEntersTheRoom()
        {
            _options.Encoding = CoefficientEncoding.U16;
            _options.Neutral = new byte[] { 1, 2 };
            _session.Connect(_now);
            Assert.That(_transport.OpenedUrls[0], Is.EqualTo("ws://127.0.0.1:8000/v1/stream?room=lobby&role=both&name=Ada facecast.v1.msgpack"));
            _transport.Accept(_now);
            Poll(0.0);
            Dictionary<string, object> hello = LastSent("hello");
            Assert.That(hello["neutral"], Is.EqualTo(new byte[] { 1, 2 }));
            Assert.That(((Dictionary<string, object>)hello["options"])["encoding"], Is.EqualTo("u16"));
            Assert.That(_session.CanPublish, Is.False, "not before the manifest");
            _transport.Deliver(ServerMessages.Manifest(3, "Ada", "both"), _now);
            Poll(0.0);
            Assert.That(_log, Is.EqualTo(new[] { "state Connecting", "state Connected", "connected 3", "joined Ada" }));
            Assert.That(_session.CanPublish, Is.True);
            Assert.That(_session.Room.Self.Id, Is.EqualTo(3));
            Assert.That(_session.Manifest.Blendshapes[51].IsEstimated, Is.False);
        }

        [Test]
        public void ViewerKeepsItsCalibrationToItself()
        {
            _options.Role = ParticipantRole.Viewer;
            _options.Neutral = new byte[] { 1, 2 };
            _session.Connect(_now);
            _transport.Accept(_now);
            Poll(0.0);
            Assert.That(LastSent("hello")["neutral"], Is.Null, "a server refuses it from a viewer");
        }

        [Test]
        public void LateJoinerSeesEveryone()
        {
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher), new ParticipantInfo(2, "Cy", ParticipantRole.Viewer));
            Assert.That(_session.Room.Participants.Count, Is.EqualTo(3));
            Assert.That(_session.Room.Find(1).Name, Is.EqualTo("Bob"));
            Assert.That(_session.Room.Find("Cy").Id, Is.EqualTo(2));
            Assert.That(_session.Room.Find(9), Is.Null);
            Stream(1, 7, 0.5f, 1.0);
            FaceFrame face = new FaceFrame();
            Assert.That(_session.TryGetFace(1, 7, _now, face), Is.True);
            Assert.That(face.Blendshapes[0], Is.EqualTo(0.5f).Within(0.01));
            Assert.That(_session.TryGetFace(1, 8, _now, face), Is.False);
            Assert.That(_session.TryGetFace(5, 7, _now, face), Is.False);
        }

        [Test]
        public void ParticipantsComeAndGo()
        {
            Enter();
            Deliver(ServerMessages.Joined(5, "Bob", "publisher"));
            Deliver(ServerMessages.Joined(5, "Bob", "publisher"));
            Deliver(ServerMessages.Packet(5, 1, 1000, ServerMessages.Face(1, 0.2f), ServerMessages.Face(2, 0.4f)));
            Deliver(ServerMessages.Left(5));
            Deliver(ServerMessages.Left(5));
            string[] expected =
            {
                "joined Bob", "appeared Bob 1", "appeared Bob 2", "removed Bob 2", "removed Bob 1", "left Bob",
            };
            Assert.That(_log, Is.EqualTo(expected));
            Deliver(ServerMessages.Packet(5, 2, 34000, ServerMessages.Face(1, 0.2f)));
            Assert.That(_session.Statistics.StrayPackets, Is.EqualTo(1), "a packet that was still on its way");
            Assert.That(_session.Room.Participants.Count, Is.EqualTo(1));
        }

        [Test]
        public void LostFaceFadesAndIsRemoved()
        {
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher));
            Stream(1, 7, 1f, 1.0);
            FaceFrame face = new FaceFrame();
            TrackedFace tracked = _session.Room.Find(1).Faces[0];
            Deliver(ServerMessages.LostFace(1, 7));
            Assert.That(tracked.IsLost, Is.True);
            float last = 1f;
            bool isFading = false;
            for (int frame = 0; frame < 120 && !tracked.IsRemoved; frame++)
            {
                _transport.Deliver(ServerMessages.Packet(1, (uint)(100 + frame), CaptureUs(), new KeyValuePair<uint, float>[0]), _now);
                Poll(1.0 / 60.0);
                if (tracked.TryGet(_now, face) && !tracked.IsRemoved)
                {
                    Assert.That(last - face.Blendshapes[0], Is.LessThan(0.08), "no snap");
                    last = face.Blendshapes[0];
                    isFading |= last > 0.05f && last < 0.95f;
                }
            }

            Assert.That(isFading, Is.True);
            Assert.That(last, Is.EqualTo(0f));
            Assert.That(_log.GetRange(_log.Count - 2, 2), Is.EqualTo(new[] { "lost Bob 7", "removed Bob 7" }));
        }

        [Test]
        public void FaceThatIsMissingForLongIsRemovedAlsoWithoutAnEvent()
        {
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher));
            Stream(1, 7, 1f, 1.0);
            for (int i = 0; i < 30 * 4; i++)
            {
                _transport.Deliver(ServerMessages.Packet(1, (uint)(100 + i), CaptureUs(), new KeyValuePair<uint, float>[0]), _now);
                Poll(1.0 / 30.0);
            }

            Assert.That(_log[_log.Count - 1], Is.EqualTo("removed Bob 7"));
        }

        [Test]
        public void FaceOfASilentPublisherStaysAtRest()
        {
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher));
            Stream(1, 7, 1f, 1.0);
            KeepAlive(20.0);
            FaceFrame face = new FaceFrame();
            Assert.That(_session.TryGetFace(1, 7, _now, face), Is.True);
            Assert.That(face.Presence, Is.EqualTo(0f));
            Assert.That(face.Blendshapes[0], Is.EqualTo(0f));
        }

        [Test]
        public void BrokenConnectionIsMadeAgainAndResumed()
        {
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher), new ParticipantInfo(2, "Cy", ParticipantRole.Viewer));
            Stream(1, 7, 1f, 1.0);
            Deliver(ServerMessages.Neutral(new byte[] { 4, 5, 6 }));
            Participant bob = _session.Room.Find("Bob");
            TrackedFace face = bob.Faces[0];
            _log.Clear();
            _transport.Break(0, "connection reset", _now);
            Poll(0.0);
            Assert.That(_session.State, Is.EqualTo(SessionState.Reconnecting));
            Assert.That(_session.StatusText.Contains("connection reset; next attempt in"), Is.True, _session.StatusText);
            Assert.That(_session.CanPublish, Is.False);
            Poll(0.6);
            Assert.That(_transport.OpenedUrls.Count, Is.EqualTo(2));
            _transport.Accept(_now);
            Poll(0.0);
            Assert.That(LastSent("hello")["neutral"], Is.EqualTo(new byte[] { 4, 5, 6 }), "captured before the break");
            Deliver(ServerMessages.Manifest(11, "Ada", "both", new ParticipantInfo(12, "Bob", ParticipantRole.Publisher)));
            Assert.That(_log.GetRange(_log.Count - 3, 3), Is.EqualTo(new[] { "state Connected", "connected 11", "left Cy" }));
            Assert.That(_log.Contains("fault transport"), Is.True);
            Assert.That(_session.Room.Find(12), Is.SameAs(bob));
            Assert.That(bob.Faces[0], Is.SameAs(face), "the character stays");
            Assert.That(_session.Statistics.Reconnections, Is.EqualTo(1));
            Stream(12, 7, 0.3f, 1.0);
            FaceFrame output = new FaceFrame();
            Assert.That(face.TryGet(_now, output), Is.True);
            Assert.That(output.Blendshapes[0], Is.EqualTo(0.3f).Within(0.01));
            Assert.That(output.Presence, Is.EqualTo(1f));
        }

        [Test]
        public void AttemptsBecomeRarer()
        {
            _session.Connect(_now);
            for (int refused = 0; _now < 1060.0; Poll(0.05))
            {
                if (_transport.OpenedUrls.Count > refused)
                {
                    refused = _transport.OpenedUrls.Count;
                    _transport.Break(0, "refused", _now);
                }
            }

            Assert.That(_session.State, Is.EqualTo(SessionState.Connecting));
            Assert.That(_transport.OpenedUrls.Count, Is.GreaterThan(12).And.LessThan(35), "waits of 0.25 to 4 s in a minute");
        }

        [TestCase("bad_request", 4400)]
        [TestCase("subprotocol", 4406)]
        [TestCase("version", 4426)]
        public void RefusalThatStaysSoIsNotTriedAgain(string code, int closeCode)
        {
            _session.Connect(_now);
            _transport.Accept(_now);
            Poll(0.0);
            _transport.Deliver(ServerMessages.Error(code, "expected something else", true), _now);
            _transport.Break(closeCode, "expected something else", _now);
            Poll(0.0);
            Poll(100.0);
            Assert.That(_session.State, Is.EqualTo(SessionState.Failed));
            Assert.That(_session.StatusText, Is.EqualTo("expected something else"));
            Assert.That(_transport.OpenedUrls.Count, Is.EqualTo(1));
            Assert.That(_log, Is.EqualTo(new[] { "state Connecting", "fault " + code, "state Failed" }), "told once");
            _session.Connect(_now);
            Assert.That(_transport.OpenedUrls.Count, Is.EqualTo(2), "but the user may");
        }

        [TestCase("room_full", 4409)]
        [TestCase("shutting_down", 4503)]
        public void RefusalThatMayPassIsTriedAgain(string code, int closeCode)
        {
            _session.Connect(_now);
            _transport.Accept(_now);
            Poll(0.0);
            _transport.Deliver(ServerMessages.Error(code, "later", true), _now);
            _transport.Break(closeCode, "later", _now);
            Poll(0.0);
            Poll(1.0);
            Assert.That(_transport.OpenedUrls.Count, Is.EqualTo(2));
        }

        [Test]
        public void SilentConnectionIsGivenUp()
        {
            Enter();
            KeepAlive(20.0);
            Assert.That(_session.State, Is.EqualTo(SessionState.Connected));
            for (int i = 0; i < 60 && _session.State == SessionState.Connected; i++)
            {
                Poll(0.1);
            }

            Assert.That(_session.State, Is.EqualTo(SessionState.Reconnecting), "after five seconds without a pong");
            Assert.That(_log.Contains("fault transport"), Is.True);
        }

        [Test]
        public void PausedMainThreadDoesNotBlameTheServer()
        {
            Enter();
            Poll(60.0);
            Assert.That(_session.State, Is.EqualTo(SessionState.Connected));
        }

        [Test]
        public void ConnectionWithoutManifestIsGivenUp()
        {
            _session.Connect(_now);
            _transport.Accept(_now);
            for (int i = 0; i < 110; i++)
            {
                Poll(0.1);
            }

            Assert.That(_log.Contains("fault transport"), Is.True);
            Assert.That(_transport.OpenedUrls.Count, Is.EqualTo(2));
        }

        [Test]
        public void AddressThatIsNoneFailsAtOnce()
        {
            _options.Url = "ftp://host";
            _session.Connect(_now);
            Assert.That(_session.State, Is.EqualTo(SessionState.Failed));
            Assert.That(_session.StatusText.Contains("ftp://host"), Is.True, _session.StatusText);
            Assert.That(_transport.OpenedUrls, Is.Empty);
        }

        [Test]
        public void DisconnectLeavesTheRoomForGood()
        {
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher));
            Stream(1, 7, 1f, 0.2);
            _log.Clear();
            _session.Disconnect();
            Poll(30.0);
            Assert.That(_log, Is.EqualTo(new[] { "left Ada", "removed Bob 7", "left Bob", "state Idle" }));
            Assert.That(_transport.OpenedUrls.Count, Is.EqualTo(1));
            Assert.That(_transport.Closes, Is.EqualTo(1));
            _session.Connect(_now);
            Assert.That(_transport.OpenedUrls.Count, Is.EqualTo(2));
        }

        [Test]
        public void DisconnectInsideAnEventIsSafe()
        {
            _session.ParticipantJoined += who => _session.Disconnect();
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher));
            Assert.That(_session.State, Is.EqualTo(SessionState.Idle));
            Assert.That(_session.Room.Participants, Is.Empty);
            Assert.That(_log.FindAll(line => line.StartsWith("joined")).Count, Is.EqualTo(_log.FindAll(line => line.StartsWith("left")).Count));
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
            _session.ParticipantJoined += thrower;
            _transport.Deliver(ServerMessages.Joined(5, "Bob", "publisher"), _now);
            _transport.Deliver(ServerMessages.Joined(6, "Cy", "publisher"), _now);
            Assert.Throws<InvalidOperationException>(() => Poll(0.0));
            Poll(0.0);
            Assert.That(_log, Is.EqualTo(new[] { "joined Bob", "joined Cy" }));
        }

        [Test]
        public void ClockIsLearntAndReported()
        {
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher));
            Dictionary<string, object> ping = LastSent("ping");
            Assert.That(ping["clock_offset_us"], Is.Null);
            ulong sent = (ulong)ping["client_time_us"];
            _now += 0.004;
            Deliver(ServerMessages.Pong((uint)(ulong)ping["id"], sent, 5000000 + 2000, 5000000 + 2000));
            Assert.That(_session.Statistics.RoundTripSeconds, Is.EqualTo(0.004).Within(2e-5));
            Poll(1.1);
            Assert.That((long)LastSent("ping")["clock_offset_us"], Is.EqualTo(5000000L - (long)sent).Within(5));
            ulong capture = 9000000;
            long publisherOffset = _session.Clock.ToServerUs((ulong)(_now * 1e6)) - (long)capture - 80000;
            Deliver(ServerMessages.ClockOffset(1, publisherOffset));
            Deliver(ServerMessages.Packet(1, 1, capture, ServerMessages.Face(1, 0f)));
            Assert.That(_session.Room.Find(1).Statistics.LatencySeconds, Is.EqualTo(0.08).Within(1e-4));
        }

        [Test]
        public void FramesAreNumberedAndCarryTheirTime()
        {
            Enter();
            byte[] picture = { 0, 1, 2, 3, 0 };
            Assert.That(_session.SendFrame(77, PictureFormat.Jpeg, picture, 1, 3), Is.True);
            Assert.That(_session.SendFrame(99, PictureFormat.Jpeg, picture, 1, 3), Is.True);
            ClientMessageReader reader = new ClientMessageReader();
            Assert.That(reader.Read(_transport.Frames[1], 0, _transport.Frames[1].Length), Is.Null);
            Assert.That(reader.Fields["sequence"], Is.EqualTo(1UL));
            Assert.That(reader.Fields["capture_time_us"], Is.EqualTo(99UL));
            Assert.That(reader.Fields["payload"], Is.EqualTo(new byte[] { 1, 2, 3 }));
            Assert.Throws<WireException>(() => _session.SendFrame(1, PictureFormat.Rgb8, picture, 0, 5, 2, 2));
        }

        [Test]
        public void ViewerPublishesNothing()
        {
            _options.Role = ParticipantRole.Viewer;
            _session.Connect(_now);
            _transport.Accept(_now);
            _transport.Deliver(ServerMessages.Manifest(3, "Ada", "viewer"), _now);
            Poll(0.0);
            Assert.That(_session.SendFrame(1, PictureFormat.Jpeg, new byte[3], 0, 3), Is.False);
            Assert.That(_session.Calibrate(), Is.False);
            Assert.That(_transport.Frames, Is.Empty);
        }

        [Test]
        public void RefusedCalibrationIsNotSentAgain()
        {
            Enter();
            Assert.That(_session.SetNeutral(new byte[] { 1 }), Is.True);
            Deliver(ServerMessages.Error("bad_neutral", "expected version 2", false));
            Assert.That(_options.Neutral, Is.Null);
            Assert.That(_session.State, Is.EqualTo(SessionState.Connected));
        }

        [Test]
        public void UnknownMessagesAreIgnoredAndCounted()
        {
            Enter();
            Deliver(new byte[] { 0x91, 99 });
            Deliver(new byte[] { 0xC1 });
            Assert.That(_session.Statistics.BadMessages, Is.EqualTo(2));
            Assert.That(_session.State, Is.EqualTo(SessionState.Connected));
            Assert.That(_log, Is.Empty);
        }

        [Test]
        public void StatisticsTellRateAndLoss()
        {
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher));
            for (uint i = 0; i < 120; i++)
            {
                if (i % 4 != 3)
                {
                    _transport.Deliver(ServerMessages.Packet(1, i, CaptureUs(), ServerMessages.Face(1, 0f)), _now);
                }

                Poll(0.02);
            }

            StreamStatistics statistics = _session.Room.Find(1).Statistics;
            Assert.That(statistics.LossRatio, Is.EqualTo(0.25).Within(0.02));
            Assert.That(statistics.PacketsPerSecond, Is.EqualTo(37.5).Within(6.0));
            KeepAlive(3.0);
            Assert.That(statistics.PacketsPerSecond, Is.LessThan(1.0));
        }

        private void Enter(params ParticipantInfo[] others)
        {
            _session.Connect(_now);
            _transport.Accept(_now);
            _transport.Deliver(ServerMessages.Manifest(3, "Ada", "both", others), _now);
            Poll(0.0);
            if (_session.State == SessionState.Connected)
            {
                _log.Clear();
            }
        }

        /// <summary>Publish for a while, and look at the face as a character would.</summary>
        private void Stream(int participant, uint track, float weight, double seconds)
        {
            FaceFrame shown = new FaceFrame();
            for (double end = _now + seconds; _now < end;)
            {
                _transport.Deliver(ServerMessages.Packet(participant, (uint)(_now * 1000.0), CaptureUs(), ServerMessages.Face(track, weight)), _now);
                Poll(1.0 / 30.0);
                _session.TryGetFace(participant, track, _now, shown);
            }
        }

        private void KeepAlive(double seconds)
        {
            for (double end = _now + seconds; _now < end;)
            {
                _transport.Deliver(ServerMessages.Pong(0, 1, 1, 1), _now);
                Poll(0.1);
            }
        }

        private ulong CaptureUs()
        {
            return (ulong)(_now * 1e6) + 123456789UL;
        }

        private void Deliver(byte[] message)
        {
            _transport.Deliver(message, _now);
            Poll(0.0);
        }

        private void Poll(double later)
        {
            _now += later;
            _session.Poll(_now);
        }

        private Dictionary<string, object> LastSent(string type)
        {
            for (int i = _transport.Sent.Count - 1; i >= 0; i--)
            {
                ClientMessageReader reader = new ClientMessageReader();
                Assert.That(reader.Read(_transport.Sent[i], 0, _transport.Sent[i].Length), Is.Null);
                if (reader.Type == type)
                {
                    return reader.Fields;
                }
            }

            Assert.Fail("expected a " + type + " to be sent");
            return null;
        }
    }
}

using System;
using System.Collections.Generic;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    [TestFixture]
    public sealed class FaceFollowerTests
    {
        private readonly FaceFrame _output = new FaceFrame();
        private FakeTransport _transport;
        private FacecastSession _session;
        private FaceFollower _follower;
        private double _now;
        private uint _sequence;
        private float _largestStep;

        [SetUp]
        public void EnterARoomWithAPublisher()
        {
            _now = 50.0;
            _sequence = 0;
            _follower = new FaceFollower();
            _transport = new FakeTransport();
            _session = new FacecastSession(_transport, new SessionOptions());
            _session.Connect(_now);
            _transport.Accept(_now);
            _transport.Deliver(ServerMessages.Manifest(3, "Ada", "viewer", new ParticipantInfo(1, "Bob", ParticipantRole.Publisher)), _now);
            _session.Poll(_now);
        }

        [Test]
        public void NothingIsShownBeforeTheFirstFace()
        {
            Assert.That(_follower.TryGet(_session.Room.Find(1), _now, _output), Is.False);
            Assert.That(_follower.TryGet(null, _now, _output), Is.False);
        }

        [Test]
        public void KeepsToItsFaceWhenOthersAppear()
        {
            Play(1.0, ServerMessages.Face(1, 0.5f));
            Play(1.0, ServerMessages.Face(9, 1f), ServerMessages.Face(1, 0.5f));
            Assert.That(_follower.Current.Track, Is.EqualTo(1u));
            Assert.That(_output.Blendshapes[0], Is.EqualTo(0.5f).Within(0.01));
        }

        [Test]
        public void KeepsToItsFaceWhenAnEarlierOneComesBack()
        {
            Play(1.0, ServerMessages.Face(1, 0.5f), ServerMessages.Face(9, 1f));
            _transport.Deliver(ServerMessages.LostFace(1, 1), _now);
            Play(0.3, ServerMessages.Face(9, 1f));
            Assert.That(_follower.Current.Track, Is.EqualTo(9u));
            Play(1.0, ServerMessages.Face(1, 0.5f), ServerMessages.Face(9, 1f));
            Assert.That(_follower.Current.Track, Is.EqualTo(9u));
        }

        [Test]
        public void TakesAnotherFaceWhenItsOwnIsNotSeenAnyMore()
        {
            Play(1.0, ServerMessages.Face(1, 1f));
            _largestStep = 0f;
            Play(1.5, ServerMessages.Face(2, 0.6f)); // another server counts anew, and never said that 1 was lost
            Assert.That(_follower.Current.Track, Is.EqualTo(2u));
            Assert.That(_largestStep, Is.LessThan(1.6f / 0.25f / 60f));
        }

        [Test]
        public void CrossesOverToTheNextFaceWithoutASnap()
        {
            Play(1.0, ServerMessages.Face(1, 1f));
            _largestStep = 0f;
            _transport.Deliver(ServerMessages.LostFace(1, 1), _now);
            Play(0.2);
            Play(2.0, ServerMessages.Face(2, 0.8f));
            Assert.That(_follower.Current.Track, Is.EqualTo(2u));
            Assert.That(_output.Blendshapes[0], Is.EqualTo(0.8f).Within(0.01));
            Assert.That(_largestStep, Is.LessThan(1.6f / 0.25f / 60f));
        }

        [Test]
        public void GoesToRestWhenTheLastFaceIsLost()
        {
            Play(1.0, ServerMessages.Face(1, 1f));
            _largestStep = 0f;
            _transport.Deliver(ServerMessages.LostFace(1, 1), _now);
            Play(3.0);
            Assert.That(_follower.TryGet(_session.Room.Find(1), _now, _output), Is.True);
            Assert.That(_output.Blendshapes[0], Is.EqualTo(0f));
            Assert.That(_output.Presence, Is.EqualTo(0f));
            Assert.That(_largestStep, Is.LessThan(1.6f / 0.25f / 60f));
        }

        [Test]
        public void GoesToRestWhenTheParticipantLeaves()
        {
            Play(1.0, ServerMessages.Face(1, 1f));
            _largestStep = 0f;
            _transport.Deliver(ServerMessages.Left(1), _now);
            Play(1.0);
            Assert.That(_output.Presence, Is.EqualTo(0f));
            Assert.That(_largestStep, Is.LessThan(1.6f / 0.25f / 60f));
        }

        [Test]
        public void ResetForgets()
        {
            Play(1.0, ServerMessages.Face(1, 1f));
            _follower.Reset();
            Assert.That(_follower.TryGet(null, _now, _output), Is.False);
        }

        private void Play(double seconds, params KeyValuePair<uint, float>[] faces)
        {
            for (int frame = 0; frame < seconds * 60.0; frame++)
            {
                if (frame % 2 == 0)
                {
                    _transport.Deliver(ServerMessages.Packet(1, _sequence++, (ulong)(_now * 1e6), faces), _now);
                }

                _now += 1.0 / 60.0;
                _session.Poll(_now);
                float before = _output.Blendshapes[0];
                if (_follower.TryGet(_session.Room.Find(1), _now, _output))
                {
                    _largestStep = Math.Max(_largestStep, Math.Abs(_output.Blendshapes[0] - before));
                }
            }
        }
    }
}

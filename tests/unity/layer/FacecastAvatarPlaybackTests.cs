using Facecast.Core;
using Facecast.Core.Tests;
using Facecast.Unity;
using Facecast.Unity.Tests;
using NUnit.Framework;
using UnityEngine;

namespace Facecast.Layer.Tests
{
    /// <summary>An avatar that follows the stream: whom it shows, how it fades.</summary>
    [TestFixture]
    public sealed class FacecastAvatarPlaybackTests
    {
        private LayerServer _server;
        private TestRig _rig;
        private SkinnedMeshRenderer _face;
        private FacecastAvatar _avatar;

        [SetUp]
        public void SetUp()
        {
            PlayLoop.Reset();
            _rig = new TestRig();
            _server = new LayerServer();
            GameObject character = _rig.Make("Character");
            _face = _rig.AddRenderer(character, "Face", "eyeBlinkLeft", "eyeBlinkRight");
            _face.SetBlendShapeWeight(0, 3f);
            _avatar = character.AddComponent<FacecastAvatar>();
            _avatar.FadeSeconds = 0.1f;
        }

        [TearDown]
        public void TearDown()
        {
            PlayLoop.Reset();
            _rig.Clear();
        }

        private float Blink()
        {
            return TestRig.Weight(_face, "eyeBlinkLeft");
        }

        [Test]
        public void BeforeAnyFaceTheCharacterIsLeftAlone()
        {
            _server.Enter();
            LayerServer.Run(0.1);

            Assert.That(Blink(), Is.EqualTo(3f));
        }

        [Test]
        public void WithoutAClientOfItsOwnItTakesTheFirstOfTheScene()
        {
            Assert.That(_avatar.Client == _server.Client, Is.True);
            var holder = new GameObject("Other");
            holder.SetActive(false);
            FacecastClient other = holder.AddComponent<FacecastClient>();

            _avatar.Client = other;
            Assert.That(_avatar.Client == other, Is.True);
            Object.DestroyImmediate(holder);
            Assert.That(_avatar.Client == _server.Client, Is.True);
        }

        [Test]
        public void YourOwnFaceIsShownByDefault()
        {
            _server.Enter(LayerServer.Other(2, "Ben"));
            for (int i = 0; i < 30; i++)
            {
                _server.SendFaces(2, 1, ServerMessages.Face(1, 0.9f));
                _server.SendFaces(1, 1, ServerMessages.Face(1, 0.4f));
            }

            Assert.That(Blink(), Is.EqualTo(40f).Within(0.5f));
            Assert.That(_avatar.Participant.IsSelf, Is.True);
        }

        [TestCase(FaceChoice.FirstOther, "Ben", 90f)]
        [TestCase(FaceChoice.Named, "Cleo", 60f)]
        public void OthersAreShownOnDemand(FaceChoice choice, string expectedName, float expected)
        {
            _avatar.Whose = choice;
            _avatar.ParticipantName = expectedName;
            _server.Enter(LayerServer.Other(2, "Ben"), LayerServer.Other(3, "Cleo"));
            for (int i = 0; i < 30; i++)
            {
                _server.SendFaces(2, 1, ServerMessages.Face(1, 0.9f));
                _server.SendFaces(3, 1, ServerMessages.Face(1, 0.6f));
            }

            Assert.That(_avatar.Participant.Name, Is.EqualTo(expectedName));
            Assert.That(Blink(), Is.EqualTo(expected).Within(0.5f));
        }

        [Test]
        public void AStreamThatStopsFadesWithoutASnapAndGivesTheCharacterBack()
        {
            _server.Enter();
            _server.SendFaces(1, 30, ServerMessages.Face(1, 1f));
            Assert.That(Blink(), Is.EqualTo(100f).Within(0.5f));

            // Stream and avatar fade within a tenth of a second each, so 100 falls by at most 2 per millisecond.
            const double MostPerSecond = 2000.0;
            float before = Blink();
            double time = MonotonicClock.NowSeconds;
            for (int i = 0; i < 60; i++)
            {
                LayerServer.Run(0.015);
                double most = MostPerSecond * (MonotonicClock.NowSeconds - time);
                time = MonotonicClock.NowSeconds;
                Assert.That(before - Blink(), Is.LessThan(most));
                before = Blink();
            }

            Assert.That(Blink(), Is.EqualTo(3f));
        }
    }
}

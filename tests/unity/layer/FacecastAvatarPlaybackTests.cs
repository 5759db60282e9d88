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
            _avatar.Client = _server.Client;
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

            float before = Blink();
            float largest = 0f;
            for (int i = 0; i < 60; i++)
            {
                LayerServer.Run(0.015);
                largest = Mathf.Max(largest, before - Blink());
                before = Blink();
            }

            Assert.That(Blink(), Is.EqualTo(3f));
            Assert.That(largest, Is.LessThan(60f)); // a tenth of a second at 60 frames a second, with room for a slow machine
        }
    }
}

using System.Collections.Generic;
using System.Linq;
using Facecast.Core;
using Facecast.Core.Tests;
using Facecast.Unity;
using Facecast.Unity.Tests;
using NUnit.Framework;
using UnityEngine;

namespace Facecast.Layer.Tests
{
    /// <summary>The room: a character for every face, as long as the face is there.</summary>
    [TestFixture]
    public sealed class FacecastRoomTests
    {
        private LayerServer _server;
        private TestRig _rig;
        private FacecastRoom _room;

        [SetUp]
        public void SetUp()
        {
            PlayLoop.Reset();
            _rig = new TestRig();
            _server = new LayerServer();
            GameObject prefab = _rig.Make("Prefab");
            prefab.SetActive(false); // stands for an asset: its scripts do not run
            _rig.AddRenderer(prefab, "Face", "eyeBlinkLeft", "jawOpen");
            prefab.AddComponent<FacecastAvatar>().FadeSeconds = 0f;
            _room = new GameObject("Room").AddComponent<FacecastRoom>();
            _room.Client = _server.Client;
            _room.Prefab = prefab;
        }

        [TearDown]
        public void TearDown()
        {
            PlayLoop.Reset();
            _rig.Clear();
        }

        private string[] Names()
        {
            return _room.Characters.Select(one => one.Avatar.name).OrderBy(name => name).ToArray();
        }

        [Test]
        public void EverybodyInTheRoomStandsThereAfterTheirFirstFace()
        {
            _server.Enter(LayerServer.Other(2, "Ben"), LayerServer.Other(3, "Cleo"));
            Assert.That(_room.Characters, Is.Empty);

            _server.SendFaces(2, 2, ServerMessages.Face(1, 0.5f));
            _server.SendFaces(3, 2, ServerMessages.Face(1, 0.5f));
            _server.SendFaces(1, 2, ServerMessages.Face(1, 0.5f));

            Assert.That(Names(), Is.EqualTo(new[] { "Ben", "Cleo", "Me" }));
            Assert.That(_room.transform.childCount, Is.EqualTo(3));
            float[] places = _room.Characters.Select(one => one.Avatar.transform.localPosition.x).ToArray();
            Assert.That(places, Is.EqualTo(new[] { 0f, 0.6f, -0.6f }));
        }

        [Test]
        public void ACharacterMovesWithItsOwnFace()
        {
            _server.Enter(LayerServer.Other(2, "Ben"), LayerServer.Other(3, "Cleo"));
            for (int i = 0; i < 30; i++)
            {
                _server.SendFaces(2, 1, ServerMessages.Face(1, 0.8f));
                _server.SendFaces(3, 1, ServerMessages.Face(1, 0.2f));
            }

            Assert.That(BlinkOf("Ben"), Is.EqualTo(80f).Within(0.5f));
            Assert.That(BlinkOf("Cleo"), Is.EqualTo(20f).Within(0.5f));
        }

        [Test]
        public void YourselfCanBeLeftOut()
        {
            _room.IncludeYourself = false;
            _server.Enter(LayerServer.Other(2, "Ben"));
            _server.SendFaces(1, 2, ServerMessages.Face(1, 0.5f));
            _server.SendFaces(2, 2, ServerMessages.Face(1, 0.5f));
            Assert.That(Names(), Is.EqualTo(new[] { "Ben" }));

            _room.IncludeYourself = true;
            PlayLoop.Step(LayerServer.FrameSeconds);
            Assert.That(Names(), Is.EqualTo(new[] { "Ben", "Me" }));

            _room.IncludeYourself = false;
            PlayLoop.Step(LayerServer.FrameSeconds);
            Assert.That(Names(), Is.EqualTo(new[] { "Ben" }));
        }

        [Test]
        public void WhoLeavesIsTakenAwayAndThePlaceIsFree()
        {
            var gone = new List<string>();
            _room.Despawning += one => gone.Add(one.Participant.Name);
            _server.Enter(LayerServer.Other(2, "Ben"), LayerServer.Other(3, "Cleo"));
            _server.SendFaces(2, 2, ServerMessages.Face(1, 0.5f));
            _server.SendFaces(3, 2, ServerMessages.Face(1, 0.5f));
            GameObject ben = _room.Characters[0].Avatar.gameObject;

            _server.Send(ServerMessages.Left(2));

            Assert.That(gone, Is.EqualTo(new[] { "Ben" }));
            Assert.That(Names(), Is.EqualTo(new[] { "Cleo" }));
            Assert.That(ben == null, Is.True);

            _server.Send(ServerMessages.Joined(4, "Dora", "publisher"));
            _server.SendFaces(4, 2, ServerMessages.Face(1, 0.5f));
            Assert.That(_room.Characters.Single(one => one.Participant.Name == "Dora").Place, Is.EqualTo(0));
        }

        [Test]
        public void TwoFacesOfOneCameraAreTwoCharacters()
        {
            _server.Enter(LayerServer.Other(2, "Ben"));
            for (int i = 0; i < 30; i++)
            {
                _server.SendFaces(2, 1, ServerMessages.Face(1, 0.9f), ServerMessages.Face(2, 0.1f));
            }

            float[] blinks = _room.Characters.OrderBy(one => one.Face.Track).Select(one => BlinkOf(one.Avatar)).ToArray();
            Assert.That(blinks.Length, Is.EqualTo(2));
            Assert.That(blinks[0], Is.EqualTo(90f).Within(0.5f));
            Assert.That(blinks[1], Is.EqualTo(10f).Within(0.5f));
        }

        [Test]
        public void ALostFaceFadesAndItsCharacterGoes()
        {
            _server.Enter(LayerServer.Other(2, "Ben"));
            _server.SendFaces(2, 20, ServerMessages.Face(1, 0.5f));
            _server.Send(ServerMessages.LostFace(2, 1));
            Assert.That(_room.Characters.Count, Is.EqualTo(1));

            for (int i = 0; i < 60; i++)
            {
                _server.SendFaces(2, 1);
            }

            Assert.That(_room.Characters, Is.Empty);
            Assert.That(_room.transform.childCount, Is.EqualTo(0));
        }

        [Test]
        public void AFaceThatIsFoundAgainKeepsItsCharacter()
        {
            _server.Enter(LayerServer.Other(2, "Ben"));
            _server.SendFaces(2, 10, ServerMessages.Face(1, 0.5f));
            FacecastAvatar before = _room.Characters.Single().Avatar;

            _server.Send(ServerMessages.LostFace(2, 1));
            _server.SendFaces(2, 30, ServerMessages.Face(7, 1f));

            Assert.That(_room.Characters.Count, Is.EqualTo(1));
            Assert.That(ReferenceEquals(_room.Characters[0].Avatar, before), Is.True);
            Assert.That(_room.Characters[0].Face.Track, Is.EqualTo(7u));
            Assert.That(BlinkOf(before), Is.EqualTo(100f).Within(0.5f));
        }

        [Test]
        public void ComparingAndShowingAllocateNothing()
        {
            _server.Enter(LayerServer.Other(2, "Ben"), LayerServer.Other(3, "Cleo"));
            _server.SendFaces(2, 10, ServerMessages.Face(1, 0.5f), ServerMessages.Face(2, 0.5f));
            _server.SendFaces(3, 10, ServerMessages.Face(1, 0.5f));
            FacecastAvatar avatar = _room.Characters[0].Avatar;
            FaceFrame face = TestFaces.With("eyeBlinkLeft", 0.5f);

            Assert.That(Allocation.Bytes(100, 5000, _room.Reconcile), Is.EqualTo(0));
            Assert.That(Allocation.Bytes(100, 5000, () => avatar.Show(face, 0.7f)), Is.EqualTo(0));
        }

        [Test]
        public void WhenTheConnectionEndsNobodyStands()
        {
            _server.Enter(LayerServer.Other(2, "Ben"));
            _server.SendFaces(2, 2, ServerMessages.Face(1, 0.5f));

            _server.Client.Disconnect();
            PlayLoop.Step(LayerServer.FrameSeconds);

            Assert.That(_room.Characters, Is.Empty);
        }

        [Test]
        public void APrefabWithoutAnAvatarGetsOneWithAWarning()
        {
            GameObject bare = _rig.Make("Bare");
            _room.Prefab = bare;
            _server.Enter(LayerServer.Other(2, "Ben"));
            _server.SendFaces(2, 2, ServerMessages.Face(1, 0.5f));

            Assert.That(_room.Characters.Single().Avatar, Is.Not.Null);
            StringAssert.Contains("'Bare' has no Facecast Avatar", _rig.Warnings.Single());
        }

        private float BlinkOf(string name)
        {
            return BlinkOf(_room.Characters.Single(one => one.Participant.Name == name).Avatar);
        }

        private static float BlinkOf(FacecastAvatar avatar)
        {
            return TestRig.Weight(avatar.GetComponentInChildren<SkinnedMeshRenderer>(), "eyeBlinkLeft");
        }
    }
}

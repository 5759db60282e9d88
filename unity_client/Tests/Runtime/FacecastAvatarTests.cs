using Facecast.Core;
using NUnit.Framework;
using UnityEngine;

namespace Facecast.Unity.Tests
{
    /// <summary>An avatar that is shown faces by hand.</summary>
    [TestFixture]
    public sealed class FacecastAvatarTests
    {
        private TestRig _rig;
        private GameObject _character;
        private SkinnedMeshRenderer _face;

        [SetUp]
        public void SetUp()
        {
            _rig = new TestRig();
            _character = _rig.Make("Character");
            _face = _rig.AddRenderer(_character, "Face", "eyeBlinkLeft", "eyeBlinkRight", "jawOpen");
        }

        [TearDown]
        public void TearDown()
        {
            _rig.Clear();
        }

        [Test]
        public void WithoutAMappingItMatchesByName()
        {
            FacecastAvatar avatar = _character.AddComponent<FacecastAvatar>();

            avatar.Show(TestFaces.With("jawOpen", 0.5f), 1f);

            Assert.That(TestRig.Weight(_face, "jawOpen"), Is.EqualTo(50f).Within(1e-4f));
            Assert.That(avatar.AutomaticMatch.Matches.Count, Is.EqualTo(3));
        }

        [Test]
        public void AMappingReplacesTheMatching()
        {
            FacecastAvatar avatar = _character.AddComponent<FacecastAvatar>();
            FaceMapping mapping = _rig.MakeMapping(new FaceBinding { source = "jawOpen", blendShape = "eyeBlinkLeft", gain = 0.5f });
            avatar.Mapping = mapping;

            avatar.Show(TestFaces.With("jawOpen", 1f), 1f);
            Assert.That(TestRig.Weight(_face, "jawOpen"), Is.EqualTo(0f));
            Assert.That(TestRig.Weight(_face, "eyeBlinkLeft"), Is.EqualTo(50f).Within(1e-4f));

            mapping.Bindings[0].gain = 0.25f;
            mapping.Touch();
            avatar.Show(TestFaces.With("jawOpen", 1f), 1f);
            Assert.That(TestRig.Weight(_face, "eyeBlinkLeft"), Is.EqualTo(25f).Within(1e-4f));
        }

        [Test]
        public void MirrorSwapsTheSides()
        {
            FacecastAvatar avatar = _character.AddComponent<FacecastAvatar>();
            avatar.Mirror = true;

            avatar.Show(TestFaces.With("eyeBlinkLeft", 1f), 1f);

            Assert.That(TestRig.Weight(_face, "eyeBlinkRight"), Is.EqualTo(100f).Within(1e-4f));
            Assert.That(TestRig.Weight(_face, "eyeBlinkLeft"), Is.EqualTo(0f));
        }

        [Test]
        public void StrengthsAndInfluenceMultiply()
        {
            FacecastAvatar avatar = _character.AddComponent<FacecastAvatar>();
            avatar.Strengths.jaw = 0.5f;

            avatar.Show(TestFaces.With("jawOpen", 0.8f), 0.5f);

            Assert.That(TestRig.Weight(_face, "jawOpen"), Is.EqualTo(20f).Within(1e-3f));
        }

        [Test]
        public void TheGivenFaceStaysAsItIs()
        {
            FacecastAvatar avatar = _character.AddComponent<FacecastAvatar>();
            avatar.Mirror = true;
            FaceFrame face = TestFaces.With("eyeBlinkLeft", 0.8f);

            avatar.Show(face, 0.5f);

            Assert.That(face.Blendshapes[FaceSources.IndexOf("eyeBlinkLeft")], Is.EqualTo(0.8f));
        }

        [Test]
        public void OnlyOneAvatarWritesToARenderer()
        {
            GameObject second = new GameObject("Second");
            second.transform.SetParent(_character.transform, false);
            SkinnedMeshRenderer own = _rig.AddRenderer(second, "Own", "jawOpen");
            FacecastAvatar first = second.AddComponent<FacecastAvatar>();
            FacecastAvatar outer = _character.AddComponent<FacecastAvatar>();

            Assert.That(_rig.Warnings.Count, Is.EqualTo(1));
            StringAssert.Contains("'Character' leaves the renderer 'Own' alone, because 'Second' writes to it", _rig.Warnings[0]);
            first.Show(TestFaces.With("jawOpen", 0.2f), 1f);
            outer.Show(TestFaces.With("jawOpen", 0.9f), 1f);
            Assert.That(TestRig.Weight(own, "jawOpen"), Is.EqualTo(20f).Within(1e-4f));
            Assert.That(TestRig.Weight(_face, "jawOpen"), Is.EqualTo(90f).Within(1e-4f));

            first.enabled = false;
            outer.Refresh();
            outer.Show(TestFaces.With("jawOpen", 0.9f), 1f);
            Assert.That(TestRig.Weight(own, "jawOpen"), Is.EqualTo(90f).Within(1e-4f));
            Assert.That(_rig.Warnings.Count, Is.EqualTo(1));
        }

        [Test]
        public void DisabledItPutsTheCharacterBack()
        {
            Transform head = new GameObject("Head").transform;
            head.SetParent(_character.transform, false);
            _face.SetBlendShapeWeight(2, 7f);
            FacecastAvatar avatar = _character.AddComponent<FacecastAvatar>();
            avatar.Bones.head.bone = head;
            avatar.Refresh();
            FaceFrame face = TestFaces.With("jawOpen", 1f);
            face.Rotation = new HeadRotation(0f, 0.1f, 0f, 0.99498744f);

            avatar.Show(face, 1f);
            Assert.That(Quaternion.Angle(head.localRotation, Quaternion.identity), Is.GreaterThan(10f));
            avatar.enabled = false;

            Assert.That(TestRig.Weight(_face, "jawOpen"), Is.EqualTo(7f));
            Assert.That(Quaternion.Angle(head.localRotation, Quaternion.identity), Is.LessThan(0.2f));
        }

        [Test]
        public void EyesFollowTheGazeOfTheirOwnSide()
        {
            Transform left = new GameObject("Left eye").transform;
            left.SetParent(_character.transform, false);
            FacecastAvatar avatar = _character.AddComponent<FacecastAvatar>();
            avatar.Bones.leftEye.bone = left;
            avatar.Refresh();
            FaceFrame face = TestFaces.With("jawOpen", 0f);
            face.Gaze = new GazeAngles { LeftYaw = 0.2f, RightYaw = -0.4f };

            avatar.Show(face, 1f);
            Assert.That((left.localRotation * Vector3.forward).x, Is.EqualTo(-Mathf.Abs((float)System.Math.Sin(0.2))).Within(1e-4f));

            avatar.Mirror = true;
            avatar.Show(face, 1f);
            Assert.That((left.localRotation * Vector3.forward).x, Is.EqualTo(-Mathf.Abs((float)System.Math.Sin(0.4))).Within(1e-4f));
        }

        [Test]
        public void TheHeadTravelsFromWhereItWasFirstSeen()
        {
            Transform head = new GameObject("Head").transform;
            head.SetParent(_character.transform, false);
            FacecastAvatar avatar = _character.AddComponent<FacecastAvatar>();
            avatar.Bones.head.bone = head;
            avatar.Bones.headTravel = 0.5f;
            avatar.Refresh();
            FaceFrame face = TestFaces.With("jawOpen", 0f);
            face.Translation = new HeadTranslation { X = 0.3f, Y = 0f, Z = -0.6f };
            avatar.Show(face, 1f);
            Assert.That(head.localPosition.magnitude, Is.LessThan(1e-6f));

            face.Translation = new HeadTranslation { X = 0.4f, Y = 0f, Z = -0.6f };
            avatar.Show(face, 1f);
            Assert.That(head.localPosition.x, Is.EqualTo(-0.05f).Within(1e-5f));

            face.Translation = new HeadTranslation { X = 5f, Y = 0f, Z = -0.6f };
            avatar.Show(face, 1f);
            Assert.That(head.localPosition.magnitude, Is.EqualTo(0.2f).Within(1e-5f));

            avatar.Recentre();
            avatar.Show(face, 1f);
            Assert.That(head.localPosition.magnitude, Is.LessThan(1e-6f));
        }

        [TestCase(false)]
        [TestCase(true)]
        public void RecentredItLooksStraightAheadAndStillFades(bool mirror)
        {
            Transform head = new GameObject("Head").transform;
            head.SetParent(_character.transform, false);
            FacecastAvatar avatar = _character.AddComponent<FacecastAvatar>();
            avatar.Bones.head.bone = head;
            avatar.Mirror = mirror;
            avatar.Refresh();
            FaceFrame face = TestFaces.With("jawOpen", 0f);
            face.Rotation = new HeadRotation(-0.1f, 0.15f, 0.05f, 0.98234414f);
            avatar.Show(face, 1f);
            Assert.That(Quaternion.Angle(head.localRotation, Quaternion.identity), Is.GreaterThan(15f));

            avatar.Recentre();
            avatar.Show(face, 1f);
            Assert.That(Quaternion.Angle(head.localRotation, Quaternion.identity), Is.LessThan(0.2f));

            avatar.Show(face, 0.5f);
            Assert.That(Quaternion.Angle(head.localRotation, Quaternion.identity), Is.LessThan(0.2f));

            face.Rotation = HeadRotation.Identity;
            avatar.Show(face, 1f);
            Assert.That(Quaternion.Angle(head.localRotation, Quaternion.identity), Is.GreaterThan(15f));
            avatar.Show(face, 0f);
            Assert.That(Quaternion.Angle(head.localRotation, Quaternion.identity), Is.LessThan(0.2f));
        }

        [Test]
        public void ANewMeshIsLookedUpAgain()
        {
            FacecastAvatar avatar = _character.AddComponent<FacecastAvatar>();
            avatar.Show(TestFaces.With("jawOpen", 1f), 1f);

            _face.sharedMesh = _rig.MakeMesh(100f, "hat", "jawOpen");
            avatar.Show(TestFaces.With("jawOpen", 1f), 1f);

            Assert.That(TestRig.Weight(_face, "jawOpen"), Is.EqualTo(100f).Within(1e-4f));
            Assert.That(TestRig.Weight(_face, "hat"), Is.EqualTo(0f));
        }
    }
}

using NUnit.Framework;
using UnityEngine;

namespace Facecast.Unity.Tests
{
    /// <summary>Bones that turn about their rest pose.</summary>
    [TestFixture]
    public sealed class FaceBoneTests
    {
        private TestRig _rig;
        private Transform _character;
        private Transform _neck;
        private Transform _head;

        [SetUp]
        public void SetUp()
        {
            _rig = new TestRig();
            _character = _rig.Make("Character").transform;
            _neck = new GameObject("Neck").transform;
            _neck.SetParent(_character, false);
            _head = new GameObject("Head").transform;
            _head.SetParent(_neck, false);

            // A rig whose bones point anywhere, as most do.
            _character.rotation = Quaternion.Euler(0f, 120f, 0f);
            _neck.localRotation = Quaternion.Euler(90f, 0f, 35f);
            _head.localRotation = Quaternion.Euler(-20f, 10f, 5f);
        }

        [TearDown]
        public void TearDown()
        {
            _rig.Clear();
        }

        private static void AssertSame(Quaternion actual, Quaternion expected)
        {
            // Not by the angle between them: near 0 its arc cosine loses half of the digits.
            Assert.That(((actual * Vector3.forward) - (expected * Vector3.forward)).magnitude, Is.LessThan(1e-4f));
            Assert.That(((actual * Vector3.up) - (expected * Vector3.up)).magnitude, Is.LessThan(1e-4f));
        }

        [Test]
        public void NoTurnIsTheRestPose()
        {
            Quaternion rest = _head.localRotation;
            var bone = new FaceBone { bone = _head };

            bone.CaptureRest(_character);
            bone.Turn(Quaternion.identity);

            AssertSame(_head.localRotation, rest);
        }

        [Test]
        public void ATurnIsInTheCharactersAxesWhateverTheBonesAxesAre()
        {
            Quaternion rest = _head.rotation;
            Quaternion turn = Quaternion.Euler(10f, -25f, 5f);
            var bone = new FaceBone { bone = _head };

            bone.CaptureRest(_character);
            bone.Turn(turn);

            AssertSame(_head.rotation, _character.rotation * turn * Quaternion.Inverse(_character.rotation) * rest);
        }

        [Test]
        public void TheHeadGoesWithAnAnimatedNeck()
        {
            var bone = new FaceBone { bone = _head };
            bone.CaptureRest(_character);
            bone.Turn(Quaternion.Euler(0f, 30f, 0f));
            Quaternion relative = Quaternion.Inverse(_neck.rotation) * _head.rotation;

            _neck.localRotation = Quaternion.Euler(80f, 20f, 35f);
            bone.Turn(Quaternion.Euler(0f, 30f, 0f));

            AssertSame(Quaternion.Inverse(_neck.rotation) * _head.rotation, relative);
        }

        [Test]
        public void AnglesStayWithinTheLimits()
        {
            Quaternion rest = _head.rotation;
            var bone = new FaceBone { bone = _head, limitDegrees = new Vector3(20f, 30f, 0f) };

            bone.CaptureRest(_character);
            bone.Turn(Quaternion.Euler(0f, -75f, 0f));

            Quaternion limited = Quaternion.Euler(0f, -30f, 0f);
            AssertSame(_head.rotation, _character.rotation * limited * Quaternion.Inverse(_character.rotation) * rest);
        }

        [Test]
        public void HalfStrengthIsHalfTheTurn()
        {
            Quaternion rest = _head.rotation;
            var bone = new FaceBone { bone = _head, strength = 0.5f };

            bone.CaptureRest(_character);
            bone.Turn(Quaternion.Euler(0f, 40f, 0f));

            Assert.That(Quaternion.Angle(_head.rotation, rest), Is.EqualTo(20f).Within(0.05f));
        }

        [Test]
        public void RestoreGoesBackToRest()
        {
            Quaternion rest = _head.localRotation;
            Vector3 place = _head.localPosition;
            var bone = new FaceBone { bone = _head };
            bone.CaptureRest(_character);

            bone.Turn(Quaternion.Euler(20f, 20f, 0f));
            bone.Move(new Vector3(0.1f, 0f, 0f));
            bone.Restore();

            AssertSame(_head.localRotation, rest);
            Assert.That((_head.localPosition - place).magnitude, Is.LessThan(1e-6f));
        }

        [Test]
        public void ABoneSetAfterTheRestPoseWasTakenStaysStill()
        {
            var bone = new FaceBone();
            bone.CaptureRest(_character);
            bone.bone = _head;
            Quaternion before = _head.localRotation;

            bone.Turn(Quaternion.Euler(0f, 40f, 0f));

            AssertSame(_head.localRotation, before);
        }
    }
}

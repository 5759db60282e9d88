using System;
using Facecast.Core;
using NUnit.Framework;
using UnityEngine;

namespace Facecast.Unity.Tests
{
    /// <summary>Axes, against cases worked out by hand.</summary>
    [TestFixture]
    public sealed class AxisConversionTests
    {
        private const float HalfOf90 = 0.70710678f; // sin and cos of 45 degrees

        private static void AssertPoints(Vector3 actual, float x, float y, float z)
        {
            Assert.That((actual - new Vector3(x, y, z)).magnitude, Is.LessThan(1e-5f), actual.ToString());
        }

        [Test]
        public void AFaceThatLooksIntoTheCameraLooksForward()
        {
            Quaternion turn = AxisConversion.ToUnity(HeadRotation.Identity);

            AssertPoints(turn * Vector3.forward, 0f, 0f, 1f);
            AssertPoints(turn * Vector3.up, 0f, 1f, 0f);
        }

        // The wire: +90 degrees about +y brings the nose (z) to the subject's left (x). The character's left is -x.
        [Test]
        public void TheNoseToTheSubjectsLeftIsToTheCharactersLeft()
        {
            Quaternion turn = AxisConversion.ToUnity(new HeadRotation(0f, HalfOf90, 0f, HalfOf90));

            AssertPoints(turn * Vector3.forward, -1f, 0f, 0f);
            AssertPoints(turn * Vector3.up, 0f, 1f, 0f);
        }

        // The wire: pitch is positive up, a rotation about -x; 90 degrees bring the nose (z) up (y).
        [Test]
        public void TheNoseUpIsUp()
        {
            Quaternion turn = AxisConversion.ToUnity(new HeadRotation(-HalfOf90, 0f, 0f, HalfOf90));

            AssertPoints(turn * Vector3.forward, 0f, 1f, 0f);
            AssertPoints(turn * Vector3.up, 0f, 0f, -1f);
        }

        // The wire: +90 degrees about +z bring the crown (y) to -x, the subject's right. The character's right is +x.
        [Test]
        public void TheCrownToTheSubjectsRightIsToTheCharactersRight()
        {
            Quaternion turn = AxisConversion.ToUnity(new HeadRotation(0f, 0f, HalfOf90, HalfOf90));

            AssertPoints(turn * Vector3.up, 1f, 0f, 0f);
            AssertPoints(turn * Vector3.forward, 0f, 0f, 1f);
        }

        [Test]
        public void ARotationTurnsPointsAsTheWireDoes()
        {
            var wire = new HeadRotation(0.18257419f, 0.36514837f, 0.54772256f, 0.73029674f); // (1, 2, 3, 4) / sqrt(30)
            // R(wire) * (1, 0, 0), from the matrix of the quaternion: (2(w²+x²)-1, 2(xy+wz), 2(xz-wy)) with w²+x² = 17/30
            var moved = new Vector3((2f * 17f / 30f) - 1f, 2f * (2f + 12f) / 30f, 2f * (3f - 8f) / 30f);

            Vector3 inUnity = AxisConversion.ToUnity(wire) * new Vector3(-1f, 0f, 0f);

            AssertPoints(inUnity, -moved.x, moved.y, moved.z);
        }

        [Test]
        public void TowardTheCameraIsForwardAndThePicturesRightIsTheCharactersLeft()
        {
            AssertPoints(AxisConversion.ToUnity(new HeadTranslation { X = 0.1f, Y = 0.2f, Z = -0.5f }), -0.1f, 0.2f, -0.5f);
        }

        [Test]
        public void AGazeToTheLeftAndUpTurnsTheEyeSo()
        {
            float quarter = (float)(Math.PI / 2.0);

            AssertPoints(AxisConversion.GazeToUnity(quarter, 0f) * Vector3.forward, -1f, 0f, 0f);
            AssertPoints(AxisConversion.GazeToUnity(0f, quarter) * Vector3.forward, 0f, 1f, 0f);
            Vector3 both = AxisConversion.GazeToUnity(0.3f, 0.2f) * Vector3.forward;
            Assert.That(both.x, Is.LessThan(-0.2f));
            Assert.That(both.y, Is.GreaterThan(0.15f));
        }
    }
}

using Facecast.Core;
using NUnit.Framework;
using UnityEngine;

namespace Facecast.Unity.Tests
{
    /// <summary>The mirror image of a face.</summary>
    [TestFixture]
    public sealed class FaceMirrorTests
    {
        [TestCase("eyeBlinkLeft", "eyeBlinkRight")]
        [TestCase("eyeLookInRight", "eyeLookInLeft")]
        [TestCase("jawLeft", "jawRight")]
        [TestCase("mouthSmileRight", "mouthSmileLeft")]
        [TestCase("jawOpen", "jawOpen")]
        [TestCase("browInnerUp", "browInnerUp")]
        public void LeftBecomesRight(string shown, string expected)
        {
            FaceFrame face = TestFaces.With(shown, 0.7f);

            FaceMirror.Apply(face);

            for (int i = 0; i < face.Blendshapes.Length; i++)
            {
                Assert.That(face.Blendshapes[i], Is.EqualTo(FaceSources.Names[i] == expected ? 0.7f : 0f), FaceSources.Names[i]);
            }
        }

        [Test]
        public void TheHeadTurnsToTheOtherSideAndNodsTheSame()
        {
            FaceFrame face = TestFaces.With("jawOpen", 0f);
            face.Rotation = new HeadRotation(-0.1f, 0.2f, 0.3f, 0.9273618f);
            face.Translation = new HeadTranslation { X = 0.1f, Y = 0.2f, Z = -0.6f };
            Vector3 before = AxisConversion.ToUnity(face.Rotation) * Vector3.forward;

            FaceMirror.Apply(face);

            Vector3 after = AxisConversion.ToUnity(face.Rotation) * Vector3.forward;
            Assert.That((after - new Vector3(-before.x, before.y, before.z)).magnitude, Is.LessThan(1e-5f));
            Assert.That(face.Translation.X, Is.EqualTo(-0.1f));
            Assert.That(face.Translation.Z, Is.EqualTo(-0.6f));
        }

        [Test]
        public void TheEyesChangePlacesAndLookToTheOtherSide()
        {
            FaceFrame face = TestFaces.With("jawOpen", 0f);
            face.Gaze = new GazeAngles { LeftYaw = 0.1f, LeftPitch = 0.2f, RightYaw = 0.3f, RightPitch = 0.4f };

            FaceMirror.Apply(face);

            GazeAngles gaze = face.Gaze;
            Assert.That(new[] { gaze.LeftYaw, gaze.LeftPitch, gaze.RightYaw, gaze.RightPitch }, Is.EqualTo(new[] { -0.3f, 0.4f, -0.1f, 0.2f }));
        }

        [Test]
        public void TwiceIsAsBefore()
        {
            FaceFrame face = TestFaces.With("mouthFrownLeft", 0.3f);
            face.Rotation = new HeadRotation(0.1f, 0.2f, 0.3f, 0.9273618f);

            FaceMirror.Apply(face);
            FaceMirror.Apply(face);

            Assert.That(face.Blendshapes[FaceSources.IndexOf("mouthFrownLeft")], Is.EqualTo(0.3f));
            Assert.That(face.Rotation.Y, Is.EqualTo(0.2f));
        }
    }
}

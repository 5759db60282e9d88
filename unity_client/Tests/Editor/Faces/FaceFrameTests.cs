using NUnit.Framework;

namespace Facecast.Core.Tests
{
    [TestFixture]
    public sealed class FaceFrameTests
    {
        [Test]
        public void NewFaceIsAtRest()
        {
            FaceFrame face = new FaceFrame();
            Assert.That(face.Presence, Is.EqualTo(0f));
            Assert.That(face.Rotation.W, Is.EqualTo(1f));
            Assert.That(face.Blendshapes.Length, Is.EqualTo(52));
            Assert.That(face.ActionUnits.Length, Is.EqualTo(18));
            Assert.That(face.HasLandmarks, Is.False);
        }

        [Test]
        public void CopyIsEqualAndApart()
        {
            FaceFrame face = Make(1f);
            FaceFrame copy = new FaceFrame();
            copy.CopyFrom(face);
            face.Blendshapes[3] = 0f;
            face.Landmarks[5] = 0f;
            Assert.That(copy.Blendshapes[3], Is.EqualTo(1f));
            Assert.That(copy.Landmarks[5], Is.EqualTo(1f));
            Assert.That(copy.Track, Is.EqualTo(1u));
            Assert.That(copy.Translation.Z, Is.EqualTo(-1f));
        }

        [Test]
        public void EverythingIsInterpolated()
        {
            FaceFrame middle = new FaceFrame();
            middle.Interpolate(Make(0.2f), Make(0.6f), 0.25f);
            Assert.That(middle.Blendshapes[51], Is.EqualTo(0.3f).Within(1e-6));
            Assert.That(middle.ActionUnits[17], Is.EqualTo(1.5f).Within(1e-6));
            Assert.That(middle.Landmarks[195], Is.EqualTo(0.3f).Within(1e-6));
            Assert.That(middle.Gaze.RightPitch, Is.EqualTo(0.3f).Within(1e-6));
            Assert.That(middle.Translation.Z, Is.EqualTo(-0.3f).Within(1e-6));
            Assert.That(middle.Box.Y1, Is.EqualTo(0.3f).Within(1e-6));
            Assert.That(middle.Score, Is.EqualTo(0.3f).Within(1e-6));
            Assert.That(middle.CaptureTimeUs, Is.EqualTo(200UL), "of the nearer one");
        }

        [Test]
        public void ResultMayBeOneOfTheTwo()
        {
            FaceFrame apart = new FaceFrame();
            apart.Interpolate(Make(0.2f), Make(0.6f), 0.75f);
            FaceFrame second = Make(0.6f);
            second.Interpolate(Make(0.2f), second, 0.75f);
            FaceFrame first = Make(0.2f);
            first.Interpolate(first, Make(0.6f), 0.75f);
            Assert.That(second.Blendshapes, Is.EqualTo(apart.Blendshapes));
            Assert.That(first.Blendshapes, Is.EqualTo(apart.Blendshapes));
            Assert.That(first.Landmarks, Is.EqualTo(apart.Landmarks));
            Assert.That(first.Translation.Z, Is.EqualTo(apart.Translation.Z));
        }

        [Test]
        public void LandmarksOfOneSideAreKept()
        {
            FaceFrame plain = new FaceFrame();
            FaceFrame middle = new FaceFrame();
            middle.Interpolate(plain, Make(0.6f), 0.25f);
            Assert.That(middle.HasLandmarks, Is.True);
            Assert.That(middle.Landmarks[0], Is.EqualTo(0.6f));
            middle.Interpolate(plain, plain, 0.25f);
            Assert.That(middle.HasLandmarks, Is.False);
        }

        [Test]
        public void FadeEndsAtRestButWhereTheHeadWas()
        {
            FaceFrame face = Make(0.8f);
            face.FadeToNeutral(0.5f);
            Assert.That(face.Blendshapes[0], Is.EqualTo(0.4f).Within(1e-6));
            face.FadeToNeutral(1f);
            FaceFrame rest = Make(0.8f);
            rest.SetNeutral();
            Assert.That(face.Blendshapes, Is.EqualTo(rest.Blendshapes));
            Assert.That(face.ActionUnits, Is.EqualTo(rest.ActionUnits));
            Assert.That(face.Gaze.LeftYaw, Is.EqualTo(0f));
            Assert.That(HeadRotation.AngleBetween(face.Rotation, HeadRotation.Identity), Is.LessThan(1e-6));
            Assert.That(face.Presence, Is.EqualTo(0f));
            Assert.That(face.Translation.Z, Is.EqualTo(-0.8f));
        }

        private static FaceFrame Make(float value)
        {
            FaceFrame face = new FaceFrame { Track = 1, Score = value, Presence = 1f, HasLandmarks = true };
            face.CaptureTimeUs = (ulong)(1000f * value);
            face.Rotation = new HeadRotation(0f, 0.6f, 0f, 0.8f);
            face.Translation = new HeadTranslation(0f, 0f, -value);
            face.Gaze = new GazeAngles(value, value, value, value);
            face.Box = new FaceBox(value, value, value, value);
            for (int i = 0; i < face.Blendshapes.Length; i++)
            {
                face.Blendshapes[i] = value;
            }

            for (int i = 0; i < face.ActionUnits.Length; i++)
            {
                face.ActionUnits[i] = 5f * value;
            }

            for (int i = 0; i < face.Landmarks.Length; i++)
            {
                face.Landmarks[i] = value;
            }

            return face;
        }
    }
}

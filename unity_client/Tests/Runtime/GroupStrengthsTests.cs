using System.Linq;
using Facecast.Core;
using NUnit.Framework;

namespace Facecast.Unity.Tests
{
    /// <summary>Strengths of the face's regions.</summary>
    [TestFixture]
    public sealed class GroupStrengthsTests
    {
        [Test]
        public void EachRegionScalesItsOwnAlone()
        {
            var strengths = new GroupStrengths { eye = 0.5f, mouth = 2f, jaw = 0f };
            FaceFrame face = TestFaces.With("eyeBlinkLeft", 0.8f);
            face.Blendshapes[FaceSources.IndexOf("mouthPucker")] = 0.3f;
            face.Blendshapes[FaceSources.IndexOf("jawOpen")] = 0.9f;
            face.Blendshapes[FaceSources.IndexOf("browInnerUp")] = 0.6f;

            strengths.ApplyTo(face, 1f);

            Assert.That(face.Blendshapes[FaceSources.IndexOf("eyeBlinkLeft")], Is.EqualTo(0.4f).Within(1e-6f));
            Assert.That(face.Blendshapes[FaceSources.IndexOf("mouthPucker")], Is.EqualTo(0.6f).Within(1e-6f));
            Assert.That(face.Blendshapes[FaceSources.IndexOf("jawOpen")], Is.EqualTo(0f));
            Assert.That(face.Blendshapes[FaceSources.IndexOf("browInnerUp")], Is.EqualTo(0.6f));
        }

        [Test]
        public void MoreThanTheRangeIsCutOff()
        {
            var strengths = new GroupStrengths { mouth = 2f };
            FaceFrame face = TestFaces.With("AU12", 4f);
            face.Blendshapes[FaceSources.IndexOf("mouthSmileLeft")] = 0.8f;

            strengths.ApplyTo(face, 1f);

            Assert.That(face.Blendshapes[FaceSources.IndexOf("mouthSmileLeft")], Is.EqualTo(1f));
            Assert.That(face.ActionUnits[FaceSources.IndexOf("AU12") - WireTables.BlendshapeCount], Is.EqualTo(5f));
        }

        [TestCase("AU04", FaceGroup.Brow)]
        [TestCase("AU45", FaceGroup.Eye)]
        [TestCase("AU06", FaceGroup.Cheek)]
        [TestCase("AU09", FaceGroup.Nose)]
        [TestCase("AU26", FaceGroup.Jaw)]
        [TestCase("AU12", FaceGroup.Mouth)]
        [TestCase("tongueOut", FaceGroup.Tongue)]
        [TestCase("cheekPuff", FaceGroup.Cheek)]
        public void ASourceBelongsToItsRegion(string source, FaceGroup group)
        {
            Assert.That(FaceSources.GroupOf(FaceSources.IndexOf(source)), Is.EqualTo(group));
        }

        [Test]
        public void ThereAreSeventySourcesAndTheirTwinsGoBothWays()
        {
            Assert.That(FaceSources.Names.Count, Is.EqualTo(70));
            Assert.That(FaceSources.Names.Distinct().Count(), Is.EqualTo(70));
            Assert.That(FaceSources.IndexOf("nothing"), Is.EqualTo(-1));
            for (int i = 0; i < FaceSources.Count; i++)
            {
                Assert.That(FaceSources.MirrorOf(FaceSources.MirrorOf(i)), Is.EqualTo(i));
            }

            int sided = FaceSources.Names.Count(name => name.EndsWith("Left") || name.EndsWith("Right"));
            Assert.That(Enumerable.Range(0, 70).Count(i => FaceSources.MirrorOf(i) != i), Is.EqualTo(sided));
        }
    }
}

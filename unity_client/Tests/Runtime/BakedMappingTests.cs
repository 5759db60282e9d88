using System.Collections.Generic;
using Facecast.Core;
using NUnit.Framework;
using UnityEngine;

namespace Facecast.Unity.Tests
{
    /// <summary>A mapping applied to renderers.</summary>
    [TestFixture]
    public sealed class BakedMappingTests
    {
        private TestRig _rig;
        private GameObject _character;

        [SetUp]
        public void SetUp()
        {
            _rig = new TestRig();
            _character = _rig.Make("Character");
        }

        [TearDown]
        public void TearDown()
        {
            _rig.Clear();
        }

        private BakedMapping Bake(SkinnedMeshRenderer[] renderers, params FaceBinding[] bindings)
        {
            return new BakedMapping(_rig.MakeMapping(bindings), renderers);
        }

        [Test]
        public void AWholeWeightIsAHundred()
        {
            SkinnedMeshRenderer face = _rig.AddRenderer(_character, "Face", "smile", "jawOpen");

            Bake(new[] { face }, new FaceBinding { source = "jawOpen", blendShape = "jawOpen" }).Apply(TestFaces.With("jawOpen", 0.4f));

            Assert.That(TestRig.Weight(face, "jawOpen"), Is.EqualTo(40f).Within(1e-4f));
            Assert.That(TestRig.Weight(face, "smile"), Is.EqualTo(0f));
        }

        [Test]
        public void AMeshWhoseWholeShapeIsOneGetsOne()
        {
            SkinnedMeshRenderer face = _rig.AddRenderer(_character, "Face", 1f, "jawOpen");

            Bake(new[] { face }, new FaceBinding { source = "jawOpen", blendShape = "jawOpen" }).Apply(TestFaces.With("jawOpen", 0.4f));

            Assert.That(TestRig.Weight(face, "jawOpen"), Is.EqualTo(0.4f).Within(1e-6f));
        }

        [Test]
        public void GainOffsetAndClampApplyInThisOrder()
        {
            SkinnedMeshRenderer face = _rig.AddRenderer(_character, "Face", "a", "b", "c");
            BakedMapping baked = Bake(
                new[] { face },
                new FaceBinding { source = "jawOpen", blendShape = "a", gain = 0.5f, offset = 0.1f },
                new FaceBinding { source = "jawOpen", blendShape = "b", gain = 3f, maximum = 0.8f },
                new FaceBinding { source = "jawOpen", blendShape = "c", gain = -1f, offset = 0.3f, minimum = 0.05f });

            baked.Apply(TestFaces.With("jawOpen", 0.6f));

            Assert.That(TestRig.Weight(face, "a"), Is.EqualTo(40f).Within(1e-4f));
            Assert.That(TestRig.Weight(face, "b"), Is.EqualTo(80f).Within(1e-4f));
            Assert.That(TestRig.Weight(face, "c"), Is.EqualTo(5f).Within(1e-4f));
        }

        [Test]
        public void ACurveBendsTheSource()
        {
            SkinnedMeshRenderer face = _rig.AddRenderer(_character, "Face", "jawOpen");
            var binding = new FaceBinding
            {
                source = "jawOpen", blendShape = "jawOpen", useCurve = true, curve = AnimationCurve.Linear(0f, 1f, 1f, 0.5f),
            };

            Bake(new[] { face }, binding).Apply(TestFaces.With("jawOpen", 0.5f));

            Assert.That(TestRig.Weight(face, "jawOpen"), Is.EqualTo(75f).Within(0.01f));
        }

        [Test]
        public void ManySourcesAddUpInOneShapeWithinItsLimits()
        {
            SkinnedMeshRenderer face = _rig.AddRenderer(_character, "Face", "eyesClosed");
            BakedMapping baked = Bake(
                new[] { face },
                new FaceBinding { source = "eyeBlinkLeft", blendShape = "eyesClosed", gain = 0.5f },
                new FaceBinding { source = "eyeBlinkRight", blendShape = "eyesClosed", gain = 0.5f },
                new FaceBinding { source = "AU45", blendShape = "eyesClosed", gain = 1f });
            FaceFrame both = TestFaces.With("eyeBlinkLeft", 0.8f);
            both.Blendshapes[FaceSources.IndexOf("eyeBlinkRight")] = 0.4f;

            baked.Apply(both);
            Assert.That(TestRig.Weight(face, "eyesClosed"), Is.EqualTo(60f).Within(1e-4f));

            both.ActionUnits[WireTables.ActionUnitCount - 1] = 5f;
            baked.Apply(both);
            Assert.That(TestRig.Weight(face, "eyesClosed"), Is.EqualTo(100f).Within(1e-4f));
        }

        [Test]
        public void OneSourceMovesAllRenderersOrTheNamedOne()
        {
            SkinnedMeshRenderer face = _rig.AddRenderer(_character, "Face", "jawOpen", "tongue");
            SkinnedMeshRenderer teeth = _rig.AddRenderer(_character, "Teeth", "jawOpen", "tongue");
            BakedMapping baked = Bake(
                new[] { face, teeth },
                new FaceBinding { source = "jawOpen", blendShape = "jawOpen" },
                new FaceBinding { source = "jawOpen", renderer = "Teeth", blendShape = "tongue", gain = 0.5f });

            baked.Apply(TestFaces.With("jawOpen", 1f));

            Assert.That(baked.TargetCount, Is.EqualTo(3));
            Assert.That(TestRig.Weight(face, "jawOpen"), Is.EqualTo(100f).Within(1e-4f));
            Assert.That(TestRig.Weight(teeth, "jawOpen"), Is.EqualTo(100f).Within(1e-4f));
            Assert.That(TestRig.Weight(face, "tongue"), Is.EqualTo(0f));
            Assert.That(TestRig.Weight(teeth, "tongue"), Is.EqualTo(50f).Within(1e-4f));
        }

        [Test]
        public void AnActionUnitCountsFromZeroToOne()
        {
            SkinnedMeshRenderer face = _rig.AddRenderer(_character, "Face", "smile");

            Bake(new[] { face }, new FaceBinding { source = "AU12", blendShape = "smile" }).Apply(TestFaces.With("AU12", 2.5f));

            Assert.That(TestRig.Weight(face, "smile"), Is.EqualTo(50f).Within(1e-4f));
        }

        [Test]
        public void WhatTheCharacterDoesNotHaveIsNamed()
        {
            SkinnedMeshRenderer face = _rig.AddRenderer(_character, "Face", "jawOpen");
            BakedMapping baked = Bake(
                new[] { face },
                new FaceBinding { source = "jawOpen", blendShape = "JawOpen" },
                new FaceBinding { source = "jawOpenn", blendShape = "jawOpen" },
                new FaceBinding { source = "jawOpen", renderer = "Beard", blendShape = "jawOpen" });

            Assert.That(baked.TargetCount, Is.EqualTo(0));
            Assert.That(baked.Unresolved, Is.EqualTo(new[]
            {
                "jawOpen -> */JawOpen", "jawOpenn -> */jawOpen", "jawOpen -> Beard/jawOpen",
            }));
        }

        [Test]
        public void RestorePutsTheFirstWeightsBack()
        {
            SkinnedMeshRenderer face = _rig.AddRenderer(_character, "Face", "jawOpen");
            face.SetBlendShapeWeight(0, 12f);
            BakedMapping baked = Bake(new[] { face }, new FaceBinding { source = "jawOpen", blendShape = "jawOpen" });

            baked.Apply(TestFaces.With("jawOpen", 1f));
            baked.Restore();

            Assert.That(TestRig.Weight(face, "jawOpen"), Is.EqualTo(12f));
        }

        [Test]
        public void AnotherMeshIsNoticed()
        {
            SkinnedMeshRenderer face = _rig.AddRenderer(_character, "Face", "jawOpen");
            BakedMapping baked = Bake(new[] { face }, new FaceBinding { source = "jawOpen", blendShape = "jawOpen" });
            Assert.That(baked.IsCurrent, Is.True);

            face.sharedMesh = _rig.MakeMesh(100f, "other", "jawOpen");

            Assert.That(baked.IsCurrent, Is.False);
        }

        [Test]
        public void AutomaticMatchingFillsTheMappingAndItsReport()
        {
            SkinnedMeshRenderer face = _rig.AddRenderer(_character, "Face", "eyeBlink_L", "belly");
            FaceMapping mapping = _rig.MakeMapping(new FaceBinding { source = "old", blendShape = "old" });
            int version = mapping.Version;

            MatchReport report = mapping.MatchAutomatically(new List<SkinnedMeshRenderer> { face });

            Assert.That(mapping.Bindings.Count, Is.EqualTo(1));
            Assert.That(mapping.Bindings[0].source, Is.EqualTo("eyeBlinkLeft"));
            Assert.That(mapping.Bindings[0].renderer, Is.EqualTo("Face"));
            Assert.That(mapping.Bindings[0].blendShape, Is.EqualTo("eyeBlink_L"));
            Assert.That(mapping.Report, Is.EqualTo(report.ToString()));
            Assert.That(mapping.Version, Is.GreaterThan(version));
        }
    }
}

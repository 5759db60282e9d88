using System.Collections.Generic;
using System.Linq;
using Facecast.Core;
using NUnit.Framework;

namespace Facecast.Unity.Tests
{
    /// <summary>The automatic matching on the name lists of real conventions.</summary>
    [TestFixture]
    public sealed class FaceAutoMatcherTests
    {
        private static MatchReport Match(params string[] shapes)
        {
            return new FaceAutoMatcher(FaceSources.Names).Match(new[] { new RigShapes("Face", shapes) });
        }

        private static string[] ShapesOf(MatchReport report, string source)
        {
            return report.Matches.Where(match => match.Source == source).Select(match => match.BlendShape).ToArray();
        }

        private static string[] MovedWeights(MatchReport report)
        {
            return WireTables.Blendshapes.Where(name => !report.UnmatchedSources.Contains(name)).ToArray();
        }

        private static IEnumerable<TestCaseData> SpellingsOfArkit()
        {
            yield return new TestCaseData("", RigNames.Arkit()).SetName("ARKit as Apple writes it");
            yield return new TestCaseData("", RigNames.ArkitWithLetters()).SetName("ARKit with _L and _R");
            yield return new TestCaseData("", RigNames.ArkitInSnakeCase()).SetName("ARKit in snake case");
            yield return new TestCaseData("", RigNames.ArkitNumbered()).SetName("ARKit numbered by iClone");
            yield return new TestCaseData("", RigNames.PerfectSync()).SetName("Perfect Sync");
            yield return new TestCaseData("blendShape1.", RigNames.ArkitWithLetters()).SetName("ARKit behind blendShape1.");
            yield return new TestCaseData("Face.", RigNames.Arkit()).SetName("ARKit behind Face.");
            yield return new TestCaseData("Fcl_", RigNames.PerfectSync()).SetName("ARKit behind Fcl_");
            yield return new TestCaseData("head_geo_", RigNames.Arkit()).SetName("ARKit behind words for the mesh");
            yield return new TestCaseData("Bob:", RigNames.Arkit()).SetName("ARKit behind a namespace");
            yield return new TestCaseData("Bob_", RigNames.Arkit()).SetName("ARKit behind a word that all share");
        }

        [TestCaseSource("SpellingsOfArkit")]
        public void EverySpellingOfArkitIsMatchedWhole(string prefix, IEnumerable<string> names)
        {
            string[] shapes = names.Select(name => prefix + name).ToArray();

            MatchReport report = Match(shapes);

            Assert.That(report.Convention, Is.EqualTo("ARKit"));
            Assert.That(report.UnmatchedShapes, Is.Empty);
            Assert.That(report.Matches.Count, Is.EqualTo(52));
            for (int i = 0; i < shapes.Length; i++)
            {
                Assert.That(ShapesOf(report, WireTables.Blendshapes[i]), Is.EqualTo(new[] { shapes[i] }));
                Assert.That(report.Matches.Single(match => match.BlendShape == shapes[i]).Gain, Is.EqualTo(1f));
            }

            Assert.That(report.UnmatchedSources, Is.EqualTo(WireTables.ActionUnits));
        }

        [Test]
        public void LowerCaseWithoutSeparatorsIsMatched()
        {
            MatchReport report = Match("eyeblinkleft", "jawopen", "mouthleft");

            Assert.That(report.Matches.Select(match => match.Source), Is.EqualTo(new[] { "eyeBlinkLeft", "jawOpen", "mouthLeft" }));
        }

        [Test]
        public void SideInFrontIsMatched()
        {
            Assert.That(ShapesOf(Match("L_eyeBlink"), "eyeBlinkLeft"), Is.EqualTo(new[] { "L_eyeBlink" }));
            Assert.That(ShapesOf(Match("Right Eye Blink"), "eyeBlinkRight"), Is.EqualTo(new[] { "Right Eye Blink" }));
        }

        [Test]
        public void VroidIsMatchedAndItsSplitLidsAreKept()
        {
            MatchReport report = Match(RigNames.Vroid);

            Assert.That(report.Convention, Is.EqualTo("VRM / VRoid"));
            Assert.That(ShapesOf(report, "eyeBlinkLeft"), Is.EqualTo(new[] { "Face.M_F00_000_00_Fcl_EYE_Close_L" }));
            Assert.That(ShapesOf(report, "eyeBlinkRight"), Is.EqualTo(new[] { "Face.M_F00_000_00_Fcl_EYE_Close_R" }));
            Assert.That(ShapesOf(report, "jawOpen"), Is.EqualTo(new[] { "Face.M_F00_000_00_Fcl_MTH_A" }));
            Assert.That(ShapesOf(report, "mouthPucker"), Is.EqualTo(new[] { "Face.M_F00_000_00_Fcl_MTH_U" }));
            Assert.That(ShapesOf(report, "browInnerUp"), Is.EqualTo(new[] { "Face.M_F00_000_00_Fcl_BRW_Surprised" }));
            CollectionAssert.Contains(report.UnmatchedShapes, "Face/Face.M_F00_000_00_Fcl_EYE_Close: a better match moves the same");
            CollectionAssert.Contains(
                report.UnmatchedShapes, "Face/Face.M_F00_000_00_Fcl_ALL_Joy: moves the whole face; bind it by hand");
        }

        [Test]
        public void Vrm1PresetsAreMatched()
        {
            MatchReport report = Match(RigNames.Vrm1);

            Assert.That(ShapesOf(report, "eyeBlinkLeft"), Is.EqualTo(new[] { "blinkLeft" }));
            Assert.That(ShapesOf(report, "eyeLookOutLeft"), Is.EqualTo(new[] { "lookLeft" }));
            Assert.That(ShapesOf(report, "eyeLookInRight"), Is.EqualTo(new[] { "lookLeft" }));
            Assert.That(ShapesOf(report, "eyeLookOutRight"), Is.EqualTo(new[] { "lookRight" }));
            Assert.That(ShapesOf(report, "jawOpen"), Is.EqualTo(new[] { "aa" }));
            Assert.That(ShapesOf(report, "mouthFunnel"), Is.EqualTo(new[] { "oh" }));
            Assert.That(report.UnmatchedShapes.Count(line => line.EndsWith("bind it by hand")), Is.EqualTo(6));
        }

        [Test]
        public void Vrm0PresetsAreMatched()
        {
            MatchReport report = Match(RigNames.Vrm0);

            Assert.That(ShapesOf(report, "eyeBlinkRight"), Is.EqualTo(new[] { "Blink_R" }));
            Assert.That(ShapesOf(report, "jawOpen"), Is.EqualTo(new[] { "A" }));
            Assert.That(ShapesOf(report, "eyeLookUpLeft"), Is.EqualTo(new[] { "LookUp" }));
        }

        [Test]
        public void PerfectSyncWinsOverTheVisemesBesideIt()
        {
            MatchReport report = Match(RigNames.Vrm0.Concat(RigNames.PerfectSync()).ToArray());

            Assert.That(ShapesOf(report, "jawOpen"), Is.EqualTo(new[] { "JawOpen" }));
            Assert.That(ShapesOf(report, "eyeBlinkLeft"), Is.EqualTo(new[] { "EyeBlinkLeft" }));
            Assert.That(report.Matches.Count, Is.EqualTo(52));
        }

        [Test]
        public void ReadyPlayerMeWithoutArkitMovesByMeansOfBothSides()
        {
            MatchReport report = Match(RigNames.ReadyPlayerMeDefault);

            Assert.That(report.UnmatchedShapes, Is.Empty);
            FaceMatch[] lids = report.Matches.Where(match => match.BlendShape == "eyesClosed").ToArray();
            Assert.That(lids.Select(match => match.Source), Is.EqualTo(new[] { "eyeBlinkLeft", "eyeBlinkRight" }));
            Assert.That(lids.Select(match => match.Gain), Is.EqualTo(new[] { 0.5f, 0.5f }));
            Assert.That(ShapesOf(report, "jawOpen"), Is.EqualTo(new[] { "mouthOpen" }));
        }

        [Test]
        public void ReadyPlayerMeWithArkitUsesArkitAlone()
        {
            MatchReport report = Match(RigNames.Arkit().Concat(RigNames.ReadyPlayerMeDefault).ToArray());

            Assert.That(report.Matches.Count, Is.EqualTo(52));
            Assert.That(report.UnmatchedShapes.Count, Is.EqualTo(RigNames.ReadyPlayerMeDefault.Length));
        }

        [Test]
        public void CharacterCreatorIsMatchedWhole()
        {
            MatchReport report = Match(RigNames.CharacterCreator);

            Assert.That(MovedWeights(report), Is.EqualTo(WireTables.Blendshapes));
            Assert.That(ShapesOf(report, "eyeLookOutLeft"), Is.EqualTo(new[] { "Eye_L_Look_L" }));
            Assert.That(ShapesOf(report, "eyeLookInRight"), Is.EqualTo(new[] { "Eye_R_Look_L" }));
            Assert.That(ShapesOf(report, "browInnerUp"), Is.EqualTo(new[] { "Brow_Raise_Inner_L", "Brow_Raise_Inner_R" }));
            Assert.That(ShapesOf(report, "browDownLeft"), Is.EqualTo(new[] { "Brow_Drop_L" }));
            Assert.That(ShapesOf(report, "mouthLeft"), Is.EqualTo(new[] { "Mouth_L" }));
            Assert.That(ShapesOf(report, "mouthFunnel").Length, Is.EqualTo(4));
            Assert.That(ShapesOf(report, "jawRight"), Is.EqualTo(new[] { "Jaw_R" }));
        }

        [Test]
        public void UnifiedExpressionsInPartsAreMatchedWhole()
        {
            MatchReport report = Match(RigNames.UnifiedSplit);

            Assert.That(MovedWeights(report), Is.EqualTo(WireTables.Blendshapes));
            Assert.That(report.UnmatchedShapes, Is.Empty);
            Assert.That(ShapesOf(report, "browDownRight"), Is.EqualTo(new[] { "BrowPinchRight", "BrowLowererRight" }));
            Assert.That(ShapesOf(report, "mouthSmileLeft"), Is.EqualTo(new[] { "MouthCornerPullLeft", "MouthCornerSlantLeft" }));
            Assert.That(ShapesOf(report, "mouthLeft"), Is.EqualTo(new[] { "MouthUpperLeft", "MouthLowerLeft" }));
            Assert.That(ShapesOf(report, "mouthRollUpper"), Is.EqualTo(new[] { "LipSuckUpperRight", "LipSuckUpperLeft" }));
        }

        [Test]
        public void UnifiedExpressionsMergedAreMatched()
        {
            MatchReport report = Match(RigNames.UnifiedMerged);

            Assert.That(report.UnmatchedShapes, Is.Empty);
            Assert.That(ShapesOf(report, "mouthFrownLeft"), Is.EqualTo(new[] { "MouthSad" }));
            Assert.That(ShapesOf(report, "eyeBlinkRight"), Is.EqualTo(new[] { "EyeClosed" }));
            Assert.That(report.Matches.Where(match => match.BlendShape == "BrowDown").Sum(match => match.Gain), Is.EqualTo(1f));
        }

        [Test]
        public void MergedShapesYieldToTheirPartsInTheSameMesh()
        {
            MatchReport report = Match(RigNames.UnifiedSplit.Concat(new[] { "EyeClosed", "MouthSmileLeft", "MouthSmileRight" }).ToArray());

            Assert.That(ShapesOf(report, "eyeBlinkLeft"), Is.EqualTo(new[] { "EyeClosedLeft" }));
            Assert.That(ShapesOf(report, "mouthSmileLeft"), Is.EqualTo(new[] { "MouthSmileLeft" }));
        }

        [Test]
        public void SranipalIsMatched()
        {
            MatchReport report = Match(RigNames.Sranipal);

            Assert.That(report.UnmatchedShapes, Is.Empty);
            Assert.That(ShapesOf(report, "eyeLookOutLeft"), Is.EqualTo(new[] { "Eye_Left_Left" }));
            Assert.That(ShapesOf(report, "mouthUpperUpLeft"), Is.EqualTo(new[] { "Mouth_Upper_UpLeft" }));
            Assert.That(ShapesOf(report, "cheekPuff"), Is.EqualTo(new[] { "Cheek_Puff_Left", "Cheek_Puff_Right" }));
        }

        [Test]
        public void ActionUnitsAreMatched()
        {
            MatchReport report = Match("AU01", "AU_12_L", "AU_12_R", "FACS_AU45");

            Assert.That(report.Convention, Is.EqualTo("FACS action units"));
            Assert.That(ShapesOf(report, "AU01"), Is.EqualTo(new[] { "AU01" }));
            Assert.That(ShapesOf(report, "AU12"), Is.EqualTo(new[] { "AU_12_L", "AU_12_R" }));
            Assert.That(ShapesOf(report, "AU45"), Is.EqualTo(new[] { "FACS_AU45" }));
        }

        [Test]
        public void EachRendererIsMatchedByItself()
        {
            var rig = new[]
            {
                new RigShapes("Head", RigNames.Arkit().ToArray()),
                new RigShapes("Teeth", new[] { "teeth.jawOpen" }),
                new RigShapes("Lashes", new[] { "eyesClosed" }),
            };

            MatchReport report = new FaceAutoMatcher(FaceSources.Names).Match(rig);

            string[] jaw = report.Matches.Where(match => match.Source == "jawOpen").Select(match => match.Renderer).ToArray();
            Assert.That(jaw, Is.EqualTo(new[] { "Head", "Teeth" }));
            Assert.That(report.Matches.Count(match => match.Renderer == "Lashes"), Is.EqualTo(2));
        }

        [Test]
        public void WhatIsNotAFaceStaysUnmatched()
        {
            MatchReport report = Match("Body_Fat", "Shoe_Left", "breast_size_L", "jaw", "mouth", "");

            Assert.That(report.Matches, Is.Empty);
            Assert.That(report.Convention, Is.EqualTo("none"));
            Assert.That(report.UnmatchedShapes.Count, Is.EqualTo(6));
            Assert.That(report.UnmatchedSources.Count, Is.EqualTo(70));
        }

        [Test]
        public void ReportTellsWhatMatchedAndWhatDidNot()
        {
            string text = Match("eyeBlink_L", "Body_Fat").ToString();

            StringAssert.Contains("eyeBlinkLeft -> Face/eyeBlink_L x1 (Exact)", text);
            StringAssert.Contains("Weights and action units that move nothing: 69", text);
            StringAssert.Contains("Face/Body_Fat: no known name", text);
        }
    }
}

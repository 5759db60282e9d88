using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Facecast.Core;
using Facecast.Samples;
using Facecast.Unity;
using NUnit.Framework;
using UnityEngine;

namespace Facecast.Layer.Tests
{
    /// <summary>The sample head's file, as the sample reads it.</summary>
    [TestFixture]
    public sealed class SampleHeadTests
    {
        private static readonly byte[] File = System.IO.File.ReadAllBytes(Path.Combine(
            Environment.GetEnvironmentVariable("FACECAST_UNITY_PACKAGE"), "Samples~/Character/head.bytes"));

        private static readonly List<PackedHead.Part> Parts = PackedHead.Read(File);

        private static PackedHead.Part Part(string name)
        {
            return Parts.Single(part => part.Name == name);
        }

        [Test]
        public void TheFaceHasAllShapesOfTheWire()
        {
            Assert.That(Part("face").Shapes.Select(shape => shape.Name), Is.EquivalentTo(WireTables.Blendshapes));
        }

        [Test]
        public void ItFacesForwardWithItsLeftEyeAtItsLeft()
        {
            Assert.That(Part("eye_left").Vertices.Average(vertex => vertex.x), Is.InRange(-0.045, -0.02));
            Assert.That(Part("eye_right").Vertices.Average(vertex => vertex.x), Is.InRange(0.02, 0.045));
            Assert.That(Part("eye_left").Vertices.Average(vertex => vertex.z), Is.InRange(0.03, 0.07));
            Assert.That(Part("eye_left").Vertices.Average(vertex => vertex.y), Is.GreaterThan(0.02));
        }

        [Test]
        public void TrianglesAreClockwiseFromOutside()
        {
            foreach (PackedHead.Part part in Parts)
            {
                int clockwise = 0;
                for (int i = 0; i < part.Triangles.Length; i += 3)
                {
                    Vector3 a = part.Vertices[part.Triangles[i]];
                    Vector3 face = Cross(part.Vertices[part.Triangles[i + 1]] - a, part.Vertices[part.Triangles[i + 2]] - a);
                    Vector3 normal = part.Normals[part.Triangles[i]];
                    // In left-handed axes the cross product of clockwise edges points at the viewer.
                    clockwise += (face.x * normal.x) + (face.y * normal.y) + (face.z * normal.z) > 0 ? 1 : 0;
                }

                Assert.That(clockwise, Is.GreaterThan(0.97 * part.Triangles.Length / 3), part.Name);
            }
        }

        [Test]
        public void TheLeftBlinkMovesTheLeftLidAlone()
        {
            PackedHead.Part face = Part("face");
            PackedHead.Shape blink = face.Shapes.Single(shape => shape.Name == "eyeBlinkLeft");
            for (int i = 0; i < face.Vertices.Length; i++)
            {
                if (blink.Moves[i].magnitude > 0.001f)
                {
                    Assert.That(face.Vertices[i].x, Is.LessThan(0f));
                }
            }

            Assert.That(blink.Moves.Min(move => move.y), Is.LessThan(-0.005f)); // the upper lid comes down by half a centimetre or more
        }

        [Test]
        public void OpeningTheJawLowersTheLowerTeeth()
        {
            PackedHead.Shape open = Part("teeth").Shapes.Single(shape => shape.Name == "jawOpen");

            Assert.That(open.Moves.Min(move => move.y), Is.LessThan(-0.005f));
        }

        [Test]
        public void TheMatchingFindsEverything()
        {
            List<RigShapes> rig = Parts.Where(part => part.Shapes.Count > 0)
                .Select(part => new RigShapes(part.Name, part.Shapes.Select(shape => shape.Name).ToArray())).ToList();

            MatchReport report = new FaceAutoMatcher(FaceSources.Names).Match(rig);

            Assert.That(report.UnmatchedShapes, Is.Empty);
            Assert.That(report.UnmatchedSources, Is.EqualTo(WireTables.ActionUnits));
        }

        [Test]
        public void TheBuilderFillsTheRenderersOfTheSameName()
        {
            PlayLoop.Reset();
            GameObject head = BuildHead(new TextAsset(File));

            SkinnedMeshRenderer[] renderers = head.GetComponentsInChildren<SkinnedMeshRenderer>();
            Assert.That(renderers.All(one => one.sharedMesh.vertexCount == Part(one.name).Vertices.Length), Is.True);
            Assert.That(renderers.All(one => one.sharedMesh.hideFlags == HideFlags.DontSave), Is.True);
            Assert.That(renderers.Single(one => one.name == "face").sharedMesh.blendShapeCount, Is.EqualTo(52));
            FacecastAvatar avatar = head.GetComponent<FacecastAvatar>();
            Assert.That(avatar.AutomaticMatch.Matches.Count, Is.EqualTo(Parts.Sum(part => part.Shapes.Count)));
            PlayLoop.Reset();
        }

        [Test]
        public void HeadsShareTheirMeshesAndTheLastOneTakesThemAway()
        {
            PlayLoop.Reset();
            var file = new TextAsset(File);
            GameObject first = BuildHead(file);
            GameObject second = BuildHead(file);
            Mesh made = first.GetComponentInChildren<SkinnedMeshRenderer>().sharedMesh;
            Assert.That(second.GetComponentInChildren<SkinnedMeshRenderer>().sharedMesh == made, Is.True);

            first.SetActive(false);
            PlayLoop.Step(LayerServer.FrameSeconds);
            Assert.That(made == null, Is.False);

            second.SetActive(false);
            PlayLoop.Step(LayerServer.FrameSeconds);
            Assert.That(made == null, Is.True);

            first.SetActive(true);
            Assert.That(first.GetComponentInChildren<SkinnedMeshRenderer>().sharedMesh == null, Is.False);
            PlayLoop.Reset();
        }

        [Test]
        public void BytesOfSomethingElseAreRefused()
        {
            Assert.Throws<InvalidDataException>(() => PackedHead.Read(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }));
        }

        private static GameObject BuildHead(TextAsset file)
        {
            var head = new GameObject("Head");
            head.SetActive(false);
            foreach (PackedHead.Part part in Parts)
            {
                var holder = new GameObject(part.Name);
                holder.transform.SetParent(head.transform, false);
                holder.AddComponent<SkinnedMeshRenderer>();
            }

            CharacterBuilder builder = head.AddComponent<CharacterBuilder>();
            Set(builder, "headFile", file);
            Set(builder, "material", new Material(Shader.Find("Facecast/Vertex Colour")));
            head.AddComponent<FacecastAvatar>();
            head.SetActive(true);
            return head;
        }

        private static Vector3 Cross(Vector3 a, Vector3 b)
        {
            return new Vector3((a.y * b.z) - (a.z * b.y), (a.z * b.x) - (a.x * b.z), (a.x * b.y) - (a.y * b.x));
        }

        private static void Set(object target, string field, object value)
        {
            target.GetType().GetField(field, System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)
                .SetValue(target, value);
        }
    }
}

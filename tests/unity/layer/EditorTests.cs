using System.Linq;
using Facecast.Editor;
using Facecast.Unity;
using Facecast.Unity.Tests;
using NUnit.Framework;
using UnityEditor;
using UnityEngine;

namespace Facecast.Layer.Tests
{
    /// <summary>The editor's part: preview without traces, and menu items that build scenes.</summary>
    [TestFixture]
    public sealed class EditorTests
    {
        private TestRig _rig;

        [SetUp]
        public void SetUp()
        {
            PlayLoop.Reset();
            PlayLoop.IsPlaying = false;
            _rig = new TestRig();
            EditorUtility.Dirty.Clear();
            AssetDatabase.Assets.Clear();
            AssetDatabase.Paths.Clear();
            UnityEditor.PackageManager.UI.Sample.Known.Clear();
            Selection.activeGameObject = null;
        }

        [TearDown]
        public void TearDown()
        {
            SessionState.EraseBool("facecast.build-ready-scene");
            PlayLoop.Reset();
            _rig.Clear();
        }

        [Test]
        public void APreviewMovesTheCharacterAndLeavesNoTrace()
        {
            SkinnedMeshRenderer face = _rig.AddRenderer(_rig.Make("Character"), "Face", "jawOpen", "smile");
            face.SetBlendShapeWeight(0, 11f);
            FaceMapping mapping = _rig.MakeMapping(
                new FaceBinding { source = "jawOpen", blendShape = "jawOpen" },
                new FaceBinding { source = "AU12", blendShape = "smile" },
                new FaceBinding { source = "tongueOut", blendShape = "tongue" });

            using (var preview = new MappingPreview(mapping, new[] { face }))
            {
                preview.Set(FaceSources.IndexOf("jawOpen"), 0.5f);
                preview.Set(FaceSources.IndexOf("AU12"), 0.25f);
                preview.Apply();
                Assert.That(TestRig.Weight(face, "jawOpen"), Is.EqualTo(50f).Within(1e-4f));
                Assert.That(TestRig.Weight(face, "smile"), Is.EqualTo(25f).Within(1e-4f));
                Assert.That(preview.Get(FaceSources.IndexOf("AU12")), Is.EqualTo(0.25f).Within(1e-6f));
                Assert.That(preview.Unresolved, Is.EqualTo(new[] { "tongueOut -> */tongue" }));

                mapping.Bindings[0].gain = 0.5f;
                mapping.Touch();
                preview.Apply();
                Assert.That(TestRig.Weight(face, "jawOpen"), Is.EqualTo(25f).Within(1e-4f));
            }

            Assert.That(TestRig.Weight(face, "jawOpen"), Is.EqualTo(11f));
            Assert.That(TestRig.Weight(face, "smile"), Is.EqualTo(0f));
            Assert.That(EditorUtility.Dirty, Is.Empty);
        }

        [Test]
        public void TheReadySceneUsesTheSelectedCharacter()
        {
            GameObject character = _rig.Make("Robot");
            _rig.AddRenderer(character, "Face", "jawOpen");
            Selection.activeGameObject = character;

            SceneBuilder.BuildReadyScene();

            FacecastAvatar avatar = character.GetComponent<FacecastAvatar>();
            FacecastClient client = Object.FindObjectOfType<FacecastClient>();
            Assert.That(avatar.Client == client, Is.True);
            Assert.That(avatar.Mirror, Is.True);
            Assert.That(client.GetComponent<FacecastCamera>().Client == client, Is.True);
            Assert.That(Object.FindObjectOfType<Camera>(), Is.Not.Null);
            Assert.That(Object.FindObjectOfType<Light>().type, Is.EqualTo(LightType.Directional));
            Assert.That(Selection.activeGameObject == character, Is.True);
        }

        [Test]
        public void TheReadySceneTakesTheSampleHeadOtherwise()
        {
            GameObject head = ProvideHead();

            SceneBuilder.BuildReadyScene();
            SceneBuilder.BuildReadyScene();

            FacecastAvatar[] avatars = Object.FindObjectsOfType<FacecastAvatar>().Where(one => one.gameObject != head).ToArray();
            Assert.That(avatars.Length, Is.EqualTo(2));
            Assert.That(Object.FindObjectsOfType<FacecastClient>().Length, Is.EqualTo(1), "one client serves all");
            Camera view = Object.FindObjectOfType<Camera>();
            Vector3 look = view.transform.rotation * Vector3.forward;
            Assert.That(look.z, Is.EqualTo(-1f).Within(1e-5f), "the view looks at the face");
            Assert.That(view.transform.position.z, Is.GreaterThan(0.3f));
        }

        [Test]
        public void WithoutTheSampleItIsImportedAndTheSceneIsBuiltAfterwards()
        {
            UnityEditor.PackageManager.UI.Sample.Known.Add(new UnityEditor.PackageManager.UI.Sample { displayName = "Character" });

            SceneBuilder.BuildReadyScene();

            Assert.That(SessionState.GetBool("facecast.build-ready-scene", false), Is.True);
            Assert.That(Object.FindObjectOfType<FacecastClient>(), Is.Null);
        }

        [Test]
        public void WithoutAnyCharacterNothingIsBuiltAndNothingStaysPending()
        {
            SceneBuilder.BuildReadyScene();

            Assert.That(SessionState.GetBool("facecast.build-ready-scene", false), Is.False);
            Assert.That(Object.FindObjectOfType<FacecastClient>(), Is.Null);
        }

        [Test]
        public void ARoomIsBuiltWithTheSampleHead()
        {
            GameObject head = ProvideHead();

            SceneBuilder.AddRoom();

            FacecastRoom room = Object.FindObjectOfType<FacecastRoom>();
            Assert.That(room.Prefab == head, Is.True);
            Assert.That(room.Client == Object.FindObjectOfType<FacecastClient>(), Is.True);
        }

        [Test]
        public void AnAvatarNeedsACharacterWithBlendshapes()
        {
            Selection.activeGameObject = _rig.Make("Box");
            Assert.That(SceneBuilder.CanAddAvatar(), Is.False);

            _rig.AddRenderer(Selection.activeGameObject, "Face", "jawOpen");
            Assert.That(SceneBuilder.CanAddAvatar(), Is.True);
        }

        private GameObject ProvideHead()
        {
            GameObject head = _rig.Make("Head");
            head.AddComponent<FacecastAvatar>();
            string guid = System.Environment.GetEnvironmentVariable("FACECAST_HEAD_GUID");
            AssetDatabase.Paths[guid] = "Assets/Head.prefab";
            AssetDatabase.Assets["Assets/Head.prefab"] = head;
            return head;
        }
    }
}

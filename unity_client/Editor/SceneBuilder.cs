using Facecast.Unity;
using UnityEditor;
using UnityEditor.SceneManagement;
using UnityEngine;

namespace Facecast.Editor
{
    /// <summary>Menu items that put working Facecast objects into the open scene.</summary>
    public static class SceneBuilder
    {
        private const string Menu = "GameObject/Facecast/";
        private const string PendingKey = "facecast.build-ready-scene";
        private const float CameraDistance = 0.65f; // metres: a head of 0.25 m fills two thirds of the picture at 40 degrees

        /// <summary>Build everything that is needed to see your own face on a character.</summary>
        /// <remarks>The character is the selected one if it has blendshapes, otherwise the sample head.</remarks>
        [MenuItem(Menu + "Ready Scene (your face on a character)", false, 10)]
        public static void BuildReadyScene()
        {
            GameObject character = SelectedCharacter();
            if (character == null && PackageSamples.FindHead() == null)
            {
                // The sample brings a script, so the editor reloads before the prefab can be used.
                SessionState.SetBool(PendingKey, true);
                if (!PackageSamples.Import(PackageSamples.Character))
                {
                    SessionState.EraseBool(PendingKey);
                    Debug.LogError("Facecast: the sample character cannot be imported. Select a character with blendshapes and try again.");
                }

                return;
            }

            Undo.SetCurrentGroupName("Facecast scene");
            FacecastClient client = FindOrMakeClient();
            FindOrMakeCamera(client);
            Selection.activeGameObject = MakeAvatar(character, client).gameObject;
            MakeViewAndLight(character == null);
        }

        /// <summary>Add a client, nothing else.</summary>
        [MenuItem(Menu + "Client", false, 20)]
        public static void AddClient()
        {
            Selection.activeGameObject = FindOrMakeClient().gameObject;
        }

        /// <summary>Add a client and a camera that publishes.</summary>
        [MenuItem(Menu + "Camera", false, 21)]
        public static void AddCamera()
        {
            Selection.activeGameObject = FindOrMakeCamera(FindOrMakeClient()).gameObject;
        }

        /// <summary>Put an avatar on the selected character.</summary>
        [MenuItem(Menu + "Avatar on Selected Character", false, 22)]
        public static void AddAvatar()
        {
            MakeAvatar(SelectedCharacter(), FindOrMakeClient());
        }

        /// <summary>Tell whether a character with blendshapes is selected.</summary>
        [MenuItem(Menu + "Avatar on Selected Character", true)]
        public static bool CanAddAvatar()
        {
            return SelectedCharacter() != null;
        }

        /// <summary>Add a room that makes a character for everybody's face.</summary>
        [MenuItem(Menu + "Shared Room", false, 23)]
        public static void AddRoom()
        {
            FacecastClient client = FindOrMakeClient();
            GameObject made = Make("Facecast Room");
            FacecastRoom room = made.AddComponent<FacecastRoom>();
            room.Client = client;
            room.Prefab = PackageSamples.FindHead();
            Selection.activeGameObject = made;
        }

        [InitializeOnLoadMethod]
        private static void ContinueAfterImport()
        {
            if (SessionState.GetBool(PendingKey, false))
            {
                EditorApplication.delayCall += FinishPending;
            }
        }

        private static void FinishPending()
        {
            SessionState.EraseBool(PendingKey);
            if (PackageSamples.FindHead() != null)
            {
                BuildReadyScene();
            }
        }

        private static GameObject SelectedCharacter()
        {
            GameObject selected = Selection.activeGameObject;
            if (selected == null || EditorUtility.IsPersistent(selected))
            {
                return null;
            }

            foreach (SkinnedMeshRenderer renderer in selected.GetComponentsInChildren<SkinnedMeshRenderer>(true))
            {
                if (renderer.sharedMesh != null && renderer.sharedMesh.blendShapeCount > 0)
                {
                    return selected;
                }
            }

            return null;
        }

        private static FacecastClient FindOrMakeClient()
        {
            FacecastClient[] there = StageUtility.GetCurrentStageHandle().FindComponentsOfType<FacecastClient>();
            return there.Length > 0 ? there[0] : Make("Facecast").AddComponent<FacecastClient>();
        }

        private static FacecastCamera FindOrMakeCamera(FacecastClient client)
        {
            FacecastCamera camera = client.GetComponent<FacecastCamera>();
            if (camera == null)
            {
                camera = Undo.AddComponent<FacecastCamera>(client.gameObject);
            }

            camera.Client = client;
            return camera;
        }

        private static FacecastAvatar MakeAvatar(GameObject character, FacecastClient client)
        {
            if (character == null)
            {
                character = (GameObject)PrefabUtility.InstantiatePrefab(PackageSamples.FindHead());
                Undo.RegisterCreatedObjectUndo(character, "Facecast character");
            }

            FacecastAvatar avatar = character.GetComponentInChildren<FacecastAvatar>(true);
            if (avatar == null)
            {
                avatar = Undo.AddComponent<FacecastAvatar>(character);
            }

            avatar.Client = client;
            avatar.Whose = FaceChoice.Yourself;
            avatar.Mirror = true;
            EditorUtility.SetDirty(avatar);
            PrefabUtility.RecordPrefabInstancePropertyModifications(avatar);
            return avatar;
        }

        private static void MakeViewAndLight(bool aimAtHead)
        {
            if (StageUtility.GetCurrentStageHandle().FindComponentsOfType<Light>().Length == 0)
            {
                Light light = Make("Directional Light").AddComponent<Light>();
                light.type = LightType.Directional;
                light.transform.rotation = Quaternion.Euler(35f, 160f, 0f);
            }

            Camera view = Camera.main;
            if (view == null)
            {
                GameObject made = Make("Main Camera");
                made.tag = "MainCamera";
                view = made.AddComponent<Camera>();
                aimAtHead = true;
            }

            if (aimAtHead)
            {
                Undo.RecordObject(view.transform, "Facecast view");
                view.transform.position = new Vector3(0f, 0.08f, CameraDistance);
                view.transform.rotation = Quaternion.Euler(0f, 180f, 0f); // the character looks along +z
                view.fieldOfView = 40f;
                view.nearClipPlane = 0.05f;
            }
        }

        private static GameObject Make(string name)
        {
            var made = new GameObject(name);
            Undo.RegisterCreatedObjectUndo(made, name);
            return made;
        }
    }
}

using Facecast.Unity;
using UnityEditor;
using UnityEngine;

namespace Facecast.Editor
{
    /// <summary>Inspector of an avatar: its settings, a mapping made by name, and in play mode what was matched.</summary>
    [CustomEditor(typeof(FacecastAvatar))]
    public sealed class FacecastAvatarEditor : UnityEditor.Editor
    {
        /// <inheritdoc/>
        public override void OnInspectorGUI()
        {
            DrawDefaultInspector();
            var avatar = (FacecastAvatar)target;
            if (!Application.isPlaying && avatar.Mapping == null && GUILayout.Button("Make a mapping by name…"))
            {
                MakeMapping(avatar);
            }

            if (Application.isPlaying && GUILayout.Button("Recentre the head"))
            {
                avatar.Recentre();
            }

            if (avatar.AutomaticMatch != null)
            {
                EditorGUILayout.HelpBox(avatar.AutomaticMatch.ToString(), MessageType.None);
            }
        }

        private void MakeMapping(FacecastAvatar avatar)
        {
            string path = EditorUtility.SaveFilePanelInProject(
                "Save the mapping", avatar.name + " Mapping", "asset", "Where to keep the mapping of this character");
            if (string.IsNullOrEmpty(path))
            {
                return;
            }

            FaceMapping mapping = CreateInstance<FaceMapping>();
            mapping.MatchAutomatically(avatar.FindRenderers());
            AssetDatabase.CreateAsset(mapping, path);
            serializedObject.Update();
            serializedObject.FindProperty("mapping").objectReferenceValue = mapping;
            serializedObject.ApplyModifiedProperties();
            EditorGUIUtility.PingObject(mapping);
        }
    }
}

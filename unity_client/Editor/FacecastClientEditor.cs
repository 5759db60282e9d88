using Facecast.Unity;
using UnityEditor;
using UnityEngine;

namespace Facecast.Editor
{
    /// <summary>Inspector of a client: its settings, and in play mode its state with buttons.</summary>
    [CustomEditor(typeof(FacecastClient))]
    public sealed class FacecastClientEditor : UnityEditor.Editor
    {
        /// <inheritdoc/>
        public override bool RequiresConstantRepaint()
        {
            return Application.isPlaying;
        }

        /// <inheritdoc/>
        public override void OnInspectorGUI()
        {
            DrawDefaultInspector();
            if (!Application.isPlaying)
            {
                return;
            }

            var client = (FacecastClient)target;
            EditorGUILayout.HelpBox(client.State + ": " + client.Status, MessageType.Info);
            EditorGUILayout.BeginHorizontal();
            if (GUILayout.Button("Connect"))
            {
                client.Connect();
            }

            if (GUILayout.Button("Disconnect"))
            {
                client.Disconnect();
            }

            if (GUILayout.Button("Calibrate neutral face"))
            {
                client.Calibrate();
            }

            EditorGUILayout.EndHorizontal();
            if (GUILayout.Button("Open the connection window"))
            {
                FacecastWindow.Open();
            }
        }
    }
}

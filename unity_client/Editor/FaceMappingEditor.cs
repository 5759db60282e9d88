using System.Collections.Generic;
using Facecast.Core;
using Facecast.Unity;
using UnityEditor;
using UnityEditor.SceneManagement;
using UnityEngine;
using UnityEngine.SceneManagement;

namespace Facecast.Editor
{
    /// <summary>Inspector of a mapping: automatic matching, live bars in play mode, a preview in edit mode.</summary>
    [CustomEditor(typeof(FaceMapping))]
    public sealed class FaceMappingEditor : UnityEditor.Editor
    {
        private FacecastAvatar _character;
        private MappingPreview _preview;
        private bool _showReport;
        private bool _showSources = true;

        private FaceMapping Mapping
        {
            get { return (FaceMapping)target; }
        }

        /// <inheritdoc/>
        public override bool RequiresConstantRepaint()
        {
            return Application.isPlaying && _showSources;
        }

        /// <inheritdoc/>
        public override void OnInspectorGUI()
        {
            DrawCharacter();
            DrawReport();
            DrawSources();
            serializedObject.Update();
            EditorGUILayout.PropertyField(serializedObject.FindProperty("bindings"), true);
            if (serializedObject.ApplyModifiedProperties())
            {
                Mapping.Touch();
            }
        }

        private void OnEnable()
        {
            EditorSceneManager.sceneSaving += OnSceneSaving;
            AssemblyReloadEvents.beforeAssemblyReload += EndPreview;
            EditorApplication.playModeStateChanged += OnPlayModeChanged;
            _character = FindCharacter();
        }

        private void OnDisable()
        {
            EndPreview();
            EditorSceneManager.sceneSaving -= OnSceneSaving;
            AssemblyReloadEvents.beforeAssemblyReload -= EndPreview;
            EditorApplication.playModeStateChanged -= OnPlayModeChanged;
        }

        private FacecastAvatar FindCharacter()
        {
            FacecastAvatar[] all = StageUtility.GetCurrentStageHandle().FindComponentsOfType<FacecastAvatar>();
            foreach (FacecastAvatar avatar in all)
            {
                if (avatar.Mapping == Mapping)
                {
                    return avatar;
                }
            }

            return all.Length > 0 ? all[0] : null;
        }

        private void DrawCharacter()
        {
            EditorGUI.BeginChangeCheck();
            _character = (FacecastAvatar)EditorGUILayout.ObjectField("Character", _character, typeof(FacecastAvatar), true);
            if (EditorGUI.EndChangeCheck())
            {
                EndPreview();
            }

            EditorGUI.BeginDisabledGroup(_character == null);
            if (GUILayout.Button("Match automatically by name"))
            {
                EndPreview();
                Undo.RecordObject(Mapping, "Match blendshapes");
                Mapping.MatchAutomatically(_character.FindRenderers());
                EditorUtility.SetDirty(Mapping);
                serializedObject.Update();
                _showReport = true;
            }

            EditorGUI.EndDisabledGroup();
            if (_character == null)
            {
                EditorGUILayout.HelpBox("Choose a character of the scene to match, preview and watch.", MessageType.Info);
            }
        }

        private void DrawReport()
        {
            _showReport = EditorGUILayout.Foldout(_showReport, "What the automatic matching found", true);
            if (_showReport)
            {
                string report = Mapping.Report.Length == 0 ? "Not matched yet." : Mapping.Report;
                EditorGUILayout.HelpBox(report, MessageType.None);
            }
        }

        private void DrawSources()
        {
            _showSources = EditorGUILayout.Foldout(_showSources, Application.isPlaying ? "Live values" : "Preview", true);
            if (!_showSources || _character == null)
            {
                return;
            }

            if (Application.isPlaying)
            {
                DrawBars(_character.Shown);
            }
            else
            {
                DrawPreview();
            }
        }

        private static void DrawBars(FaceFrame face)
        {
            for (int i = 0; i < FaceSources.Count; i++)
            {
                int unit = i - WireTables.BlendshapeCount;
                float value = unit < 0 ? face.Blendshapes[i] : face.ActionUnits[unit] / WireTables.ActionUnitMax;
                Rect place = EditorGUILayout.GetControlRect();
                EditorGUI.ProgressBar(place, value, FaceSources.Names[i]);
            }
        }

        private void DrawPreview()
        {
            bool on = GUILayout.Toggle(_preview != null, "Preview on the character (the scene stays as it is)", "Button");
            if (on && _preview == null)
            {
                _preview = new MappingPreview(Mapping, _character.FindRenderers());
            }
            else if (!on)
            {
                EndPreview();
            }

            if (_preview == null)
            {
                return;
            }

            if (GUILayout.Button("All to zero"))
            {
                _preview.Clear();
            }

            for (int i = 0; i < FaceSources.Count; i++)
            {
                _preview.Set(i, EditorGUILayout.Slider(FaceSources.Names[i], _preview.Get(i), 0f, 1f));
            }

            _preview.Apply();
            DrawUnresolved(_preview.Unresolved);
            SceneView.RepaintAll();
        }

        private static void DrawUnresolved(IReadOnlyList<string> unresolved)
        {
            if (unresolved.Count > 0)
            {
                EditorGUILayout.HelpBox("Not on this character:\n" + string.Join("\n", unresolved), MessageType.Warning);
            }
        }

        private void EndPreview()
        {
            if (_preview != null)
            {
                _preview.Dispose();
                _preview = null;
            }
        }

        private void OnSceneSaving(Scene scene, string path)
        {
            EndPreview();
        }

        private void OnPlayModeChanged(PlayModeStateChange change)
        {
            EndPreview();
        }
    }
}

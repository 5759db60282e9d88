using Facecast.Unity;
using UnityEditor;
using UnityEngine;

namespace Facecast.Editor
{
    /// <summary>Draws a binding as one line (source, renderer, blendshape, gain), and its details below when unfolded.</summary>
    [CustomPropertyDrawer(typeof(FaceBinding))]
    public sealed class FaceBindingDrawer : PropertyDrawer
    {
        private const float Gap = 4f;
        private const float GainWidth = 48f;
        private const float FoldWidth = 14f;
        private static readonly string[] Details = { "offset", "minimum", "maximum", "useCurve", "curve" };
        private static readonly string[] SourceNames = ToArray();

        /// <inheritdoc/>
        public override float GetPropertyHeight(SerializedProperty property, GUIContent label)
        {
            int lines = property.isExpanded ? 1 + Details.Length : 1;
            return lines * (EditorGUIUtility.singleLineHeight + EditorGUIUtility.standardVerticalSpacing);
        }

        /// <inheritdoc/>
        public override void OnGUI(Rect position, SerializedProperty property, GUIContent label)
        {
            float line = EditorGUIUtility.singleLineHeight;
            float part = (position.width - FoldWidth - GainWidth - (3f * Gap)) / 3f;
            var place = new Rect(position.x, position.y, FoldWidth, line);
            property.isExpanded = EditorGUI.Foldout(place, property.isExpanded, GUIContent.none);
            place = new Rect(position.x + FoldWidth, position.y, part, line);
            DrawSource(place, property.FindPropertyRelative("source"));
            place.x += part + Gap;
            EditorGUI.PropertyField(place, property.FindPropertyRelative("renderer"), GUIContent.none);
            place.x += part + Gap;
            EditorGUI.PropertyField(place, property.FindPropertyRelative("blendShape"), GUIContent.none);
            place = new Rect(place.xMax + Gap, position.y, GainWidth, line);
            EditorGUI.PropertyField(place, property.FindPropertyRelative("gain"), GUIContent.none);
            if (property.isExpanded)
            {
                DrawDetails(position, property);
            }
        }

        private static void DrawSource(Rect place, SerializedProperty source)
        {
            EditorGUI.BeginChangeCheck();
            int chosen = EditorGUI.Popup(place, FaceSources.IndexOf(source.stringValue), SourceNames);
            if (EditorGUI.EndChangeCheck())
            {
                source.stringValue = SourceNames[chosen];
            }
        }

        private static void DrawDetails(Rect position, SerializedProperty property)
        {
            float step = EditorGUIUtility.singleLineHeight + EditorGUIUtility.standardVerticalSpacing;
            float indent = 2f * FoldWidth;
            for (int i = 0; i < Details.Length; i++)
            {
                var place = new Rect(
                    position.x + indent, position.y + ((i + 1) * step), position.width - indent, EditorGUIUtility.singleLineHeight);
                EditorGUI.PropertyField(place, property.FindPropertyRelative(Details[i]));
            }
        }

        private static string[] ToArray()
        {
            var names = new string[FaceSources.Count];
            for (int i = 0; i < names.Length; i++)
            {
                names[i] = FaceSources.Names[i];
            }

            return names;
        }
    }
}

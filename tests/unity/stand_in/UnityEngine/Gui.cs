// Stand-in signatures, see README.md: immediate-mode GUI. Every control gives back what it was given.
namespace UnityEngine
{
    public class GUIStyle
    {
        public static implicit operator GUIStyle(string name) { return new GUIStyle(); }
    }

    public class GUIContent
    {
        public static GUIContent none = new GUIContent("", "");

        public GUIContent(string text, string tooltip) { }
    }

    public class GUILayoutOption
    {
    }

    public class GUISkin : ScriptableObject
    {
        public GUIStyle box { get { return new GUIStyle(); } }
    }

    public static class GUI
    {
        public static GUISkin skin { get { return ScriptableObject.CreateInstance<GUISkin>(); } }
    }

    public static class GUILayout
    {
        public static bool Button(string text, params GUILayoutOption[] options) { return false; }
        public static void Label(string text, params GUILayoutOption[] options) { }
        public static bool Toggle(bool value, string text, params GUILayoutOption[] options) { return value; }
        public static bool Toggle(bool value, string text, GUIStyle style, params GUILayoutOption[] options) { return value; }
        public static string TextField(string text, params GUILayoutOption[] options) { return text; }
        public static float HorizontalSlider(float value, float leftValue, float rightValue, params GUILayoutOption[] options) { return value; }
        public static void BeginArea(Rect screenRect, string text) { }
        public static void BeginArea(Rect screenRect, GUIStyle style) { }
        public static void EndArea() { }
        public static void BeginHorizontal(params GUILayoutOption[] options) { }
        public static void EndHorizontal() { }
        public static GUILayoutOption Width(float width) { return new GUILayoutOption(); }
    }
}

// Stand-in signatures, see ../README.md: the parts of UnityEditor that the package calls. Most do nothing.
using System;
using System.Collections.Generic;
using UnityEngine;
using Object = UnityEngine.Object;

namespace UnityEditor
{
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class CustomEditor : Attribute
    {
        public CustomEditor(Type inspectedType) { }
    }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class CustomPropertyDrawer : Attribute
    {
        public CustomPropertyDrawer(Type type) { }
    }

    [AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
    public sealed class MenuItem : Attribute
    {
        public MenuItem(string itemName) { }
        public MenuItem(string itemName, bool isValidateFunction) { }
        public MenuItem(string itemName, bool isValidateFunction, int priority) { }
    }

    [AttributeUsage(AttributeTargets.Method)]
    public sealed class InitializeOnLoadMethodAttribute : Attribute
    {
    }

    public class Editor : ScriptableObject
    {
        public Object target { get; set; }
        public SerializedObject serializedObject { get { return new SerializedObject(target); } }
        public virtual void OnInspectorGUI() { }
        public virtual bool RequiresConstantRepaint() { return false; }
        public bool DrawDefaultInspector() { return false; }
    }

    public class EditorWindow : ScriptableObject
    {
        public static T GetWindow<T>(string title) where T : EditorWindow { return CreateInstance<T>(); }
        public void Repaint() { }
    }

    public abstract class PropertyDrawer
    {
        public virtual void OnGUI(Rect position, SerializedProperty property, GUIContent label) { }
        public virtual float GetPropertyHeight(SerializedProperty property, GUIContent label) { return 0f; }
    }

    public class SerializedObject
    {
        public SerializedObject(Object obj) { }
        public void Update() { }
        public bool ApplyModifiedProperties() { return false; }
        public SerializedProperty FindProperty(string propertyPath) { return new SerializedProperty(); }
    }

    public class SerializedProperty
    {
        public bool isExpanded { get; set; }
        public string stringValue { get; set; }
        public Object objectReferenceValue { get; set; }
        public SerializedProperty FindPropertyRelative(string relativePropertyPath) { return new SerializedProperty(); }
    }

    public class AssetPostprocessor
    {
    }

    public static class EditorApplication
    {
        public delegate void CallbackFunction();

        public static CallbackFunction delayCall;

        public static event Action<PlayModeStateChange> playModeStateChanged;

        internal static void Raise(PlayModeStateChange change)
        {
            if (playModeStateChanged != null)
            {
                playModeStateChanged(change);
            }
        }
    }

    public enum PlayModeStateChange
    {
        EnteredEditMode,
        ExitingEditMode,
        EnteredPlayMode,
        ExitingPlayMode,
    }

    public static class AssemblyReloadEvents
    {
        public delegate void AssemblyReloadCallback();

        public static event AssemblyReloadCallback beforeAssemblyReload;

        internal static void Raise()
        {
            if (beforeAssemblyReload != null)
            {
                beforeAssemblyReload();
            }
        }
    }

    public static class EditorUtility
    {
        internal static readonly List<Object> Dirty = new List<Object>();

        public static void SetDirty(Object target) { Dirty.Add(target); }
        public static bool IsPersistent(Object target) { return false; }
        public static string SaveFilePanelInProject(string title, string defaultName, string extension, string message) { return ""; }
    }

    public static class Undo
    {
        public static void RecordObject(Object objectToUndo, string name) { }
        public static void RegisterCreatedObjectUndo(Object objectToUndo, string name) { }
        public static void SetCurrentGroupName(string name) { }
        public static T AddComponent<T>(GameObject gameObject) where T : Component { return gameObject.AddComponent<T>(); }
    }

    public static class Selection
    {
        public static GameObject activeGameObject { get; set; }
    }

    public static class SessionState
    {
        private static readonly Dictionary<string, bool> Values = new Dictionary<string, bool>();

        public static void SetBool(string key, bool value) { Values[key] = value; }
        public static void EraseBool(string key) { Values.Remove(key); }

        public static bool GetBool(string key, bool defaultValue)
        {
            bool value;
            return Values.TryGetValue(key, out value) ? value : defaultValue;
        }
    }

    public static class AssetDatabase
    {
        internal static readonly Dictionary<string, Object> Assets = new Dictionary<string, Object>();
        internal static readonly Dictionary<string, string> Paths = new Dictionary<string, string>();

        public static void CreateAsset(Object asset, string path) { Assets[path] = asset; }

        public static string GUIDToAssetPath(string guid)
        {
            string path;
            return Paths.TryGetValue(guid, out path) ? path : "";
        }

        public static T LoadAssetAtPath<T>(string assetPath) where T : Object
        {
            Object asset;
            return Assets.TryGetValue(assetPath, out asset) ? asset as T : null;
        }
    }

    public static class PrefabUtility
    {
        public static void RecordPrefabInstancePropertyModifications(Object targetObject) { }
        public static Object InstantiatePrefab(Object assetComponentOrGameObject) { return Object.Instantiate(assetComponentOrGameObject); }
    }

    public class SceneView : EditorWindow
    {
        public static void RepaintAll() { }
    }
}

namespace UnityEditor.SceneManagement
{
    public struct StageHandle
    {
        public T[] FindComponentsOfType<T>() where T : Component { return Object.FindObjectsOfType<T>(); }
    }

    public static class StageUtility
    {
        public static StageHandle GetCurrentStageHandle() { return new StageHandle(); }
    }

    public static class EditorSceneManager
    {
        public delegate void SceneSavingCallback(UnityEngine.SceneManagement.Scene scene, string path);

        public static event SceneSavingCallback sceneSaving;

        internal static void Raise()
        {
            if (sceneSaving != null)
            {
                sceneSaving(new UnityEngine.SceneManagement.Scene(), "");
            }
        }
    }
}

namespace UnityEngine.SceneManagement
{
    public struct Scene
    {
    }
}

namespace UnityEditor.PackageManager.UI
{
    public struct Sample
    {
        [Flags]
        public enum ImportOptions
        {
            None = 0,
            OverridePreviousImports = 1,
            HideImportWindow = 2,
        }

        internal static readonly List<Sample> Known = new List<Sample>();

        public string displayName { get; internal set; }
        public bool isImported { get; internal set; }

        public static IEnumerable<Sample> FindByPackage(string packageName, string packageVersion) { return Known; }
        public bool Import(ImportOptions options) { return true; }
    }
}

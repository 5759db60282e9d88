// Stand-in signatures, see README.md: log, time, application, preferences, events.
using System;
using System.Collections.Generic;

namespace UnityEngine
{
    public enum LogType
    {
        Error,
        Assert,
        Warning,
        Log,
        Exception,
    }

    public static class Debug
    {
        public static void Log(object message) { Application.Raise(message, LogType.Log); }
        public static void Log(object message, Object context) { Application.Raise(message, LogType.Log); }
        public static void LogWarning(object message) { Application.Raise(message, LogType.Warning); }
        public static void LogWarning(object message, Object context) { Application.Raise(message, LogType.Warning); }
        public static void LogError(object message) { Application.Raise(message, LogType.Error); }
        public static void LogError(object message, Object context) { Application.Raise(message, LogType.Error); }
        public static void LogException(Exception exception) { Application.Raise(exception, LogType.Exception); }
        public static void LogException(Exception exception, Object context) { Application.Raise(exception, LogType.Exception); }
    }

    public static class Time
    {
        public static float deltaTime { get; private set; }
        public static float time { get; private set; }
        public static float unscaledTime { get; private set; }

        internal static void Advance(float seconds)
        {
            deltaTime = seconds;
            time += seconds;
            unscaledTime += seconds;
        }

        internal static void Restart()
        {
            deltaTime = 0f;
            time = 0f;
            unscaledTime = 0f;
        }
    }

    public enum UserAuthorization
    {
        WebCam = 1,
        Microphone = 2,
    }

    public class YieldInstruction
    {
    }

    public class AsyncOperation : YieldInstruction
    {
    }

    public static class Application
    {
        public delegate void LogCallback(string condition, string stackTrace, LogType type);

        public static event LogCallback logMessageReceived;

        public static bool isPlaying { get { return PlayLoop.IsPlaying; } }
        public static string persistentDataPath { get { return System.IO.Path.GetTempPath(); } }

        public static bool HasUserAuthorization(UserAuthorization mode) { return true; }
        public static AsyncOperation RequestUserAuthorization(UserAuthorization mode) { return new AsyncOperation(); }

        internal static void Raise(object message, LogType type)
        {
            LogCallback listeners = logMessageReceived;
            if (listeners != null)
            {
                listeners(Convert.ToString(message), "", type);
            }
        }
    }

    public static class PlayerPrefs
    {
        private static readonly Dictionary<string, string> Values = new Dictionary<string, string>();

        public static string GetString(string key, string defaultValue)
        {
            string value;
            return Values.TryGetValue(key, out value) ? value : defaultValue;
        }

        public static void SetString(string key, string value) { Values[key] = value; }
        public static bool HasKey(string key) { return Values.ContainsKey(key); }
        public static void DeleteKey(string key) { Values.Remove(key); }
        public static void Save() { }
    }

    public class TextAsset : Object
    {
        private readonly byte[] _bytes;

        public TextAsset(string text)
        {
            _bytes = System.Text.Encoding.UTF8.GetBytes(text);
        }

        internal TextAsset(byte[] bytes)
        {
            _bytes = bytes;
        }

        public byte[] bytes { get { return _bytes; } }
    }
}

namespace UnityEngine.Events
{
    public delegate void UnityAction();

    public delegate void UnityAction<T0>(T0 arg0);

    [Serializable]
    public class UnityEvent
    {
        private UnityAction _listeners;

        public void AddListener(UnityAction call) { _listeners += call; }
        public void RemoveListener(UnityAction call) { _listeners -= call; }

        public void Invoke()
        {
            if (_listeners != null)
            {
                _listeners();
            }
        }
    }

    [Serializable]
    public class UnityEvent<T0>
    {
        private UnityAction<T0> _listeners;

        public void AddListener(UnityAction<T0> call) { _listeners += call; }
        public void RemoveListener(UnityAction<T0> call) { _listeners -= call; }

        public void Invoke(T0 arg0)
        {
            if (_listeners != null)
            {
                _listeners(arg0);
            }
        }
    }
}

namespace UnityEngine.Android
{
    public struct Permission
    {
        public const string Camera = "android.permission.CAMERA";

        public static bool HasUserAuthorizedPermission(string permission) { return true; }
        public static void RequestUserPermission(string permission) { }
    }
}

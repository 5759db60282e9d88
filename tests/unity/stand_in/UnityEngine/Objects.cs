// Stand-in signatures, see README.md: objects, game objects, components, and their lifetimes.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace UnityEngine
{
    [Flags]
    public enum HideFlags
    {
        None = 0,
        HideInHierarchy = 1,
        HideInInspector = 2,
        DontSaveInEditor = 4,
        NotEditable = 8,
        DontSaveInBuild = 16,
        DontUnloadUnusedAsset = 32,
        DontSave = 52,
        HideAndDontSave = 61,
    }

    public class Object
    {
        private static int s_lastId;
        private readonly int _id = ++s_lastId;
        internal bool m_Destroyed;

        public virtual string name { get; set; }
        public HideFlags hideFlags { get; set; }

        public int GetInstanceID() { return _id; }

        public static void Destroy(Object obj) { PlayLoop.DestroyLater(obj); }
        public static void DestroyImmediate(Object obj) { PlayLoop.DestroyNow(obj); }
        public static T Instantiate<T>(T original) where T : Object { return (T)Cloning.Clone(original, null); }
        public static T Instantiate<T>(T original, Transform parent) where T : Object { return (T)Cloning.Clone(original, parent); }

        public static T FindObjectOfType<T>() where T : Object { return PlayLoop.All<T>().FirstOrDefault(); }
        public static T[] FindObjectsOfType<T>() where T : Object { return PlayLoop.All<T>().ToArray(); }

        public static implicit operator bool(Object exists) { return !IsGone(exists); }
        public static bool operator ==(Object a, Object b) { return IsGone(a) ? IsGone(b) : ReferenceEquals(a, b); }
        public static bool operator !=(Object a, Object b) { return !(a == b); }
        public override bool Equals(object other) { return this == (other as Object); }
        public override int GetHashCode() { return _id; }
        public override string ToString() { return name + " (" + GetType().Name + ")"; }

        private static bool IsGone(Object obj) { return ReferenceEquals(obj, null) || obj.m_Destroyed; }
    }

    public class ScriptableObject : Object
    {
        public static T CreateInstance<T>() where T : ScriptableObject { return (T)Activator.CreateInstance(typeof(T)); }
    }

    public class GameObject : Object
    {
        internal readonly List<Component> m_Components = new List<Component>();
        private bool _activeSelf = true;

        public GameObject()
            : this("New Game Object")
        {
        }

        public GameObject(string name)
        {
            this.name = name;
            transform = (Transform)Attach(new Transform());
            PlayLoop.Register(this);
        }

        public GameObject(string name, params Type[] components)
            : this(name)
        {
            foreach (Type type in components)
            {
                AddComponent(type);
            }
        }

        public Transform transform { get; private set; }
        public string tag { get; set; }
        public GameObject gameObject { get { return this; } }
        public bool activeSelf { get { return _activeSelf; } }

        public bool activeInHierarchy
        {
            get { return _activeSelf && (transform.parent == null || transform.parent.gameObject.activeInHierarchy); }
        }

        public void SetActive(bool value)
        {
            _activeSelf = value;
            PlayLoop.RefreshEnabled(this);
        }

        internal void SetActiveSilently(bool value) { _activeSelf = value; }

        public Component AddComponent(Type componentType)
        {
            Component added = Attach((Component)Activator.CreateInstance(componentType));
            PlayLoop.Started(added as MonoBehaviour);
            return added;
        }

        public T AddComponent<T>() where T : Component { return (T)AddComponent(typeof(T)); }
        public T GetComponent<T>() { return m_Components.OfType<T>().FirstOrDefault(); }
        public T GetComponentInChildren<T>(bool includeInactive) { return GetComponentsInChildren<T>(includeInactive).FirstOrDefault(); }
        public T GetComponentInChildren<T>() { return GetComponentInChildren<T>(false); }
        public T[] GetComponentsInChildren<T>() { return GetComponentsInChildren<T>(false); }

        public T[] GetComponentsInChildren<T>(bool includeInactive)
        {
            return Tree(this).Where(part => includeInactive || part.activeInHierarchy)
                .SelectMany(part => part.m_Components.OfType<T>()).ToArray();
        }

        internal Component Attach(Component component)
        {
            component.gameObject = this;
            m_Components.Add(component);
            return component;
        }

        internal static IEnumerable<GameObject> Tree(GameObject root)
        {
            yield return root;
            for (int i = 0; i < root.transform.childCount; i++)
            {
                foreach (GameObject below in Tree(root.transform.GetChild(i).gameObject))
                {
                    yield return below;
                }
            }
        }
    }

    public class Component : Object
    {
        public GameObject gameObject { get; internal set; }
        public Transform transform { get { return gameObject.transform; } }
        public override string name { get { return gameObject.name; } set { gameObject.name = value; } }

        public T GetComponent<T>() { return gameObject.GetComponent<T>(); }
        public T GetComponentInChildren<T>(bool includeInactive) { return gameObject.GetComponentInChildren<T>(includeInactive); }
        public T GetComponentInChildren<T>() { return gameObject.GetComponentInChildren<T>(); }
        public T[] GetComponentsInChildren<T>(bool includeInactive) { return gameObject.GetComponentsInChildren<T>(includeInactive); }
        public T[] GetComponentsInChildren<T>() { return gameObject.GetComponentsInChildren<T>(); }
    }

    public class Behaviour : Component
    {
        private bool _enabled = true;

        public bool enabled
        {
            get { return _enabled; }

            set
            {
                _enabled = value;
                PlayLoop.RefreshEnabled(gameObject);
            }
        }

        public bool isActiveAndEnabled { get { return _enabled && gameObject.activeInHierarchy; } }

        internal void SetEnabledSilently(bool value) { _enabled = value; }
    }

    public class MonoBehaviour : Behaviour
    {
        internal bool m_Awake;
        internal bool m_Running;
        internal bool m_Began;
    }

    public class Transform : Component, IEnumerable
    {
        private readonly List<Transform> _children = new List<Transform>();
        private Transform _parent;

        internal Transform()
        {
            localRotation = Quaternion.identity;
            localScale = Vector3.one;
        }

        public Vector3 localPosition { get; set; }
        public Quaternion localRotation { get; set; }
        public Vector3 localScale { get; set; }
        public int childCount { get { return _children.Count; } }
        public Transform parent { get { return _parent; } set { SetParent(value, true); } }

        public Quaternion rotation
        {
            get { return _parent == null ? localRotation : _parent.rotation * localRotation; }
            set { localRotation = _parent == null ? value : Quaternion.Inverse(_parent.rotation) * value; }
        }

        public Vector3 position
        {
            get { return _parent == null ? localPosition : _parent.position + (_parent.rotation * localPosition); }
            set { localPosition = _parent == null ? value : Quaternion.Inverse(_parent.rotation) * (value - _parent.position); }
        }

        public Transform GetChild(int index) { return _children[index]; }
        public Transform Find(string n) { return _children.FirstOrDefault(child => child.name == n); }
        public IEnumerator GetEnumerator() { return _children.ToArray().GetEnumerator(); }
        public void SetParent(Transform p) { SetParent(p, true); }

        public void SetParent(Transform parent, bool worldPositionStays)
        {
            Vector3 place = position;
            Quaternion turn = rotation;
            Detach();
            _parent = parent;
            if (parent != null)
            {
                parent._children.Add(this);
            }

            if (worldPositionStays)
            {
                position = place;
                rotation = turn;
            }
        }

        internal void Detach()
        {
            if (!ReferenceEquals(_parent, null))
            {
                _parent._children.Remove(this);
                _parent = null;
            }
        }
    }
}

// Stand-in, see README.md: what Object.Instantiate copies, that is, what Unity would serialise.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Reflection;

namespace UnityEngine
{
    internal static class Cloning
    {
        internal static Object Clone(Object original, Transform parent)
        {
            var component = original as Component;
            var whole = original as GameObject ?? component.gameObject;
            var twins = new Dictionary<object, object>();
            GameObject copy = CopyTree(whole, parent, twins);
            foreach (KeyValuePair<object, object> pair in twins)
            {
                if (pair.Key is MonoBehaviour || pair.Key is SkinnedMeshRenderer)
                {
                    CopyFields(pair.Key, pair.Value, twins);
                }
            }

            copy.SetActiveSilently(whole.activeSelf);
            PlayLoop.RefreshEnabled(copy);
            return component == null ? (Object)copy : (Object)twins[component];
        }

        private static GameObject CopyTree(GameObject original, Transform parent, Dictionary<object, object> twins)
        {
            var copy = new GameObject(original.name);
            copy.SetActiveSilently(false);
            twins[original] = copy;
            twins[original.transform] = copy.transform;
            copy.transform.SetParent(parent, false);
            copy.transform.localPosition = original.transform.localPosition;
            copy.transform.localRotation = original.transform.localRotation;
            foreach (Component component in original.m_Components)
            {
                if (!(component is Transform))
                {
                    twins[component] = copy.Attach((Component)Activator.CreateInstance(component.GetType()));
                }
            }

            foreach (Transform child in original.transform)
            {
                CopyTree(child.gameObject, copy.transform, twins).SetActiveSilently(child.gameObject.activeSelf);
            }

            return copy;
        }

        private static void CopyFields(object from, object to, Dictionary<object, object> twins)
        {
            for (Type type = from.GetType(); type != typeof(Behaviour) && type != typeof(Component) && type != null; type = type.BaseType)
            {
                foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    bool serialised = field.IsPublic || field.IsDefined(typeof(SerializeField), false) || from is SkinnedMeshRenderer;
                    if (serialised && !field.IsInitOnly && type != typeof(MonoBehaviour))
                    {
                        field.SetValue(to, Copy(field.GetValue(from), twins));
                    }
                }
            }
        }

        private static object Copy(object value, Dictionary<object, object> twins)
        {
            if (value == null || value is string || value.GetType().IsValueType || value is AnimationCurve)
            {
                return value;
            }

            object twin;
            if (value is Object)
            {
                return twins.TryGetValue(value, out twin) ? twin : value;
            }

            var list = value as IList;
            if (list != null)
            {
                return CopyList(list, twins);
            }

            object copy = Activator.CreateInstance(value.GetType());
            CopyFields(value, copy, twins);
            return copy;
        }

        private static object CopyList(IList list, Dictionary<object, object> twins)
        {
            Type type = list.GetType();
            IList copy = type.IsArray
                ? Array.CreateInstance(type.GetElementType(), list.Count)
                : (IList)Activator.CreateInstance(type);
            for (int i = 0; i < list.Count; i++)
            {
                object element = Copy(list[i], twins);
                if (type.IsArray)
                {
                    copy[i] = element;
                }
                else
                {
                    copy.Add(element);
                }
            }

            return copy;
        }
    }
}

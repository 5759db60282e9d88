// Not a Unity type: stands for the engine's own loop, so that tests can run frames. See README.md.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using UnityEngine.Rendering;

namespace UnityEngine
{
    public static class PlayLoop
    {
        private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        private static readonly List<GameObject> Living = new List<GameObject>();
        private static readonly List<Object> Doomed = new List<Object>();

        /// <summary>False runs scripts as in edit mode: no message reaches them.</summary>
        public static bool IsPlaying = true;

        public static void Step(float deltaTime)
        {
            Time.Advance(deltaTime);
            AsyncGPUReadback.Finish();
            SendAll("Start", script => !script.m_Began);
            SendAll("Update", script => true);
            SendAll("LateUpdate", script => true);
            foreach (Object doomed in Doomed.ToArray())
            {
                DestroyNow(doomed);
            }

            Doomed.Clear();
        }

        public static void Reset()
        {
            foreach (GameObject living in Living.ToArray())
            {
                DestroyNow(living);
            }

            Living.Clear();
            Doomed.Clear();
            IsPlaying = true;
            Time.Restart();
        }

        internal static void Register(GameObject made) { Living.Add(made); }

        internal static IEnumerable<T> All<T>() where T : Object
        {
            return Living.Where(living => living.activeInHierarchy).SelectMany(living => living.m_Components.OfType<T>());
        }

        internal static void DestroyLater(Object obj) { Doomed.Add(obj); }

        internal static void DestroyNow(Object obj)
        {
            if (obj == null)
            {
                return;
            }

            var whole = obj as GameObject;
            if (whole != null)
            {
                foreach (GameObject part in GameObject.Tree(whole).ToArray())
                {
                    part.m_Components.ToList().ForEach(End);
                    part.m_Destroyed = true;
                    Living.Remove(part);
                }

                whole.transform.Detach();
            }
            else if (obj is Component)
            {
                End((Component)obj);
                ((Component)obj).gameObject.m_Components.Remove((Component)obj);
            }

            obj.m_Destroyed = true;
        }

        internal static void Started(MonoBehaviour script)
        {
            if (script == null || !IsPlaying || !script.gameObject.activeInHierarchy)
            {
                return;
            }

            if (!script.m_Awake)
            {
                script.m_Awake = true;
                Send(script, "Awake");
            }

            if (script.isActiveAndEnabled && !script.m_Running)
            {
                script.m_Running = true;
                Send(script, "OnEnable");
            }
        }

        internal static void RefreshEnabled(GameObject changed)
        {
            foreach (MonoBehaviour script in GameObject.Tree(changed).SelectMany(part => part.m_Components).OfType<MonoBehaviour>().ToArray())
            {
                if (script.m_Running && !script.isActiveAndEnabled)
                {
                    script.m_Running = false;
                    Send(script, "OnDisable");
                }

                Started(script);
            }
        }

        internal static void Send(MonoBehaviour script, string message)
        {
            MethodInfo method = script.GetType().GetMethod(message, Any, null, Type.EmptyTypes, null);
            if (method == null)
            {
                return;
            }

            try
            {
                method.Invoke(script, null);
            }
            catch (TargetInvocationException error)
            {
                Debug.LogException(error.InnerException, script); // as Unity does: the loop goes on
            }
        }

        private static void SendAll(string message, Func<MonoBehaviour, bool> wanted)
        {
            IEnumerable<MonoBehaviour> scripts = Living.SelectMany(living => living.m_Components).OfType<MonoBehaviour>();
            foreach (MonoBehaviour script in scripts.Where(wanted).OrderBy(OrderOf).ToArray())
            {
                if (script.m_Running && !script.m_Destroyed)
                {
                    script.m_Began = true;
                    Send(script, message);
                }
            }
        }

        private static int OrderOf(MonoBehaviour script)
        {
            var order = (DefaultExecutionOrder)Attribute.GetCustomAttribute(script.GetType(), typeof(DefaultExecutionOrder));
            return order == null ? 0 : order.order;
        }

        private static void End(Component component)
        {
            var script = component as MonoBehaviour;
            if (script != null && script.m_Running)
            {
                script.m_Running = false;
                Send(script, "OnDisable");
            }

            if (script != null && script.m_Awake)
            {
                Send(script, "OnDestroy");
            }

            component.m_Destroyed = true;
        }
    }
}

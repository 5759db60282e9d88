using System.Collections.Generic;
using UnityEngine;

namespace Facecast.Unity.Tests
{
    /// <summary>Makes small characters for tests, and takes them away.</summary>
    internal sealed class TestRig
    {
        private readonly List<Object> _made = new List<Object>();

        /// <summary>Warnings that were logged since the rig was made.</summary>
        internal readonly List<string> Warnings = new List<string>();

        internal TestRig()
        {
            Application.logMessageReceived += OnLog;
        }

        internal GameObject Make(string name)
        {
            var made = new GameObject(name);
            _made.Add(made);
            return made;
        }

        /// <summary>Add a renderer with the given blendshapes below an object.</summary>
        internal SkinnedMeshRenderer AddRenderer(GameObject parent, string name, params string[] shapes)
        {
            return AddRenderer(parent, name, 100f, shapes);
        }

        internal SkinnedMeshRenderer AddRenderer(GameObject parent, string name, float wholeShape, params string[] shapes)
        {
            var holder = new GameObject(name);
            holder.transform.SetParent(parent.transform, false);
            SkinnedMeshRenderer renderer = holder.AddComponent<SkinnedMeshRenderer>();
            renderer.sharedMesh = MakeMesh(wholeShape, shapes);
            return renderer;
        }

        internal Mesh MakeMesh(float wholeShape, params string[] shapes)
        {
            var mesh = new Mesh { vertices = new[] { Vector3.zero, Vector3.up, Vector3.right }, triangles = new[] { 0, 1, 2 } };
            foreach (string shape in shapes)
            {
                mesh.AddBlendShapeFrame(shape, wholeShape, new Vector3[3], null, null);
            }

            _made.Add(mesh);
            return mesh;
        }

        internal FaceMapping MakeMapping(params FaceBinding[] bindings)
        {
            FaceMapping mapping = ScriptableObject.CreateInstance<FaceMapping>();
            mapping.Bindings.AddRange(bindings);
            _made.Add(mapping);
            return mapping;
        }

        internal void Clear()
        {
            Application.logMessageReceived -= OnLog;
            foreach (Object made in _made)
            {
                if (made != null)
                {
                    Object.DestroyImmediate(made);
                }
            }
        }

        internal static float Weight(SkinnedMeshRenderer renderer, string shape)
        {
            return renderer.GetBlendShapeWeight(renderer.sharedMesh.GetBlendShapeIndex(shape));
        }

        private void OnLog(string condition, string stackTrace, LogType type)
        {
            if (type == LogType.Warning)
            {
                Warnings.Add(condition);
            }
        }
    }
}

using System.Collections.Generic;
using UnityEngine;

namespace Facecast.Samples
{
    /// <summary>The meshes and materials of one head file, made once for all characters that show it.</summary>
    public sealed class HeadMeshes
    {
        private const float WholeShape = 100f;

        private static readonly Dictionary<TextAsset, HeadMeshes> Made = new Dictionary<TextAsset, HeadMeshes>();

        private readonly Dictionary<string, Mesh> _meshes = new Dictionary<string, Mesh>();
        private readonly Dictionary<string, Material> _materials = new Dictionary<string, Material>();
        private readonly Dictionary<string, string> _materialOf = new Dictionary<string, string>();
        private readonly TextAsset _file;
        private int _users;

        private HeadMeshes(TextAsset file, Material template)
        {
            _file = file;
            foreach (PackedHead.Part part in PackedHead.Read(file.bytes))
            {
                _meshes[part.Name] = MakeMesh(part);
                _materialOf[part.Name] = part.Material;
                if (!_materials.ContainsKey(part.Material))
                {
                    _materials[part.Material] = MakeMaterial(part, template);
                }
            }
        }

        /// <summary>Get a file's meshes; give them back with <see cref="Release"/>.</summary>
        public static HeadMeshes Acquire(TextAsset file, Material template)
        {
            HeadMeshes meshes;
            if (!Made.TryGetValue(file, out meshes))
            {
                meshes = new HeadMeshes(file, template);
                Made[file] = meshes;
            }

            meshes._users += 1;
            return meshes;
        }

        /// <summary>Put mesh and material on the renderer that has a part's name; others stay as they are.</summary>
        public void Fill(SkinnedMeshRenderer renderer)
        {
            Mesh mesh;
            if (_meshes.TryGetValue(renderer.name, out mesh))
            {
                renderer.sharedMesh = mesh;
                renderer.sharedMaterial = _materials[_materialOf[renderer.name]];
                renderer.localBounds = mesh.bounds;
            }
        }

        /// <summary>Give the meshes back; the last user's call destroys them.</summary>
        public void Release()
        {
            _users -= 1;
            if (_users > 0)
            {
                return;
            }

            Made.Remove(_file);
            foreach (Mesh mesh in _meshes.Values)
            {
                Discard(mesh);
            }

            foreach (Material material in _materials.Values)
            {
                Discard(material);
            }
        }

        private static void Discard(Object made)
        {
            if (Application.isPlaying)
            {
                Object.Destroy(made);
            }
            else
            {
                Object.DestroyImmediate(made);
            }
        }

        private static Material MakeMaterial(PackedHead.Part part, Material template)
        {
            var made = new Material(template) { name = part.Material, hideFlags = HideFlags.DontSave };
            made.SetFloat("_Smoothness", 1f - part.Roughness);
            return made;
        }

        private static Mesh MakeMesh(PackedHead.Part part)
        {
            var mesh = new Mesh { name = part.Name, hideFlags = HideFlags.DontSave };
            mesh.vertices = part.Vertices;
            mesh.normals = part.Normals;
            mesh.colors = ToWorkingSpace(part.Colours);
            mesh.triangles = part.Triangles;
            mesh.RecalculateBounds();
            foreach (PackedHead.Shape shape in part.Shapes)
            {
                mesh.AddBlendShapeFrame(shape.Name, WholeShape, shape.Moves, shape.Turns, null);
            }

            return mesh;
        }

        // Unity leaves vertex colours as they are, so a project in linear space needs them linear.
        private static Color[] ToWorkingSpace(Color32[] colours)
        {
            bool linear = QualitySettings.activeColorSpace == ColorSpace.Linear;
            var converted = new Color[colours.Length];
            for (int i = 0; i < colours.Length; i++)
            {
                Color colour = colours[i];
                converted[i] = linear ? colour.linear : colour;
            }

            return converted;
        }
    }
}

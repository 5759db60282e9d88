using System.Collections.Generic;
using UnityEngine;

namespace Facecast.Samples
{
    /// <summary>Builds the sample head's meshes from its file, blendshapes included.</summary>
    /// <remarks>
    /// The head needs no imported art: for every renderer below this object, the part of the same name is made anew when
    /// the object is enabled, in edit mode too, and never saved. It looks along +z; its origin is the base of the skull.
    /// </remarks>
    [ExecuteAlways]
    [DefaultExecutionOrder(-200)]
    public sealed class CharacterBuilder : MonoBehaviour
    {
        private const float WholeShape = 100f;

        [SerializeField] private TextAsset headFile;
        [SerializeField] private Material material;

        private readonly List<Object> _made = new List<Object>();

        private void OnEnable()
        {
            Clear();
            var renderers = new Dictionary<string, SkinnedMeshRenderer>();
            foreach (SkinnedMeshRenderer renderer in GetComponentsInChildren<SkinnedMeshRenderer>(true))
            {
                renderers[renderer.name] = renderer;
            }

            var materials = new Dictionary<string, Material>();
            foreach (PackedHead.Part part in PackedHead.Read(headFile.bytes))
            {
                SkinnedMeshRenderer renderer;
                if (renderers.TryGetValue(part.Name, out renderer))
                {
                    Fill(renderer, part, materials);
                }
            }
        }

        private void OnDisable()
        {
            Clear();
        }

        private void Fill(SkinnedMeshRenderer renderer, PackedHead.Part part, Dictionary<string, Material> materials)
        {
            Material surface;
            if (!materials.TryGetValue(part.Material, out surface))
            {
                surface = new Material(material) { name = part.Material, hideFlags = HideFlags.DontSave };
                surface.SetFloat("_Smoothness", 1f - part.Roughness);
                materials[part.Material] = surface;
                _made.Add(surface);
            }

            Mesh mesh = MakeMesh(part);
            renderer.sharedMesh = mesh;
            renderer.sharedMaterial = surface;
            renderer.localBounds = mesh.bounds;
        }

        private Mesh MakeMesh(PackedHead.Part part)
        {
            var mesh = new Mesh { name = part.Name, hideFlags = HideFlags.DontSave };
            _made.Add(mesh);
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

        private void Clear()
        {
            foreach (Object made in _made)
            {
                if (Application.isPlaying)
                {
                    Destroy(made);
                }
                else
                {
                    DestroyImmediate(made);
                }
            }

            _made.Clear();
        }
    }
}

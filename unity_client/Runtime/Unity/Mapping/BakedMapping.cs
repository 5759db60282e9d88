using System.Collections.Generic;
using Facecast.Core;
using UnityEngine;

namespace Facecast.Unity
{
    /// <summary>A mapping resolved on one character: names looked up once, then applied without allocation.</summary>
    public sealed class BakedMapping
    {
        private const int CurveSteps = 65; // equal steps over 0..1; finer than one byte's 255 needs after interpolation

        private readonly List<Target> _targets = new List<Target>();
        private readonly List<string> _unresolved = new List<string>();
        private readonly List<KeyValuePair<SkinnedMeshRenderer, Mesh>> _meshes = new List<KeyValuePair<SkinnedMeshRenderer, Mesh>>();
        private readonly WeightMap _map;
        private readonly float[] _values;

        private sealed class Target
        {
            internal SkinnedMeshRenderer Renderer;
            internal Mesh Mesh;
            internal int Shape;
            internal float FullWeight;
            internal float RestWeight;
            internal float Minimum;
            internal float Maximum;
        }

        /// <summary>Look up all bindings of a mapping on the given renderers.</summary>
        public BakedMapping(FaceMapping mapping, IReadOnlyList<SkinnedMeshRenderer> renderers)
        {
            var bindings = new List<WeightBinding>();
            foreach (FaceBinding binding in mapping.Bindings)
            {
                Resolve(binding, renderers, bindings);
            }

            _map = new WeightMap(bindings, _targets.Count);
            _values = new float[_targets.Count];
            foreach (SkinnedMeshRenderer renderer in renderers)
            {
                _meshes.Add(new KeyValuePair<SkinnedMeshRenderer, Mesh>(renderer, renderer == null ? null : renderer.sharedMesh));
            }
        }

        /// <summary>Whether all renderers still have the meshes that the names were looked up in.</summary>
        public bool IsCurrent
        {
            get
            {
                for (int i = 0; i < _meshes.Count; i++)
                {
                    if (_meshes[i].Key == null || _meshes[i].Key.sharedMesh != _meshes[i].Value)
                    {
                        return false;
                    }
                }

                return true;
            }
        }

        /// <summary>How many blendshapes are moved.</summary>
        public int TargetCount
        {
            get { return _targets.Count; }
        }

        /// <summary>Bindings whose source, renderer or blendshape this character does not have.</summary>
        public IReadOnlyList<string> Unresolved
        {
            get { return _unresolved; }
        }

        /// <summary>The last applied values, 1 for a whole shape, one per target.</summary>
        public IReadOnlyList<float> Values
        {
            get { return _values; }
        }

        /// <summary>Name a target as <c>renderer/blendshape</c>.</summary>
        public string NameOf(int target)
        {
            SkinnedMeshRenderer renderer = _targets[target].Renderer;
            return renderer.name + "/" + renderer.sharedMesh.GetBlendShapeName(_targets[target].Shape);
        }

        /// <summary>Set every blendshape of the mapping from a face. Allocates nothing.</summary>
        /// <remarks>A whole shape is the weight of the shape's last frame: 100 in most meshes, 1 in some glTF imports.</remarks>
        public void Apply(FaceFrame face)
        {
            _map.Apply(face, _values);
            for (int i = 0; i < _values.Length; i++)
            {
                Target target = _targets[i];
                _values[i] = Mathf.Clamp(_values[i], target.Minimum, target.Maximum);
                if (target.Renderer != null)
                {
                    target.Renderer.SetBlendShapeWeight(target.Shape, _values[i] * target.FullWeight);
                }
            }
        }

        /// <summary>Put every blendshape back to the weight that it had when the mapping was resolved.</summary>
        public void Restore()
        {
            foreach (Target target in _targets)
            {
                if (target.Renderer != null && target.Renderer.sharedMesh == target.Mesh)
                {
                    target.Renderer.SetBlendShapeWeight(target.Shape, target.RestWeight);
                }
            }
        }

        private void Resolve(FaceBinding binding, IReadOnlyList<SkinnedMeshRenderer> renderers, List<WeightBinding> bindings)
        {
            int source = FaceSources.IndexOf(binding.source);
            bool found = false;
            foreach (SkinnedMeshRenderer renderer in renderers)
            {
                int shape = source < 0 ? -1 : ShapeOn(renderer, binding);
                if (shape < 0)
                {
                    continue;
                }

                found = true;
                int target = TargetOf(renderer, shape, binding);
                bindings.Add(new WeightBinding(
                    source, target, binding.gain, binding.offset, binding.minimum, binding.maximum, Sample(binding)));
            }

            if (!found)
            {
                _unresolved.Add(binding.source + " -> " + (binding.renderer.Length == 0 ? "*" : binding.renderer) + "/" + binding.blendShape);
            }
        }

        private static int ShapeOn(SkinnedMeshRenderer renderer, FaceBinding binding)
        {
            if (renderer == null || renderer.sharedMesh == null)
            {
                return -1;
            }

            bool meant = binding.renderer.Length == 0 || binding.renderer == renderer.name;
            return meant ? renderer.sharedMesh.GetBlendShapeIndex(binding.blendShape) : -1;
        }

        private int TargetOf(SkinnedMeshRenderer renderer, int shape, FaceBinding binding)
        {
            int known = _targets.FindIndex(target => target.Renderer == renderer && target.Shape == shape);
            if (known >= 0)
            {
                _targets[known].Minimum = Mathf.Min(_targets[known].Minimum, binding.minimum);
                _targets[known].Maximum = Mathf.Max(_targets[known].Maximum, binding.maximum);
                return known;
            }

            Mesh mesh = renderer.sharedMesh;
            _targets.Add(new Target
            {
                Renderer = renderer,
                Mesh = mesh,
                Shape = shape,
                FullWeight = mesh.GetBlendShapeFrameWeight(shape, mesh.GetBlendShapeFrameCount(shape) - 1),
                RestWeight = renderer.GetBlendShapeWeight(shape),
                Minimum = binding.minimum,
                Maximum = binding.maximum,
            });
            return _targets.Count - 1;
        }

        private static float[] Sample(FaceBinding binding)
        {
            if (!binding.useCurve || binding.curve == null || binding.curve.length == 0)
            {
                return null;
            }

            var samples = new float[CurveSteps];
            for (int i = 0; i < CurveSteps; i++)
            {
                samples[i] = binding.curve.Evaluate(i / (float)(CurveSteps - 1));
            }

            return samples;
        }
    }
}

using System.Collections.Generic;
using UnityEngine;

namespace Facecast.Unity
{
    /// <summary>An asset that says which weights and action units move which blendshapes of a character.</summary>
    /// <remarks>It refers to renderers and blendshapes by name, so one asset serves every character of the same make.</remarks>
    [CreateAssetMenu(fileName = "Face Mapping", menuName = "Facecast/Face Mapping", order = 200)]
    public sealed class FaceMapping : ScriptableObject
    {
        [SerializeField] private List<FaceBinding> bindings = new List<FaceBinding>();
        [SerializeField, TextArea] private string report = "";

        /// <summary>The bindings. Call <see cref="Touch"/> after changing them by code.</summary>
        public List<FaceBinding> Bindings
        {
            get { return bindings; }
        }

        /// <summary>What the last automatic matching found and did not find, as text.</summary>
        public string Report
        {
            get { return report; }
        }

        /// <summary>Counts changes, so that avatars in use notice them.</summary>
        public int Version { get; private set; }

        /// <summary>Tell avatars that use this mapping to read it again.</summary>
        public void Touch()
        {
            Version += 1;
        }

        /// <summary>Replace all bindings by those that the automatic matching finds on the given renderers.</summary>
        public MatchReport MatchAutomatically(IReadOnlyList<SkinnedMeshRenderer> renderers)
        {
            MatchReport found = new FaceAutoMatcher(FaceSources.Names).Match(RigReader.Read(renderers));
            bindings.Clear();
            foreach (FaceMatch match in found.Matches)
            {
                bindings.Add(new FaceBinding
                {
                    source = match.Source,
                    renderer = match.Renderer,
                    blendShape = match.BlendShape,
                    gain = match.Gain,
                });
            }

            report = found.ToString();
            Touch();
            return found;
        }

        private void OnValidate()
        {
            Touch();
        }
    }
}

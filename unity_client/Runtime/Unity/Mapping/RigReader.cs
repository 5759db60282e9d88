using System.Collections.Generic;
using UnityEngine;

namespace Facecast.Unity
{
    /// <summary>Reads blendshape names from renderers.</summary>
    public static class RigReader
    {
        /// <summary>List the blendshapes of every renderer that has a mesh with some.</summary>
        public static List<RigShapes> Read(IReadOnlyList<SkinnedMeshRenderer> renderers)
        {
            var rig = new List<RigShapes>();
            foreach (SkinnedMeshRenderer renderer in renderers)
            {
                Mesh mesh = renderer == null ? null : renderer.sharedMesh;
                if (mesh == null || mesh.blendShapeCount == 0)
                {
                    continue;
                }

                var names = new string[mesh.blendShapeCount];
                for (int i = 0; i < names.Length; i++)
                {
                    names[i] = mesh.GetBlendShapeName(i);
                }

                rig.Add(new RigShapes(renderer.name, names));
            }

            return rig;
        }
    }
}

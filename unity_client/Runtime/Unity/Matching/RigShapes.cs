using System.Collections.Generic;

namespace Facecast.Unity
{
    /// <summary>The names of one renderer's blendshapes: what the matcher reads of a character.</summary>
    public sealed class RigShapes
    {
        /// <summary>The renderer's name.</summary>
        public readonly string Renderer;

        /// <summary>The blendshapes' names in the mesh's order.</summary>
        public readonly IReadOnlyList<string> BlendShapes;

        /// <summary>Name a renderer and its blendshapes.</summary>
        public RigShapes(string renderer, IReadOnlyList<string> blendShapes)
        {
            Renderer = renderer;
            BlendShapes = blendShapes;
        }
    }
}

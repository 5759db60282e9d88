namespace Facecast.Unity
{
    /// <summary>One found pair: a source of the face moves a blendshape of a renderer.</summary>
    public sealed class FaceMatch
    {
        /// <summary>The weight's or action unit's name, such as <c>eyeBlinkLeft</c> or <c>AU12</c>.</summary>
        public readonly string Source;

        /// <summary>The renderer's name, as given.</summary>
        public readonly string Renderer;

        /// <summary>The blendshape's name, as the mesh has it.</summary>
        public readonly string BlendShape;

        /// <summary>How much of the source goes into the blendshape, 0..1.</summary>
        public readonly float Gain;

        /// <summary>How good the match is.</summary>
        public readonly MatchTier Tier;

        /// <summary>The naming convention that the blendshape's name belongs to.</summary>
        public readonly string Convention;

        /// <summary>Note a match.</summary>
        public FaceMatch(string source, string renderer, string blendShape, float gain, MatchTier tier, string convention)
        {
            Source = source;
            Renderer = renderer;
            BlendShape = blendShape;
            Gain = gain;
            Tier = tier;
            Convention = convention;
        }
    }
}

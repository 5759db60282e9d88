namespace Facecast.Unity
{
    /// <summary>Which side of the character a blendshape moves. Left and right are the character's own.</summary>
    public enum FaceSide
    {
        /// <summary>Both sides, or no side at all.</summary>
        None,

        /// <summary>The character's left side.</summary>
        Left,

        /// <summary>The character's right side.</summary>
        Right,
    }
}

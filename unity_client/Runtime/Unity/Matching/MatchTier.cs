namespace Facecast.Unity
{
    /// <summary>How good a match is. Within one renderer a source keeps only the matches of its best tier.</summary>
    public enum MatchTier
    {
        /// <summary>The blendshape carries the source's own name, however it is spelled.</summary>
        Exact,

        /// <summary>The same movement under another convention's name.</summary>
        Alias,

        /// <summary>A part of the movement: a half of a shape that ARKit has whole, driven in full.</summary>
        Part,

        /// <summary>Several sources in one blendshape: left and right in one, driven by their mean.</summary>
        Merged,

        /// <summary>Not the same movement, yet close enough to look alive: a viseme for an open jaw.</summary>
        Approximate,
    }
}

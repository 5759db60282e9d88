using Facecast.Core;

namespace Facecast.Unity.Tests
{
    /// <summary>Makes faces for tests.</summary>
    internal static class TestFaces
    {
        /// <summary>Make a face that is there and shows one source: a weight 0..1, or an action unit 0..5.</summary>
        internal static FaceFrame With(string source, float value)
        {
            var face = new FaceFrame { Presence = 1f };
            int at = FaceSources.IndexOf(source);
            if (at < WireTables.BlendshapeCount)
            {
                face.Blendshapes[at] = value;
            }
            else
            {
                face.ActionUnits[at - WireTables.BlendshapeCount] = value;
            }

            return face;
        }
    }
}

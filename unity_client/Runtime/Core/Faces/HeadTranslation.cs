namespace Facecast.Core
{
    /// <summary>
    /// Where the head is, in metres in camera axes: x right in the picture, y up, z toward the viewer, so a face
    /// before the camera has a negative z.
    /// </summary>
    public struct HeadTranslation
    {
        /// <summary>Metres to the right in the picture.</summary>
        public float X;

        /// <summary>Metres up.</summary>
        public float Y;

        /// <summary>Metres toward the viewer.</summary>
        public float Z;

        /// <summary>Make a translation from its three components.</summary>
        public HeadTranslation(float x, float y, float z)
        {
            X = x;
            Y = y;
            Z = z;
        }

        /// <summary>Move on the straight line between two places; 0 gives the first, 1 the second.</summary>
        public static HeadTranslation Interpolate(HeadTranslation from, HeadTranslation to, float amount)
        {
            return new HeadTranslation(
                from.X + (to.X - from.X) * amount,
                from.Y + (to.Y - from.Y) * amount,
                from.Z + (to.Z - from.Z) * amount);
        }
    }
}

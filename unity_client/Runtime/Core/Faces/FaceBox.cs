namespace Facecast.Core
{
    /// <summary>A face's box in fractions of the image's width and height, origin at the top left; it may leave the image.</summary>
    public struct FaceBox
    {
        /// <summary>Left edge.</summary>
        public float X0;

        /// <summary>Top edge.</summary>
        public float Y0;

        /// <summary>Right edge.</summary>
        public float X1;

        /// <summary>Bottom edge.</summary>
        public float Y1;

        /// <summary>Make a box from its edges.</summary>
        public FaceBox(float x0, float y0, float x1, float y1)
        {
            X0 = x0;
            Y0 = y0;
            X1 = x1;
            Y1 = y1;
        }

        /// <summary>Move each edge from one box to another; 0 gives the first, 1 the second.</summary>
        public static FaceBox Interpolate(FaceBox from, FaceBox to, float amount)
        {
            return new FaceBox(
                from.X0 + (to.X0 - from.X0) * amount,
                from.Y0 + (to.Y0 - from.Y0) * amount,
                from.X1 + (to.X1 - from.X1) * amount,
                from.Y1 + (to.Y1 - from.Y1) * amount);
        }
    }
}

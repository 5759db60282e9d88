namespace Facecast.Unity
{
    /// <summary>A picture as it comes from the graphics card: RGBA, four bytes a pixel, bottom row first.</summary>
    public sealed class RawPicture
    {
        /// <summary>The pixels, exactly as many as the size needs.</summary>
        public byte[] Pixels = new byte[0];

        /// <summary>Width in pixels.</summary>
        public int Width;

        /// <summary>Height in pixels.</summary>
        public int Height;

        /// <summary>Degrees, clockwise, that the picture must be turned by to stand upright: 0, 90, 180 or 270.</summary>
        public int RotationDegrees;

        /// <summary>When the picture was taken, µs of the core's clock.</summary>
        public ulong CaptureTimeUs;

        /// <summary>Make room for a picture of the given size.</summary>
        public void Resize(int width, int height)
        {
            Width = width;
            Height = height;
            if (Pixels.Length != width * height * 4)
            {
                Pixels = new byte[width * height * 4];
            }
        }
    }
}

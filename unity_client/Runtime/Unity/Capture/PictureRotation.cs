namespace Facecast.Unity
{
    /// <summary>Turns pictures by quarters, because a phone's camera is mounted across. Uses nothing of the engine.</summary>
    public static class PictureRotation
    {
        /// <summary>Write an upright copy of a picture.</summary>
        /// <param name="source">The picture; rows from the bottom up.</param>
        /// <param name="upright">Gets the turned picture; its buffer is used again.</param>
        public static void Turn(RawPicture source, RawPicture upright)
        {
            bool across = source.RotationDegrees == 90 || source.RotationDegrees == 270;
            upright.Resize(across ? source.Height : source.Width, across ? source.Width : source.Height);
            upright.RotationDegrees = 0;
            upright.CaptureTimeUs = source.CaptureTimeUs;
            for (int y = 0; y < source.Height; y++)
            {
                for (int x = 0; x < source.Width; x++)
                {
                    int from = ((y * source.Width) + x) * 4;
                    int to = TargetOf(source, x, y, upright.Width) * 4;
                    upright.Pixels[to] = source.Pixels[from];
                    upright.Pixels[to + 1] = source.Pixels[from + 1];
                    upright.Pixels[to + 2] = source.Pixels[from + 2];
                    upright.Pixels[to + 3] = source.Pixels[from + 3];
                }
            }
        }

        // Clockwise as people see it; y grows upward here.
        private static int TargetOf(RawPicture source, int x, int y, int uprightWidth)
        {
            switch (source.RotationDegrees)
            {
                case 90: return ((source.Width - 1 - x) * uprightWidth) + y;
                case 180: return ((source.Height - 1 - y) * uprightWidth) + (source.Width - 1 - x);
                case 270: return (x * uprightWidth) + (source.Height - 1 - y);
                default: return (y * uprightWidth) + x;
            }
        }
    }
}

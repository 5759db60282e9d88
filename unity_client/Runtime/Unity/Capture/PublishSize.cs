using System;

namespace Facecast.Unity
{
    /// <summary>Decides in which size a picture is published. Uses nothing of the engine.</summary>
    public static class PublishSize
    {
        /// <summary>Shrink a size so that its longer side fits; never grow it, and keep both sides even.</summary>
        /// <param name="width">Width of the source in pixels.</param>
        /// <param name="height">Height of the source in pixels.</param>
        /// <param name="maximumSide">Longest side allowed, in pixels.</param>
        /// <param name="publishWidth">Gets the width to publish.</param>
        /// <param name="publishHeight">Gets the height to publish.</param>
        public static void Fit(int width, int height, int maximumSide, out int publishWidth, out int publishHeight)
        {
            double scale = Math.Min(1.0, maximumSide / (double)Math.Max(width, height));
            publishWidth = Even(width * scale);
            publishHeight = Even(height * scale);
        }

        private static int Even(double side)
        {
            return Math.Max(2, 2 * (int)Math.Round(side / 2.0));
        }
    }
}

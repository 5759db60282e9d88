using System;

namespace Facecast.Core
{
    /// <summary>
    /// A unit quaternion that turns head axes into camera axes.
    /// Head: x to the subject's left, y up, z out of the face. Camera: x right in the picture, y up, z toward
    /// the viewer. Both right-handed; identity is an upright face that looks into the camera.
    /// </summary>
    public struct HeadRotation
    {
        /// <summary>The vector part, x.</summary>
        public float X;

        /// <summary>The vector part, y.</summary>
        public float Y;

        /// <summary>The vector part, z.</summary>
        public float Z;

        /// <summary>The scalar part.</summary>
        public float W;

        /// <summary>Make a rotation from its four components, which are taken as they are.</summary>
        public HeadRotation(float x, float y, float z, float w)
        {
            X = x;
            Y = y;
            Z = z;
            W = w;
        }

        /// <summary>The rotation of an upright face that looks into the camera.</summary>
        public static HeadRotation Identity
        {
            get { return new HeadRotation(0f, 0f, 0f, 1f); }
        }

        /// <summary>The angle in radians, 0..π, of the shortest turn from one rotation to another.</summary>
        public static double AngleBetween(HeadRotation from, HeadRotation to)
        {
            double x = from.W * (double)to.X - from.X * (double)to.W - from.Y * (double)to.Z + from.Z * (double)to.Y;
            double y = from.W * (double)to.Y - from.Y * (double)to.W - from.Z * (double)to.X + from.X * (double)to.Z;
            double z = from.W * (double)to.Z - from.Z * (double)to.W - from.X * (double)to.Y + from.Y * (double)to.X;
            double sine = Math.Sqrt(x * x + y * y + z * z);
            return 2.0 * Math.Atan2(sine, Math.Abs(Dot(from, to)));
        }

        /// <summary>
        /// Turn from one rotation to another by the shortest path, at constant speed (slerp).
        /// <paramref name="amount"/> 0 gives the first, 1 the second; the result has length 1.
        /// </summary>
        public static HeadRotation Interpolate(HeadRotation from, HeadRotation to, float amount)
        {
            double cosine = Dot(from, to);
            double sign = cosine < 0.0 ? -1.0 : 1.0; // q and -q are one rotation: take the nearer one
            double before = 1.0 - amount;
            double after = amount;
            double angle = Math.Acos(Math.Min(1.0, cosine * sign));
            double sine = Math.Sin(angle);
            if (sine > 1e-4) // nearer than that, the straight line is equal in single precision
            {
                before = Math.Sin(before * angle) / sine;
                after = Math.Sin(after * angle) / sine;
            }

            after *= sign;
            return Normalize(
                before * from.X + after * to.X,
                before * from.Y + after * to.Y,
                before * from.Z + after * to.Z,
                before * from.W + after * to.W);
        }

        private static double Dot(HeadRotation a, HeadRotation b)
        {
            return a.X * (double)b.X + a.Y * (double)b.Y + a.Z * (double)b.Z + a.W * (double)b.W;
        }

        private static HeadRotation Normalize(double x, double y, double z, double w)
        {
            double length = Math.Sqrt(x * x + y * y + z * z + w * w);
            if (length < 1e-12)
            {
                return Identity; // halfway between opposite directions of a degenerate input
            }

            double scale = 1.0 / length;
            return new HeadRotation((float)(x * scale), (float)(y * scale), (float)(z * scale), (float)(w * scale));
        }
    }
}

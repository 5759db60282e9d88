namespace Facecast.Core
{
    /// <summary>
    /// Where each eye looks, in radians relative to the head: yaw is positive to the subject's left, pitch is
    /// positive up. Left and right are the subject's own.
    /// </summary>
    public struct GazeAngles
    {
        /// <summary>The left eye's turn to the subject's left.</summary>
        public float LeftYaw;

        /// <summary>The left eye's turn up.</summary>
        public float LeftPitch;

        /// <summary>The right eye's turn to the subject's left.</summary>
        public float RightYaw;

        /// <summary>The right eye's turn up.</summary>
        public float RightPitch;

        /// <summary>Make a gaze from its four angles.</summary>
        public GazeAngles(float leftYaw, float leftPitch, float rightYaw, float rightPitch)
        {
            LeftYaw = leftYaw;
            LeftPitch = leftPitch;
            RightYaw = rightYaw;
            RightPitch = rightPitch;
        }

        /// <summary>Turn both eyes from one gaze to another; 0 gives the first, 1 the second.</summary>
        public static GazeAngles Interpolate(GazeAngles from, GazeAngles to, float amount)
        {
            return new GazeAngles(
                from.LeftYaw + (to.LeftYaw - from.LeftYaw) * amount,
                from.LeftPitch + (to.LeftPitch - from.LeftPitch) * amount,
                from.RightYaw + (to.RightYaw - from.RightYaw) * amount,
                from.RightPitch + (to.RightPitch - from.RightPitch) * amount);
        }
    }
}

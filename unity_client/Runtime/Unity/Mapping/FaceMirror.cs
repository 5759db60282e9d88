using Facecast.Core;

namespace Facecast.Unity
{
    /// <summary>Turns a face into its mirror image: left becomes right.</summary>
    public static class FaceMirror
    {
        /// <summary>Mirror a face in place, in the wire's axes: weights, head, position and gaze.</summary>
        public static void Apply(FaceFrame face)
        {
            SwapSides(face.Blendshapes);
            HeadRotation turn = face.Rotation;
            face.Rotation = new HeadRotation { X = turn.X, Y = -turn.Y, Z = -turn.Z, W = turn.W };
            HeadTranslation place = face.Translation;
            face.Translation = new HeadTranslation { X = -place.X, Y = place.Y, Z = place.Z };
            GazeAngles gaze = face.Gaze;
            face.Gaze = new GazeAngles
            {
                LeftYaw = -gaze.RightYaw,
                LeftPitch = gaze.RightPitch,
                RightYaw = -gaze.LeftYaw,
                RightPitch = gaze.LeftPitch,
            };
        }

        private static void SwapSides(float[] weights)
        {
            for (int i = 0; i < weights.Length; i++)
            {
                int twin = FaceSources.MirrorOf(i);
                if (twin > i)
                {
                    float held = weights[i];
                    weights[i] = weights[twin];
                    weights[twin] = held;
                }
            }
        }
    }
}

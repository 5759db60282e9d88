using System;
using Facecast.Core;
using UnityEngine;

namespace Facecast.Unity
{
    /// <summary>The character's head and eyes, all optional.</summary>
    [Serializable]
    public sealed class FaceBones
    {
        /// <summary>The head.</summary>
        public FaceBone head = new FaceBone();

        /// <summary>How far the head moves for each metre that the person moves; 0 keeps it in place.</summary>
        [Tooltip("How far the head moves for each metre that the person moves; 0 keeps it in place.")]
        public float headTravel;

        /// <summary>Greatest distance of the head from its rest place, in its parent's units.</summary>
        [Tooltip("Greatest distance of the head from its rest place, in its parent's units.")]
        public float headTravelLimit = 0.2f;

        /// <summary>The character's left eye.</summary>
        public FaceBone leftEye = new FaceBone { limitDegrees = new Vector3(25f, 35f, 0f) };

        /// <summary>The character's right eye.</summary>
        public FaceBone rightEye = new FaceBone { limitDegrees = new Vector3(25f, 35f, 0f) };

        private HeadTranslation _origin;
        private HeadRotation _straight = HeadRotation.Identity;
        private bool _hasOrigin;
        private bool _wantsStraight;

        /// <summary>Remember the bones' present poses as their rest poses.</summary>
        /// <param name="character">The character's root, whose +z is where the face looks.</param>
        public void CaptureRest(Transform character)
        {
            head.CaptureRest(character);
            leftEye.CaptureRest(character);
            rightEye.CaptureRest(character);
        }

        /// <summary>Take the next place of the head as its middle, and the way it looks as straight ahead.</summary>
        public void Recentre()
        {
            _hasOrigin = false;
            _wantsStraight = true;
        }

        /// <summary>Turn head and eyes, and move the head.</summary>
        /// <param name="shown">The face as it is shown: mirrored and faded already.</param>
        /// <param name="measured">The face as it came, which says where the head is.</param>
        /// <param name="mirror">Whether left is right.</param>
        /// <param name="influence">0 leaves the head at its rest place.</param>
        public void Show(FaceFrame shown, FaceFrame measured, bool mirror, float influence)
        {
            if (measured.Presence >= 1f)
            {
                Centre(measured);
            }

            float share = influence * measured.Presence;
            GazeAngles gaze = shown.Gaze;
            head.Turn(Quaternion.Inverse(Straight(mirror, share)) * AxisConversion.ToUnity(shown.Rotation));
            leftEye.Turn(AxisConversion.GazeToUnity(gaze.LeftYaw, gaze.LeftPitch));
            rightEye.Turn(AxisConversion.GazeToUnity(gaze.RightYaw, gaze.RightPitch));
            if (headTravel != 0f)
            {
                Travel(measured, mirror, share);
            }
        }

        /// <summary>Put the bones back to their rest poses.</summary>
        public void Restore()
        {
            head.Restore();
            leftEye.Restore();
            rightEye.Restore();
        }

        private void Centre(FaceFrame measured)
        {
            if (!_hasOrigin)
            {
                _origin = measured.Translation;
                _hasOrigin = true;
            }

            if (_wantsStraight)
            {
                _straight = measured.Rotation;
                _wantsStraight = false;
            }
        }

        // Fades like the face does, so that a face at rest looks ahead.
        private Quaternion Straight(bool mirror, float share)
        {
            Quaternion straight = AxisConversion.ToUnity(_straight);
            straight = mirror ? new Quaternion(straight.x, -straight.y, -straight.z, straight.w) : straight;
            return Quaternion.Slerp(Quaternion.identity, straight, share);
        }

        private void Travel(FaceFrame measured, bool mirror, float share)
        {
            Vector3 moved = AxisConversion.ToUnity(measured.Translation) - AxisConversion.ToUnity(_origin);
            moved.x = mirror ? -moved.x : moved.x;
            head.Move(Vector3.ClampMagnitude(moved * headTravel, headTravelLimit) * (_hasOrigin ? share : 0f));
        }
    }
}

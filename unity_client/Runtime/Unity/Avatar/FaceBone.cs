using System;
using UnityEngine;

namespace Facecast.Unity
{
    /// <summary>An optional bone, head or eye, that turns about its rest pose within limits.</summary>
    [Serializable]
    public sealed class FaceBone
    {
        /// <summary>The bone; leave it empty to turn nothing.</summary>
        public Transform bone;

        /// <summary>How much of the rotation arrives, 0..1.</summary>
        [Range(0f, 1f)] public float strength = 1f;

        /// <summary>Greatest angles in degrees to either side: up and down, left and right, tilt.</summary>
        public Vector3 limitDegrees = new Vector3(40f, 60f, 35f);

        private Transform _captured;
        private Quaternion _restLocal;
        private Vector3 _restPosition;
        private Quaternion _parentInCharacter;

        /// <summary>Remember the bone's present pose as its rest pose.</summary>
        /// <param name="character">The character's root, whose +z is where the face looks.</param>
        public void CaptureRest(Transform character)
        {
            _captured = bone;
            if (bone == null)
            {
                return;
            }

            _restLocal = bone.localRotation;
            _restPosition = bone.localPosition;
            Quaternion parent = bone.parent == null ? Quaternion.identity : bone.parent.rotation;
            _parentInCharacter = Quaternion.Inverse(character.rotation) * parent;
        }

        /// <summary>Turn the bone away from its rest pose by a rotation in the character's axes.</summary>
        public void Turn(Quaternion rotation)
        {
            if (bone == null || bone != _captured)
            {
                return;
            }

            Quaternion limited = Quaternion.Slerp(Quaternion.identity, Limit(rotation), strength);
            Quaternion inParent = Quaternion.Inverse(_parentInCharacter) * limited * _parentInCharacter;
            bone.localRotation = inParent * _restLocal;
        }

        /// <summary>Move the bone away from its rest place by an offset in the character's axes.</summary>
        public void Move(Vector3 offset)
        {
            if (bone != null && bone == _captured)
            {
                bone.localPosition = _restPosition + (Quaternion.Inverse(_parentInCharacter) * offset);
            }
        }

        /// <summary>Put the bone back to its rest pose.</summary>
        public void Restore()
        {
            if (bone != null && bone == _captured)
            {
                bone.localRotation = _restLocal;
                bone.localPosition = _restPosition;
            }
        }

        private Quaternion Limit(Quaternion rotation)
        {
            Vector3 angles = rotation.eulerAngles;
            return Quaternion.Euler(
                Limit(angles.x, limitDegrees.x), Limit(angles.y, limitDegrees.y), Limit(angles.z, limitDegrees.z));
        }

        private static float Limit(float degrees, float limit)
        {
            float signed = degrees > 180f ? degrees - 360f : degrees;
            return Mathf.Clamp(signed, -limit, limit);
        }
    }
}

using Facecast.Core;
using UnityEngine;

namespace Facecast.Unity
{
    /// <summary>The one place where the wire's axes become Unity's.</summary>
    /// <remarks>
    /// <code>
    ///   A face that looks at you:
    ///
    ///      the wire (right-handed)             Unity (left-handed)
    ///
    ///              y  up                             y  up
    ///              |                                 |
    ///              |                                 |
    ///              o ------ x               x ------ o
    ///             /    the subject's        the     /
    ///            z     left         character's    z
    ///     out of the face                 right    forward, out of the face
    /// </code>
    /// Only x changes its sign. A point (x, y, z) becomes (-x, y, z); a rotation, mirrored in the same plane, keeps x
    /// and w of its quaternion and changes the signs of y and z. The character turns its own left when the subject
    /// turns theirs.
    /// </remarks>
    public static class AxisConversion
    {
        /// <summary>Convert a head rotation; the identity looks along +z.</summary>
        public static Quaternion ToUnity(HeadRotation rotation)
        {
            return new Quaternion(rotation.X, -rotation.Y, -rotation.Z, rotation.W);
        }

        /// <summary>Convert a position in metres; +z is toward what the character looks at.</summary>
        public static Vector3 ToUnity(HeadTranslation position)
        {
            return new Vector3(-position.X, position.Y, position.Z);
        }

        /// <summary>Convert a gaze direction to an eye's rotation relative to the head.</summary>
        /// <param name="yawToLeftRad">Radians to the subject's left.</param>
        /// <param name="pitchUpRad">Radians up.</param>
        public static Quaternion GazeToUnity(float yawToLeftRad, float pitchUpRad)
        {
            return Quaternion.Euler(-pitchUpRad * Mathf.Rad2Deg, -yawToLeftRad * Mathf.Rad2Deg, 0f);
        }
    }
}

using System;
using UnityEngine;

namespace Facecast.Unity
{
    /// <summary>One line of a mapping: a weight or action unit moves a blendshape.</summary>
    /// <remarks>
    /// The blendshape gets <c>clamp(curve(source) * gain + offset, minimum, maximum)</c>, where 1 is the whole shape.
    /// Several bindings of one blendshape add up, and one source may have any number of bindings.
    /// </remarks>
    [Serializable]
    public sealed class FaceBinding
    {
        /// <summary>The weight's name, or an action unit's as <c>AU12</c> (its intensity 0..5 counts as 0..1).</summary>
        public string source = "";

        /// <summary>The renderer's name; empty for every renderer that has the blendshape.</summary>
        public string renderer = "";

        /// <summary>The blendshape's name, as the mesh has it.</summary>
        public string blendShape = "";

        /// <summary>Factor on the source.</summary>
        public float gain = 1f;

        /// <summary>Added after the factor.</summary>
        public float offset;

        /// <summary>Least outcome; below 0 needs "Clamp BlendShapes" off in the player settings.</summary>
        public float minimum;

        /// <summary>Greatest outcome; above 1 needs "Clamp BlendShapes" off in the player settings.</summary>
        public float maximum = 1f;

        /// <summary>Whether <see cref="curve"/> bends the source before the factor.</summary>
        public bool useCurve;

        /// <summary>The bend, over a source of 0..1.</summary>
        public AnimationCurve curve = AnimationCurve.Linear(0f, 0f, 1f, 1f);
    }
}

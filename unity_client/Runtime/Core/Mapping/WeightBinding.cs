using System;

namespace Facecast.Core
{
    /// <summary>One weight or intensity that drives one target: curve, gain, offset, and limits, in this order.</summary>
    public readonly struct WeightBinding
    {
        /// <summary>The number of sources: the 52 weights, then the 18 action units.</summary>
        public const int SourceCount = WireTables.BlendshapeCount + WireTables.ActionUnitCount;

        /// <summary>Make a binding. <paramref name="curve"/> is null, or two values or more at equal steps over 0..1.</summary>
        /// <exception cref="ArgumentOutOfRangeException">There is no such source or target, or the curve has one value.</exception>
        public WeightBinding(int source, int target, float gain, float offset, float minimum, float maximum, float[] curve)
        {
            if (source < 0 || source >= SourceCount)
            {
                throw new ArgumentOutOfRangeException("source", "expected 0.." + (SourceCount - 1) + ", got " + source);
            }

            if (target < 0)
            {
                throw new ArgumentOutOfRangeException("target", "expected 0 or more, got " + target);
            }

            if (curve != null && curve.Length < 2)
            {
                throw new ArgumentOutOfRangeException("curve", "expected two values or more, got " + curve.Length);
            }

            Source = source;
            Target = target;
            Gain = gain;
            Offset = offset;
            Minimum = minimum;
            Maximum = maximum;
            Curve = curve;
        }

        /// <summary>0..51: a weight; 52..69: an action unit.</summary>
        public int Source { get; }

        /// <summary>The index of what is driven.</summary>
        public int Target { get; }

        /// <summary>The factor after the curve.</summary>
        public float Gain { get; }

        /// <summary>What is added after the gain.</summary>
        public float Offset { get; }

        /// <summary>The least value.</summary>
        public float Minimum { get; }

        /// <summary>The greatest value.</summary>
        public float Maximum { get; }

        /// <summary>Null, or values at equal steps over 0..1.</summary>
        public float[] Curve { get; }

        /// <summary>Compute what this binding adds to its target; <paramref name="input"/> is 0..1.</summary>
        public float Evaluate(float input)
        {
            float value = (Curve == null ? input : Look(Curve, input)) * Gain + Offset;
            return value < Minimum ? Minimum : value > Maximum ? Maximum : value;
        }

        private static float Look(float[] curve, float input)
        {
            float place = Math.Max(0f, Math.Min(1f, input)) * (curve.Length - 1);
            int before = Math.Min((int)place, curve.Length - 2);
            return curve[before] + (curve[before + 1] - curve[before]) * (place - before);
        }
    }
}

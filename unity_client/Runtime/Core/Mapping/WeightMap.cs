using System;
using System.Collections.Generic;

namespace Facecast.Core
{
    /// <summary>
    /// Bindings in a form that is quick to apply: from a face's 52 weights and 18 action units to the targets of a
    /// character. Several bindings of one target add up. Applying allocates nothing.
    /// </summary>
    public sealed class WeightMap
    {
        private readonly WeightBinding[] _bindings;

        /// <summary>Make a map of bindings to so many targets.</summary>
        /// <exception cref="ArgumentOutOfRangeException">A binding's target is not among them.</exception>
        public WeightMap(IReadOnlyList<WeightBinding> bindings, int targetCount)
        {
            if (bindings == null)
            {
                throw new ArgumentNullException("bindings");
            }

            _bindings = new WeightBinding[bindings.Count];
            TargetCount = targetCount;
            for (int i = 0; i < _bindings.Length; i++)
            {
                if (bindings[i].Target >= targetCount)
                {
                    string text = "expected targets of 0.." + (targetCount - 1) + ", got " + bindings[i].Target;
                    throw new ArgumentOutOfRangeException("bindings", text);
                }

                _bindings[i] = bindings[i];
            }
        }

        /// <summary>How many targets there are.</summary>
        public int TargetCount { get; private set; }

        /// <summary>Compute the first <see cref="TargetCount"/> values of <paramref name="targets"/> from a face; 1 is full strength.</summary>
        public void Apply(FaceFrame face, float[] targets)
        {
            Array.Clear(targets, 0, TargetCount);
            float[] blendshapes = face.Blendshapes;
            float[] actionUnits = face.ActionUnits;
            for (int i = 0; i < _bindings.Length; i++)
            {
                int source = _bindings[i].Source;
                float input = source < WireTables.BlendshapeCount
                    ? blendshapes[source]
                    : actionUnits[source - WireTables.BlendshapeCount] / WireTables.ActionUnitMax;
                targets[_bindings[i].Target] += _bindings[i].Evaluate(input);
            }
        }
    }
}

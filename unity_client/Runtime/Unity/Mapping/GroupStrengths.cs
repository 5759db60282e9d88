using System;
using Facecast.Core;
using UnityEngine;

namespace Facecast.Unity
{
    /// <summary>How strongly each region of the face moves: 0 not at all, 1 as measured, up to 2 for more.</summary>
    [Serializable]
    public sealed class GroupStrengths
    {
        /// <summary>Lids and looking directions.</summary>
        [Range(0f, 2f)] public float eye = 1f;

        /// <summary>The jaw.</summary>
        [Range(0f, 2f)] public float jaw = 1f;

        /// <summary>Lips and mouth corners.</summary>
        [Range(0f, 2f)] public float mouth = 1f;

        /// <summary>The eyebrows.</summary>
        [Range(0f, 2f)] public float brow = 1f;

        /// <summary>The cheeks.</summary>
        [Range(0f, 2f)] public float cheek = 1f;

        /// <summary>The nose.</summary>
        [Range(0f, 2f)] public float nose = 1f;

        /// <summary>The tongue.</summary>
        [Range(0f, 2f)] public float tongue = 1f;

        /// <summary>Give one region's strength.</summary>
        public float Of(FaceGroup group)
        {
            switch (group)
            {
                case FaceGroup.Eye: return eye;
                case FaceGroup.Jaw: return jaw;
                case FaceGroup.Mouth: return mouth;
                case FaceGroup.Brow: return brow;
                case FaceGroup.Cheek: return cheek;
                case FaceGroup.Nose: return nose;
                default: return tongue;
            }
        }

        /// <summary>Scale a face's weights and action units in place; they stay within their ranges.</summary>
        /// <param name="face">The face to change.</param>
        /// <param name="overall">A factor on top of every region's own, 0..1.</param>
        public void ApplyTo(FaceFrame face, float overall)
        {
            float[] weights = face.Blendshapes;
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i] = Mathf.Clamp(weights[i] * overall * Of(FaceSources.GroupOf(i)), 0f, 1f);
            }

            float[] units = face.ActionUnits;
            for (int i = 0; i < units.Length; i++)
            {
                float strength = overall * Of(FaceSources.GroupOf(WireTables.BlendshapeCount + i));
                units[i] = Mathf.Clamp(units[i] * strength, 0f, WireTables.ActionUnitMax);
            }
        }
    }
}

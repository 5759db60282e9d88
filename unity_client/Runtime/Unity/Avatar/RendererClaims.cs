using System.Collections.Generic;
using UnityEngine;

namespace Facecast.Unity
{
    /// <summary>Sees to it that only one avatar writes to a renderer; two would make it flicker.</summary>
    internal static class RendererClaims
    {
        private static readonly Dictionary<SkinnedMeshRenderer, FacecastAvatar> Owners =
            new Dictionary<SkinnedMeshRenderer, FacecastAvatar>();

        /// <summary>Claim a renderer for an avatar; false, and if wanted a warning, when another one writes to it.</summary>
        internal static bool TryClaim(SkinnedMeshRenderer renderer, FacecastAvatar avatar, bool warn)
        {
            FacecastAvatar owner;
            if (Owners.TryGetValue(renderer, out owner) && owner != null && owner != avatar)
            {
                if (warn)
                {
                    Debug.LogWarning(
                        "Facecast: '" + avatar.name + "' leaves the renderer '" + renderer.name + "' alone, because '"
                        + owner.name + "' writes to it already. Only one Facecast Avatar may drive a renderer.", avatar);
                }

                return false;
            }

            Owners[renderer] = avatar;
            return true;
        }

        /// <summary>Give back everything that an avatar claimed.</summary>
        internal static void Release(FacecastAvatar avatar)
        {
            var mine = new List<SkinnedMeshRenderer>();
            foreach (KeyValuePair<SkinnedMeshRenderer, FacecastAvatar> pair in Owners)
            {
                if (ReferenceEquals(pair.Value, avatar) || pair.Key == null)
                {
                    mine.Add(pair.Key);
                }
            }

            foreach (SkinnedMeshRenderer renderer in mine)
            {
                Owners.Remove(renderer);
            }
        }

        // With "Reload Domain" off, statics outlive Play mode.
        [RuntimeInitializeOnLoadMethod(RuntimeInitializeLoadType.SubsystemRegistration)]
        private static void Forget()
        {
            Owners.Clear();
        }
    }
}

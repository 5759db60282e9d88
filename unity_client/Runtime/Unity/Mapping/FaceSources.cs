using System;
using System.Collections.Generic;
using Facecast.Core;

namespace Facecast.Unity
{
    /// <summary>The 70 numbers that may move a blendshape: 52 weights, then 18 action units.</summary>
    public static class FaceSources
    {
        /// <summary>How many there are.</summary>
        public const int Count = WireTables.BlendshapeCount + WireTables.ActionUnitCount;

        /// <summary>Their names: ARKit's in Apple's order, then <c>AU01</c>..<c>AU45</c>.</summary>
        public static readonly IReadOnlyList<string> Names = JoinNames();

        private static readonly Dictionary<string, int> Indices = IndexNames();
        private static readonly FaceGroup[] Groups = FindGroups();
        private static readonly int[] Twins = FindTwins();

        /// <summary>Give a name's place, or -1 when it names no source.</summary>
        public static int IndexOf(string name)
        {
            int index;
            return name != null && Indices.TryGetValue(name, out index) ? index : -1;
        }

        /// <summary>Give the region that a source belongs to.</summary>
        public static FaceGroup GroupOf(int source)
        {
            return Groups[source];
        }

        /// <summary>Give the same movement on the other side; a source without a side is its own twin.</summary>
        public static int MirrorOf(int source)
        {
            return Twins[source];
        }

        private static string[] JoinNames()
        {
            var names = new string[Count];
            WireTables.Blendshapes.CopyTo(names, 0);
            WireTables.ActionUnits.CopyTo(names, WireTables.BlendshapeCount);
            return names;
        }

        private static Dictionary<string, int> IndexNames()
        {
            var indices = new Dictionary<string, int>(StringComparer.Ordinal);
            for (int i = 0; i < Count; i++)
            {
                indices[Names[i]] = i;
            }

            return indices;
        }

        private static FaceGroup[] FindGroups()
        {
            var groups = new FaceGroup[Count];
            for (int i = 0; i < WireTables.BlendshapeCount; i++)
            {
                groups[i] = (FaceGroup)Enum.Parse(typeof(FaceGroup), WireTables.BlendshapeGroups[i], true);
            }

            for (int i = WireTables.BlendshapeCount; i < Count; i++)
            {
                groups[i] = GroupOfActionUnit(Names[i]);
            }

            return groups;
        }

        // The muscles' places in the Facial Action Coding System; all others move the mouth.
        private static FaceGroup GroupOfActionUnit(string name)
        {
            switch (name)
            {
                case "AU01":
                case "AU02":
                case "AU04":
                    return FaceGroup.Brow;
                case "AU05":
                case "AU07":
                case "AU45":
                    return FaceGroup.Eye;
                case "AU06":
                    return FaceGroup.Cheek;
                case "AU09":
                    return FaceGroup.Nose;
                case "AU26":
                    return FaceGroup.Jaw;
                default:
                    return FaceGroup.Mouth;
            }
        }

        private static int[] FindTwins()
        {
            var twins = new int[Count];
            for (int i = 0; i < Count; i++)
            {
                int twin = IndexOf(OtherSide(Names[i]));
                twins[i] = twin < 0 ? i : twin;
            }

            return twins;
        }

        private static string OtherSide(string name)
        {
            if (name.EndsWith("Left", StringComparison.Ordinal))
            {
                return name.Substring(0, name.Length - 4) + "Right";
            }

            return name.EndsWith("Right", StringComparison.Ordinal) ? name.Substring(0, name.Length - 5) + "Left" : name;
        }
    }
}

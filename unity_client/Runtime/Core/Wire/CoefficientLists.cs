using System.Collections.Generic;

namespace Facecast.Core
{
    /// <summary>The three parallel lists with which a manifest describes its coefficients.</summary>
    internal sealed class CoefficientLists
    {
        /// <summary>The names, once they are read.</summary>
        public List<string> Names = new List<string>();

        private readonly List<bool> _estimated = new List<bool>();
        private readonly List<float?> _quality = new List<float?>();

        /// <summary>Read which are really estimated.</summary>
        public bool TryReadEstimated(ref WireReader reader)
        {
            int count;
            bool isRead = reader.TryReadArray(out count);
            for (int i = 0; isRead && i < count; i++)
            {
                bool isEstimated;
                isRead = reader.TryReadBool(out isEstimated);
                _estimated.Add(isEstimated);
            }

            return isRead;
        }

        /// <summary>Read how well they are estimated.</summary>
        public bool TryReadQuality(ref WireReader reader)
        {
            int count;
            bool isRead = reader.TryReadArray(out count);
            for (int i = 0; isRead && i < count; i++)
            {
                double quality = 0.0;
                bool isNil = reader.TryReadNil();
                isRead = isNil || reader.TryReadNumber(out quality);
                _quality.Add(isNil ? null : (float?)quality);
            }

            return isRead;
        }

        /// <summary>
        /// Join the lists. False when they differ in length, or when the names do not begin with those that
        /// packets of this version carry.
        /// </summary>
        public bool TryJoin(string[] expectedNames, out List<CoefficientInfo> joined)
        {
            joined = new List<CoefficientInfo>(Names.Count);
            if (Names.Count < expectedNames.Length || _estimated.Count != Names.Count || _quality.Count != Names.Count)
            {
                return false;
            }

            for (int i = 0; i < Names.Count; i++)
            {
                if (i < expectedNames.Length && Names[i] != expectedNames[i])
                {
                    return false;
                }

                joined.Add(new CoefficientInfo(Names[i], _estimated[i], _quality[i]));
            }

            return true;
        }
    }
}

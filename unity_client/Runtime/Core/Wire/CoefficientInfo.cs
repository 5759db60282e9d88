namespace Facecast.Core
{
    /// <summary>What the server says about one weight or intensity.</summary>
    public struct CoefficientInfo
    {
        /// <summary>Make the description of one coefficient.</summary>
        public CoefficientInfo(string name, bool isEstimated, float? quality)
        {
            Name = name;
            IsEstimated = isEstimated;
            Quality = quality;
        }

        /// <summary>Its name.</summary>
        public string Name { get; private set; }

        /// <summary>Whether it is really estimated; when not, it is always 0.</summary>
        public bool IsEstimated { get; private set; }

        /// <summary>The measured correlation -1..1 with its reference; null when it was not measured.</summary>
        public float? Quality { get; private set; }
    }
}

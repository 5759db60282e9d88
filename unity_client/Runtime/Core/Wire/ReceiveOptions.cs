namespace Facecast.Core
{
    /// <summary>What a connection wants to receive; null leaves a choice as it is.</summary>
    public struct ReceiveOptions
    {
        /// <summary>Make a choice of both.</summary>
        public ReceiveOptions(CoefficientEncoding? encoding, bool? landmarks)
        {
            Encoding = encoding;
            Landmarks = landmarks;
        }

        /// <summary>How coefficients are stored.</summary>
        public CoefficientEncoding? Encoding { get; private set; }

        /// <summary>Whether packets carry the 98 landmarks.</summary>
        public bool? Landmarks { get; private set; }

        /// <summary>Whether nothing is chosen.</summary>
        public bool IsEmpty
        {
            get { return !Encoding.HasValue && !Landmarks.HasValue; }
        }
    }
}

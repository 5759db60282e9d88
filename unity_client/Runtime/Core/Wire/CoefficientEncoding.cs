namespace Facecast.Core
{
    /// <summary>How the 52 weights and 18 intensities of a packet are stored.</summary>
    public enum CoefficientEncoding
    {
        /// <summary>One byte each; 0 and the range's end are exact. The default.</summary>
        U8 = WireTables.EncodingId.U8,

        /// <summary>Two bytes each.</summary>
        U16 = WireTables.EncodingId.U16,

        /// <summary>Single precision, the value itself.</summary>
        F32 = WireTables.EncodingId.F32,
    }
}

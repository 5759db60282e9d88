namespace Facecast.Core
{
    /// <summary>How a published picture is stored.</summary>
    public enum PictureFormat
    {
        /// <summary>JPEG; its EXIF orientation is honoured.</summary>
        Jpeg = WireTables.FormatId.Jpeg,

        /// <summary>PNG, 8 bits a channel.</summary>
        Png = WireTables.FormatId.Png,

        /// <summary>WebP, a still picture.</summary>
        WebP = WireTables.FormatId.Webp,

        /// <summary>Rows of R G B bytes, top row first, no padding.</summary>
        Rgb8 = WireTables.FormatId.Rgb8,

        /// <summary>Rows of B G R bytes, top row first, no padding.</summary>
        Bgr8 = WireTables.FormatId.Bgr8,

        /// <summary>Bytes of Y, then rows of U V pairs at half size; even sides.</summary>
        Nv12 = WireTables.FormatId.Nv12,
    }
}

namespace Facecast.Unity
{
    /// <summary>Where a <see cref="FacecastCamera"/> takes its pictures from.</summary>
    public enum FrameSource
    {
        /// <summary>A camera of this device.</summary>
        Webcam,

        /// <summary>Any texture: a RenderTexture, a VideoPlayer's target, another plugin's picture.</summary>
        Texture,
    }
}

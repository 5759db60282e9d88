namespace Facecast.Unity
{
    /// <summary>A region of the face that has its own strength.</summary>
    public enum FaceGroup
    {
        /// <summary>Lids and looking directions.</summary>
        Eye,

        /// <summary>The jaw.</summary>
        Jaw,

        /// <summary>Lips and mouth corners.</summary>
        Mouth,

        /// <summary>The eyebrows.</summary>
        Brow,

        /// <summary>The cheeks.</summary>
        Cheek,

        /// <summary>The nose.</summary>
        Nose,

        /// <summary>The tongue.</summary>
        Tongue,
    }
}

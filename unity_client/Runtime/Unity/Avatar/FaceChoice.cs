namespace Facecast.Unity
{
    /// <summary>Whose face a <see cref="FacecastAvatar"/> shows.</summary>
    public enum FaceChoice
    {
        /// <summary>Your own, as the server sees it.</summary>
        Yourself,

        /// <summary>That of the first other publisher in the room.</summary>
        FirstOther,

        /// <summary>That of the participant with a given name.</summary>
        Named,

        /// <summary>The one that a script or a <see cref="FacecastRoom"/> assigned.</summary>
        Assigned,
    }
}

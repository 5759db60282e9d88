namespace Facecast.Unity
{
    /// <summary>Where the neutral calibration is kept between sessions.</summary>
    public enum NeutralStorage
    {
        /// <summary>Nowhere: calibrate every time.</summary>
        None,

        /// <summary>In the player's preferences.</summary>
        PlayerPrefs,

        /// <summary>In a file in <c>Application.persistentDataPath</c>.</summary>
        File,
    }
}

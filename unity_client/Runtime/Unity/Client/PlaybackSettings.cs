using System;
using Facecast.Core;
using UnityEngine;

namespace Facecast.Unity
{
    /// <summary>How received faces are played. The delay itself adapts to the network between the two bounds.</summary>
    [Serializable]
    public sealed class PlaybackSettings
    {
        /// <summary>Least delay behind the newest packet, in seconds.</summary>
        [Range(0f, 0.5f)] public float minimumDelay = 0.02f;

        /// <summary>Most delay behind the newest packet, in seconds.</summary>
        [Range(0.05f, 2f)] public float maximumDelay = 0.5f;

        /// <summary>How long the last expression is kept when nothing comes any more, in seconds.</summary>
        [Range(0f, 5f)] public float holdSeconds = 0.4f;

        /// <summary>How long the way from there to the neutral face takes, in seconds.</summary>
        [Range(0f, 5f)] public float fadeSeconds = 0.6f;

        /// <summary>Show a blink that falls between two rendered frames in the next one, instead of skipping it.</summary>
        public bool preservePeaks = true;

        /// <summary>Give the core's form of these settings.</summary>
        public PlaybackOptions ToOptions()
        {
            return new PlaybackOptions
            {
                MinimumDelaySeconds = minimumDelay,
                MaximumDelaySeconds = Mathf.Max(minimumDelay, maximumDelay),
                HoldSeconds = holdSeconds,
                FadeSeconds = fadeSeconds,
                PreservePeaks = preservePeaks,
            };
        }
    }
}

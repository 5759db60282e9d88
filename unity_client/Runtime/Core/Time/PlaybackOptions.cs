namespace Facecast.Core
{
    /// <summary>How received faces are played. The defaults suit 15 to 60 packets per second over ordinary networks.</summary>
    public sealed class PlaybackOptions
    {
        /// <summary>Least time that is shown behind the newest arrival, in seconds.</summary>
        public double MinimumDelaySeconds { get; set; } = 0.02;

        /// <summary>Most time that is shown behind the newest arrival, in seconds.</summary>
        public double MaximumDelaySeconds { get; set; } = 0.5;

        /// <summary>
        /// How many times the measured jitter is added to one packet's interval. The jitter is the mean change of
        /// transit between neighbours (RFC 3550, 6.4.1); 3 of it cover 95 % of exponential and all of uniform jitter.
        /// </summary>
        public double JitterFactor { get; set; } = 3.0;

        /// <summary>How much faster than real time is played to catch up, at most; 0.05 is five per cent.</summary>
        public double CatchUp { get; set; } = 0.05;

        /// <summary>How much slower than real time is played to fall back, at most.</summary>
        public double SlowDown { get; set; } = 0.05;

        /// <summary>
        /// So far behind, in seconds, playing jumps forward, behind a cross-fade. It is also the longest gap between
        /// two packets that is played as one movement.
        /// </summary>
        public double JumpSeconds { get; set; } = 0.25;

        /// <summary>How long the last expression is kept when nothing comes any more, in seconds.</summary>
        public double HoldSeconds { get; set; } = 0.4;

        /// <summary>How long the way from there to the neutral face takes, in seconds.</summary>
        public double FadeSeconds { get; set; } = 0.6;

        /// <summary>How long a cross-fade takes where the stream has a break, in seconds.</summary>
        public double BlendSeconds { get; set; } = 0.15;

        /// <summary>After how many seconds without its face in the packets a face is removed.</summary>
        public double RemoveSeconds { get; set; } = 3.0;

        /// <summary>
        /// Whether a peak (a blink) that falls between two rendered frames is shown in the next one, instead of
        /// being skipped.
        /// </summary>
        public bool PreservePeaks { get; set; } = true;
    }
}

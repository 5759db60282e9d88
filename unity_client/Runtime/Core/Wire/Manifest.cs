using System;
using System.Collections.Generic;

namespace Facecast.Core
{
    /// <summary>The first message of a connection: who you are, what the numbers mean, what is allowed.</summary>
    public sealed class Manifest
    {
        /// <summary>The protocol's version.</summary>
        public int Protocol { get; internal set; }

        /// <summary>The server's name and version.</summary>
        public string Server { get; internal set; }

        /// <summary>Your id in the room.</summary>
        public int Participant { get; internal set; }

        /// <summary>The room.</summary>
        public string Room { get; internal set; }

        /// <summary>Your name in the room.</summary>
        public string Name { get; internal set; }

        /// <summary>Your role in the room.</summary>
        public ParticipantRole Role { get; internal set; }

        /// <summary>Who is already there.</summary>
        public IReadOnlyList<ParticipantInfo> Participants { get; internal set; } = Array.Empty<ParticipantInfo>();

        /// <summary>The server's clock when the manifest was made, in microseconds.</summary>
        public ulong ServerTimeUs { get; internal set; }

        /// <summary>The weights, in order.</summary>
        public IReadOnlyList<CoefficientInfo> Blendshapes { get; internal set; } = Array.Empty<CoefficientInfo>();

        /// <summary>The intensities, in order.</summary>
        public IReadOnlyList<CoefficientInfo> ActionUnits { get; internal set; } = Array.Empty<CoefficientInfo>();

        /// <summary>Names of the timings, in order.</summary>
        public IReadOnlyList<string> Stages { get; internal set; } = Array.Empty<string>();

        /// <summary>The limits in force.</summary>
        public ManifestLimits Limits { get; internal set; } = new ManifestLimits();

        /// <summary>Names of the picture formats that are taken.</summary>
        public IReadOnlyList<string> Formats { get; internal set; } = Array.Empty<string>();

        /// <summary>Names of the coefficient encodings that may be asked for.</summary>
        public IReadOnlyList<string> Encodings { get; internal set; } = Array.Empty<string>();

        /// <summary>lite or full: the size of the networks.</summary>
        public string Profile { get; internal set; } = string.Empty;

        /// <summary>What runs the networks.</summary>
        public string Backend { get; internal set; } = string.Empty;

        /// <summary>Model name to the first 12 hex digits of its SHA-256.</summary>
        public IReadOnlyDictionary<string, string> Models { get; internal set; } = new Dictionary<string, string>();
    }
}

using System.Collections.Generic;
using System.Text;

namespace Facecast.Unity
{
    /// <summary>What the automatic matching found on a character, and what it did not.</summary>
    public sealed class MatchReport
    {
        /// <summary>The naming convention of most matches, <c>none</c> when there are none.</summary>
        public readonly string Convention;

        /// <summary>The matches, in the order of the renderers and their blendshapes.</summary>
        public readonly IReadOnlyList<FaceMatch> Matches;

        /// <summary>Sources that move nothing on this character, in the sources' order.</summary>
        public readonly IReadOnlyList<string> UnmatchedSources;

        /// <summary>Blendshapes that nothing moves, as <c>renderer/blendshape: reason</c>.</summary>
        public readonly IReadOnlyList<string> UnmatchedShapes;

        /// <summary>Hold the outcome of a match.</summary>
        public MatchReport(
            string convention,
            IReadOnlyList<FaceMatch> matches,
            IReadOnlyList<string> unmatchedSources,
            IReadOnlyList<string> unmatchedShapes)
        {
            Convention = convention;
            Matches = matches;
            UnmatchedSources = unmatchedSources;
            UnmatchedShapes = unmatchedShapes;
        }

        /// <summary>Write the report as text for people: one line per match, then what is left over.</summary>
        public override string ToString()
        {
            var text = new StringBuilder();
            text.Append("Convention: ").Append(Convention).Append('\n');
            text.Append("Matched ").Append(Matches.Count).Append(" blendshapes\n");
            foreach (FaceMatch match in Matches)
            {
                text.Append("  ").Append(match.Source).Append(" -> ").Append(match.Renderer).Append('/');
                text.Append(match.BlendShape).Append(" x").Append(match.Gain.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture));
                text.Append(" (").Append(match.Tier).Append(")\n");
            }

            AppendList(text, "Weights and action units that move nothing", UnmatchedSources);
            AppendList(text, "Blendshapes that nothing moves", UnmatchedShapes);
            return text.ToString();
        }

        private static void AppendList(StringBuilder text, string title, IReadOnlyList<string> lines)
        {
            text.Append(title).Append(": ").Append(lines.Count).Append('\n');
            foreach (string line in lines)
            {
                text.Append("  ").Append(line).Append('\n');
            }
        }
    }
}

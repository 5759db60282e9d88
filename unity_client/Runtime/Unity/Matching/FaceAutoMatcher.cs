using System.Collections.Generic;
using System.Linq;

namespace Facecast.Unity
{
    /// <summary>Finds by name which blendshapes of a character the 52 weights and 18 action units move.</summary>
    /// <remarks>
    /// Knows ARKit in every spelling (camel case, snake case, <c>_L</c>/<c>_R</c>, prefixes such as
    /// <c>blendShape1.</c> or <c>Fcl_</c>), VRM 0 and 1 presets, VRoid, Perfect Sync, Ready Player Me, Character
    /// Creator, Unified Expressions and SRanipal (VRChat), and FACS action units. Uses nothing of the engine.
    /// </remarks>
    public sealed class FaceAutoMatcher
    {
        private const int FewestForPrefix = 4;
        private const float ShareForPrefix = 0.6f;

        private readonly IReadOnlyList<string> _sources;
        private readonly ShapeVocabulary _vocabulary;

        /// <summary>Prepare for the given sources.</summary>
        /// <param name="sources">Names of the weights in ARKit's spelling, and of action units as <c>AU01</c>.</param>
        public FaceAutoMatcher(IReadOnlyList<string> sources)
        {
            _sources = sources;
            _vocabulary = new ShapeVocabulary(sources);
        }

        /// <summary>Match all renderers of a character.</summary>
        public MatchReport Match(IReadOnlyList<RigShapes> rig)
        {
            var matches = new List<FaceMatch>();
            var leftOver = new List<string>();
            foreach (RigShapes renderer in rig)
            {
                List<FaceMatch> found = KeepBest(FindAll(renderer));
                matches.AddRange(found);
                leftOver.AddRange(LeftOver(renderer, found));
            }

            var moved = new HashSet<string>(matches.Select(match => match.Source));
            List<string> idle = _sources.Where(source => !moved.Contains(source)).ToList();
            return new MatchReport(ConventionOf(matches), matches, idle, leftOver);
        }

        private List<FaceMatch> FindAll(RigShapes renderer)
        {
            var found = new List<FaceMatch>();
            string common = CommonFirstWord(renderer.BlendShapes);
            foreach (string shape in renderer.BlendShapes)
            {
                ShapeVocabulary.Entry entry = Find(shape, common);
                if (entry == null)
                {
                    continue;
                }

                foreach (IGrouping<string, string> share in entry.Sources.GroupBy(source => source))
                {
                    float gain = entry.Gain * share.Count();
                    found.Add(new FaceMatch(share.Key, renderer.Renderer, shape, gain, entry.Tier, entry.Convention));
                }
            }

            return found;
        }

        private static List<FaceMatch> KeepBest(List<FaceMatch> found)
        {
            var best = new Dictionary<string, MatchTier>();
            foreach (FaceMatch match in found)
            {
                MatchTier known;
                if (!best.TryGetValue(match.Source, out known) || match.Tier < known)
                {
                    best[match.Source] = match.Tier;
                }
            }

            return found.Where(match => match.Tier == best[match.Source]).ToList();
        }

        private IEnumerable<string> LeftOver(RigShapes renderer, List<FaceMatch> kept)
        {
            var used = new HashSet<string>(kept.Select(match => match.BlendShape));
            string common = CommonFirstWord(renderer.BlendShapes);
            foreach (string shape in renderer.BlendShapes.Where(shape => !used.Contains(shape)))
            {
                yield return renderer.Renderer + "/" + shape + ": " + ReasonFor(shape, common);
            }
        }

        private string ReasonFor(string shape, string common)
        {
            if (Find(shape, common) != null)
            {
                return "a better match moves the same";
            }

            bool mood = Spellings(shape, common).Any(words => ShapeAliases.Moods.Contains(string.Concat(words)));
            return mood ? "moves the whole face; bind it by hand" : "no known name";
        }

        private ShapeVocabulary.Entry Find(string shape, string common)
        {
            foreach (List<string> words in Spellings(shape, common))
            {
                ShapeVocabulary.Entry entry = _vocabulary.Find(ShapeName.FromWords(words));
                if (entry != null)
                {
                    return entry;
                }
            }

            return null;
        }

        // The whole name first, then with less and less in front of it.
        private static IEnumerable<List<string>> Spellings(string shape, string common)
        {
            List<string> words = ShapeName.Words(shape);
            yield return words;
            int cut = shape.LastIndexOfAny(new[] { '.', ':', '|', '/' });
            if (cut >= 0)
            {
                words = ShapeName.Words(shape.Substring(cut + 1));
                yield return words;
            }

            words = WithoutNoise(words);
            yield return words;
            if (common != null && words.Count > 1 && words[0] == common)
            {
                words = WithoutNoise(words.GetRange(1, words.Count - 1));
                yield return words;
            }

            int noise = words.FindLastIndex(word => ShapeAliases.Noise.Contains(word));
            if (noise >= 0 && noise + 1 < words.Count)
            {
                yield return words.GetRange(noise + 1, words.Count - noise - 1);
            }
        }

        // Drops words that say where a shape lives, and numbering such as the "A14" of "A14_Eye_Blink_Left".
        private static List<string> WithoutNoise(List<string> words)
        {
            int start = 0;
            while (start + 1 < words.Count)
            {
                bool numbered = (words[start] == "a" || words[start] == "t") && IsNumber(words[start + 1]);
                if (!numbered && !IsNumber(words[start]) && !ShapeAliases.Noise.Contains(words[start]))
                {
                    break;
                }

                start += 1;
            }

            return words.GetRange(start, words.Count - start);
        }

        private static bool IsNumber(string word)
        {
            return word.All(char.IsDigit);
        }

        private static string CommonFirstWord(IReadOnlyList<string> shapes)
        {
            if (shapes.Count < FewestForPrefix)
            {
                return null;
            }

            IGrouping<string, string> most = shapes
                .Select(shape => WithoutNoise(ShapeName.Words(shape)))
                .Where(words => words.Count > 1)
                .GroupBy(words => words[0], words => words[0])
                .OrderByDescending(group => group.Count())
                .FirstOrDefault();
            return most != null && most.Count() >= ShareForPrefix * shapes.Count ? most.Key : null;
        }

        private static string ConventionOf(IEnumerable<FaceMatch> matches)
        {
            IGrouping<string, FaceMatch> most = matches
                .GroupBy(match => match.Convention)
                .OrderByDescending(group => group.Count())
                .FirstOrDefault();
            return most == null ? "none" : most.Key;
        }
    }
}

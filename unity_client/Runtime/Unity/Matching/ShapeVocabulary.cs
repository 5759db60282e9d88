using System;
using System.Collections.Generic;

namespace Facecast.Unity
{
    /// <summary>Knows for a name which sources it stands for. Built once from the sources and the alias tables.</summary>
    internal sealed class ShapeVocabulary
    {
        /// <summary>What a name stands for: sources with equal shares.</summary>
        internal sealed class Entry
        {
            internal readonly string[] Sources;
            internal readonly float Gain;
            internal readonly MatchTier Tier;
            internal readonly string Convention;

            internal Entry(MatchTier tier, string convention, float gain, params string[] sources)
            {
                Sources = sources;
                Gain = gain;
                Tier = tier;
                Convention = convention;
            }
        }

        // "jawLeft" and "mouthLeft" name a direction: a blendshape "jaw" is not the mean of jawLeft and jawRight.
        private static readonly HashSet<string> Directions = new HashSet<string> { "jaw", "mouth" };

        private readonly HashSet<string> _sources;
        private readonly Dictionary<string, Entry> _names = new Dictionary<string, Entry>();
        private readonly Dictionary<string, ShapeAliases.AliasRow> _bases = new Dictionary<string, ShapeAliases.AliasRow>();

        internal ShapeVocabulary(IEnumerable<string> sources)
        {
            _sources = new HashSet<string>(sources);
            foreach (string source in _sources)
            {
                AddSource(source);
            }

            foreach (ShapeAliases.NameRow row in ShapeAliases.Names)
            {
                _names[row.Name] = new Entry(row.Tier, row.Convention, 1f / row.Sources.Length, row.Sources);
            }

            foreach (ShapeAliases.AliasRow row in ShapeAliases.Bases)
            {
                _bases[row.Alias] = row;
            }
        }

        /// <summary>Look a name up; null when it stands for nothing known.</summary>
        internal Entry Find(ShapeName name)
        {
            Entry entry;
            if (_names.TryGetValue(name.Joined, out entry))
            {
                return entry;
            }

            ShapeAliases.AliasRow row;
            return _bases.TryGetValue(name.Base, out row) ? Resolve(row, name.Side) : null;
        }

        private void AddSource(string source)
        {
            ShapeName name = ShapeName.FromWords(ShapeName.Words(source));
            if (source.StartsWith("AU", StringComparison.Ordinal))
            {
                AddActionUnit(source);
                return;
            }

            _names[name.Joined] = new Entry(MatchTier.Exact, ShapeAliases.Arkit, 1f, source);
            if (name.Side != FaceSide.None)
            {
                string letter = name.Side == FaceSide.Left ? "l" : "r";
                _names[name.Base + letter] = _names[name.Joined];
            }

            string stem = StemOf(source);
            _bases[name.Base] = new ShapeAliases.AliasRow(name.Base, stem, MatchTier.Exact, ShapeAliases.Arkit);
        }

        private void AddActionUnit(string source)
        {
            string number = source.Substring(2).TrimStart('0');
            var whole = new Entry(MatchTier.Exact, ShapeAliases.Facs, 1f, source);
            foreach (string spelling in new[] { "au" + number, "au" + number.PadLeft(2, '0') })
            {
                _names[spelling] = whole;
                foreach (string side in new[] { "l", "r", "left", "right" })
                {
                    _names[spelling + side] = new Entry(MatchTier.Part, ShapeAliases.Facs, 1f, source);
                }
            }
        }

        private Entry Resolve(ShapeAliases.AliasRow row, FaceSide side)
        {
            string left = row.Source + "Left";
            string right = row.Source + "Right";
            if (_sources.Contains(row.Source))
            {
                MatchTier whole = side == FaceSide.None ? row.Tier : Worse(row.Tier, MatchTier.Part);
                return new Entry(whole, row.Convention, 1f, row.Source);
            }

            if (side != FaceSide.None)
            {
                string sided = side == FaceSide.Left ? left : right;
                return _sources.Contains(sided) ? new Entry(row.Tier, row.Convention, 1f, sided) : null;
            }

            bool both = _sources.Contains(left) && _sources.Contains(right) && !Directions.Contains(row.Source);
            return both ? new Entry(Worse(row.Tier, MatchTier.Merged), row.Convention, 0.5f, left, right) : null;
        }

        private static string StemOf(string source)
        {
            foreach (string side in new[] { "Left", "Right" })
            {
                if (source.EndsWith(side, StringComparison.Ordinal))
                {
                    return source.Substring(0, source.Length - side.Length);
                }
            }

            return source;
        }

        private static MatchTier Worse(MatchTier a, MatchTier b)
        {
            return a > b ? a : b;
        }
    }
}

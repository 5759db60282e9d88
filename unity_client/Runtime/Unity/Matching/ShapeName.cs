using System;
using System.Collections.Generic;

namespace Facecast.Unity
{
    /// <summary>A blendshape's name taken apart: words, and the side they speak of.</summary>
    /// <remarks>
    /// <c>eyeBlink_L</c>, <c>EyeBlinkLeft</c>, <c>eye_blink_left</c> and <c>L_EyeBlink</c> all become the base
    /// <c>eyeblink</c> and the side <see cref="FaceSide.Left"/>.
    /// </remarks>
    public sealed class ShapeName
    {
        /// <summary>All words, lower case, joined: <c>eyeblinkl</c>.</summary>
        public readonly string Joined;

        /// <summary>The words without the side, lower case, joined: <c>eyeblink</c>.</summary>
        public readonly string Base;

        /// <summary>The side, <see cref="FaceSide.None"/> when the name has none or more than one.</summary>
        public readonly FaceSide Side;

        private ShapeName(IReadOnlyList<string> words)
        {
            Joined = string.Concat(words);
            Base = Joined;
            int at = OnlySideWord(words);
            if (at < 0 || words.Count == 1)
            {
                return;
            }

            var rest = new List<string>(words);
            rest.RemoveAt(at);
            Base = string.Concat(rest);
            Side = SideOf(words[at]);
        }

        /// <summary>Take words apart into base and side.</summary>
        public static ShapeName FromWords(IReadOnlyList<string> words)
        {
            return new ShapeName(words);
        }

        /// <summary>Split a name into lower-case words at separators, at humps of camel case and at digits.</summary>
        public static List<string> Words(string name)
        {
            var words = new List<string>();
            int start = 0;
            for (int i = 0; i <= name.Length; i++)
            {
                bool ends = i == name.Length || !char.IsLetterOrDigit(name[i]);
                if (ends || (i > start && IsBoundary(name, i)))
                {
                    if (i > start)
                    {
                        words.Add(name.Substring(start, i - start).ToLowerInvariant());
                    }

                    start = ends ? i + 1 : i;
                }
            }

            return words;
        }

        private static bool IsBoundary(string name, int i)
        {
            char before = name[i - 1];
            char here = name[i];
            if (char.IsDigit(before) != char.IsDigit(here))
            {
                return true;
            }

            bool lowerNext = i + 1 < name.Length && char.IsLower(name[i + 1]);
            return char.IsUpper(here) && (char.IsLower(before) || (char.IsUpper(before) && lowerNext));
        }

        private static int OnlySideWord(IReadOnlyList<string> words)
        {
            int found = -1;
            for (int i = 0; i < words.Count; i++)
            {
                if (SideOf(words[i]) == FaceSide.None)
                {
                    continue;
                }

                if (found >= 0)
                {
                    return -1;
                }

                found = i;
            }

            return found;
        }

        private static FaceSide SideOf(string word)
        {
            if (word == "l" || word == "left")
            {
                return FaceSide.Left;
            }

            return word == "r" || word == "right" ? FaceSide.Right : FaceSide.None;
        }
    }
}

using System.Collections.Generic;

namespace Facecast.Unity
{
    /// <summary>What other naming conventions call the 52 ARKit movements. Pure data.</summary>
    /// <remarks>
    /// Names are written as <see cref="ShapeName"/> makes them: lower case, without separators. A row without a
    /// side stands for the left and the right form alike. Sources: ARKit and SRanipal columns of the Unified
    /// Expressions comparison (docs.vrcft.io), Reallusion's CC4 extended facial profile, VRoid Studio's and UniVRM's
    /// preset names, Ready Player Me's extra morph targets.
    /// </remarks>
    internal static class ShapeAliases
    {
        internal const string Arkit = "ARKit";
        internal const string Unified = "Unified Expressions (VRChat)";
        internal const string Sranipal = "SRanipal (VRChat)";
        internal const string Cc = "Character Creator";
        internal const string Vrm = "VRM / VRoid";
        internal const string Rpm = "Ready Player Me";
        internal const string Facs = "FACS action units";

        /// <summary>Other names of a movement: alias base, ARKit base, tier, convention.</summary>
        internal static readonly AliasRow[] Bases =
        {
            new AliasRow("eyeclosed", "eyeBlink", MatchTier.Alias, Unified),
            new AliasRow("browpinch", "browDown", MatchTier.Part, Unified),
            new AliasRow("browlowerer", "browDown", MatchTier.Part, Unified),
            new AliasRow("browup", "browOuterUp", MatchTier.Approximate, Unified),
            new AliasRow("mouthclosed", "mouthClose", MatchTier.Alias, Unified),
            new AliasRow("mouthopen", "jawOpen", MatchTier.Approximate, Rpm),
            new AliasRow("lipsuckupper", "mouthRollUpper", MatchTier.Alias, Unified),
            new AliasRow("lipsucklower", "mouthRollLower", MatchTier.Alias, Unified),
            new AliasRow("lipfunnel", "mouthFunnel", MatchTier.Alias, Unified),
            new AliasRow("lipfunnelupper", "mouthFunnel", MatchTier.Part, Unified),
            new AliasRow("lipfunnellower", "mouthFunnel", MatchTier.Part, Unified),
            new AliasRow("lippucker", "mouthPucker", MatchTier.Alias, Unified),
            new AliasRow("lippuckerupper", "mouthPucker", MatchTier.Part, Unified),
            new AliasRow("lippuckerlower", "mouthPucker", MatchTier.Part, Unified),
            new AliasRow("mouthupper", "mouth", MatchTier.Part, Unified),
            new AliasRow("mouthlower", "mouth", MatchTier.Part, Unified),
            new AliasRow("mouthcornerpull", "mouthSmile", MatchTier.Part, Unified),
            new AliasRow("mouthcornerslant", "mouthSmile", MatchTier.Part, Unified),
            new AliasRow("mouthsad", "mouthFrown", MatchTier.Alias, Unified),
            new AliasRow("mouthraiserupper", "mouthShrugUpper", MatchTier.Alias, Unified),
            new AliasRow("mouthraiserlower", "mouthShrugLower", MatchTier.Alias, Unified),
            new AliasRow("mouthtightener", "mouthPress", MatchTier.Approximate, Unified),
            new AliasRow("eyesqueeze", "eyeSquint", MatchTier.Alias, Sranipal),
            new AliasRow("eyeup", "eyeLookUp", MatchTier.Alias, Sranipal),
            new AliasRow("eyedown", "eyeLookDown", MatchTier.Alias, Sranipal),
            new AliasRow("mouthpout", "mouthPucker", MatchTier.Alias, Sranipal),
            new AliasRow("mouthapeshape", "mouthClose", MatchTier.Alias, Sranipal),
            new AliasRow("mouthupperinside", "mouthRollUpper", MatchTier.Alias, Sranipal),
            new AliasRow("mouthlowerinside", "mouthRollLower", MatchTier.Alias, Sranipal),
            new AliasRow("mouthloweroverlay", "mouthShrugLower", MatchTier.Alias, Sranipal),
            new AliasRow("tonguelongstep1", "tongueOut", MatchTier.Alias, Sranipal),
            new AliasRow("eyeclose", "eyeBlink", MatchTier.Alias, Cc),
            new AliasRow("browdrop", "browDown", MatchTier.Alias, Cc),
            new AliasRow("browcompress", "browDown", MatchTier.Part, Cc),
            new AliasRow("browraiseinner", "browInnerUp", MatchTier.Alias, Cc),
            new AliasRow("browraiseouter", "browOuterUp", MatchTier.Alias, Cc),
            new AliasRow("browraise", "browOuterUp", MatchTier.Approximate, Cc),
            new AliasRow("cheekraise", "cheekSquint", MatchTier.Alias, Cc),
            new AliasRow("mouthrollinupper", "mouthRollUpper", MatchTier.Alias, Cc),
            new AliasRow("mouthrollinlower", "mouthRollLower", MatchTier.Alias, Cc),
            new AliasRow("mouthupupper", "mouthUpperUp", MatchTier.Alias, Cc),
            new AliasRow("mouthdownlower", "mouthLowerDown", MatchTier.Alias, Cc),
            new AliasRow("mouthpuckerup", "mouthPucker", MatchTier.Part, Cc),
            new AliasRow("mouthpuckerdown", "mouthPucker", MatchTier.Part, Cc),
            new AliasRow("mouthfunnelup", "mouthFunnel", MatchTier.Part, Cc),
            new AliasRow("mouthfunneldown", "mouthFunnel", MatchTier.Part, Cc),
            new AliasRow("blink", "eyeBlink", MatchTier.Alias, Vrm),
            new AliasRow("lookup", "eyeLookUp", MatchTier.Alias, Vrm),
            new AliasRow("lookdown", "eyeLookDown", MatchTier.Alias, Vrm),
            new AliasRow("eyespread", "eyeWide", MatchTier.Approximate, Vrm),
            new AliasRow("brwangry", "browDown", MatchTier.Approximate, Vrm),
            new AliasRow("mthfun", "mouthSmile", MatchTier.Approximate, Vrm),
            new AliasRow("mthsorrow", "mouthFrown", MatchTier.Approximate, Vrm),
            new AliasRow("eyesclosed", "eyeBlink", MatchTier.Alias, Rpm),
            new AliasRow("eyeslookup", "eyeLookUp", MatchTier.Alias, Rpm),
            new AliasRow("eyeslookdown", "eyeLookDown", MatchTier.Alias, Rpm),
        };

        /// <summary>Whole names that need more than another base: several sources, or a side that is a direction.</summary>
        internal static readonly NameRow[] Names =
        {
            new NameRow("eyellookl", MatchTier.Alias, Cc, "eyeLookOutLeft"),
            new NameRow("eyellookr", MatchTier.Alias, Cc, "eyeLookInLeft"),
            new NameRow("eyerlookr", MatchTier.Alias, Cc, "eyeLookOutRight"),
            new NameRow("eyerlookl", MatchTier.Alias, Cc, "eyeLookInRight"),
            new NameRow("eyeleftleft", MatchTier.Alias, Sranipal, "eyeLookOutLeft"),
            new NameRow("eyeleftright", MatchTier.Alias, Sranipal, "eyeLookInLeft"),
            new NameRow("eyerightright", MatchTier.Alias, Sranipal, "eyeLookOutRight"),
            new NameRow("eyerightleft", MatchTier.Alias, Sranipal, "eyeLookInRight"),
            new NameRow("lookleft", MatchTier.Merged, Vrm, "eyeLookOutLeft", "eyeLookInRight"),
            new NameRow("lookright", MatchTier.Merged, Vrm, "eyeLookInLeft", "eyeLookOutRight"),
            new NameRow("lipsuck", MatchTier.Merged, Unified, "mouthRollUpper", "mouthRollLower"),
            new NameRow("brwsurprised", MatchTier.Approximate, Vrm, "browInnerUp", "browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
            new NameRow("a", MatchTier.Approximate, Vrm, "jawOpen"),
            new NameRow("aa", MatchTier.Approximate, Vrm, "jawOpen"),
            new NameRow("mtha", MatchTier.Approximate, Vrm, "jawOpen"),
            new NameRow("vaa", MatchTier.Approximate, Unified, "jawOpen"),
            new NameRow("visemeaa", MatchTier.Approximate, Rpm, "jawOpen"),
            new NameRow("u", MatchTier.Approximate, Vrm, "mouthPucker"),
            new NameRow("ou", MatchTier.Approximate, Vrm, "mouthPucker"),
            new NameRow("mthu", MatchTier.Approximate, Vrm, "mouthPucker"),
            new NameRow("vou", MatchTier.Approximate, Unified, "mouthPucker"),
            new NameRow("visemeu", MatchTier.Approximate, Rpm, "mouthPucker"),
            new NameRow("o", MatchTier.Approximate, Vrm, "mouthFunnel"),
            new NameRow("oh", MatchTier.Approximate, Vrm, "mouthFunnel"),
            new NameRow("mtho", MatchTier.Approximate, Vrm, "mouthFunnel"),
            new NameRow("voh", MatchTier.Approximate, Unified, "mouthFunnel"),
            new NameRow("visemeo", MatchTier.Approximate, Rpm, "mouthFunnel"),
            new NameRow("e", MatchTier.Approximate, Vrm, "mouthStretchLeft", "mouthStretchRight"),
            new NameRow("ee", MatchTier.Approximate, Vrm, "mouthStretchLeft", "mouthStretchRight"),
            new NameRow("mthe", MatchTier.Approximate, Vrm, "mouthStretchLeft", "mouthStretchRight"),
            new NameRow("ve", MatchTier.Approximate, Unified, "mouthStretchLeft", "mouthStretchRight"),
            new NameRow("visemee", MatchTier.Approximate, Rpm, "mouthStretchLeft", "mouthStretchRight"),
        };

        /// <summary>Words in front of a name that say where it lives, not what it does.</summary>
        internal static readonly HashSet<string> Noise = new HashSet<string>
        {
            "blendshape", "blendshapes", "bs", "shape", "morph", "morpher", "target", "key", "face", "head", "facial",
            "arkit", "expression", "exp", "fcl", "vrc", "ctrl", "facs", "unified", "v2", "geo", "mesh", "perfectsync",
        };

        /// <summary>Presets that move the whole face at once. They are left for the user to bind by hand.</summary>
        internal static readonly HashSet<string> Moods = new HashSet<string>
        {
            "happy", "angry", "sad", "relaxed", "surprised", "joy", "sorrow", "fun", "neutral",
            "alljoy", "allangry", "allsorrow", "allfun", "allsurprised", "allneutral",
        };

        /// <summary>A row of <see cref="Bases"/>.</summary>
        internal readonly struct AliasRow
        {
            internal readonly string Alias;
            internal readonly string Source;
            internal readonly MatchTier Tier;
            internal readonly string Convention;

            internal AliasRow(string alias, string source, MatchTier tier, string convention)
            {
                Alias = alias;
                Source = source;
                Tier = tier;
                Convention = convention;
            }
        }

        /// <summary>A row of <see cref="Names"/>; each source gets an equal share, a repeated source a larger one.</summary>
        internal readonly struct NameRow
        {
            internal readonly string Name;
            internal readonly MatchTier Tier;
            internal readonly string Convention;
            internal readonly string[] Sources;

            internal NameRow(string name, MatchTier tier, string convention, params string[] sources)
            {
                Name = name;
                Tier = tier;
                Convention = convention;
                Sources = sources;
            }
        }
    }
}

using System.Collections.Generic;
using System.Linq;
using Facecast.Core;

namespace Facecast.Unity.Tests
{
    /// <summary>Blendshape names as real characters have them, one list for each convention.</summary>
    internal static class RigNames
    {
        /// <summary>VRoid Studio's face mesh, as UniVRM imports it.</summary>
        internal static readonly string[] Vroid =
        {
            "Face.M_F00_000_00_Fcl_ALL_Neutral", "Face.M_F00_000_00_Fcl_ALL_Angry", "Face.M_F00_000_00_Fcl_ALL_Fun",
            "Face.M_F00_000_00_Fcl_ALL_Joy", "Face.M_F00_000_00_Fcl_ALL_Sorrow", "Face.M_F00_000_00_Fcl_ALL_Surprised",
            "Face.M_F00_000_00_Fcl_BRW_Angry", "Face.M_F00_000_00_Fcl_BRW_Surprised", "Face.M_F00_000_00_Fcl_EYE_Close",
            "Face.M_F00_000_00_Fcl_EYE_Close_R", "Face.M_F00_000_00_Fcl_EYE_Close_L", "Face.M_F00_000_00_Fcl_EYE_Spread",
            "Face.M_F00_000_00_Fcl_MTH_Fun", "Face.M_F00_000_00_Fcl_MTH_Sorrow", "Face.M_F00_000_00_Fcl_MTH_A",
            "Face.M_F00_000_00_Fcl_MTH_I", "Face.M_F00_000_00_Fcl_MTH_U", "Face.M_F00_000_00_Fcl_MTH_E", "Face.M_F00_000_00_Fcl_MTH_O",
        };

        /// <summary>The presets of VRM 1.0.</summary>
        internal static readonly string[] Vrm1 =
        {
            "happy", "angry", "sad", "relaxed", "surprised", "aa", "ih", "ou", "ee", "oh", "blink", "blinkLeft", "blinkRight",
            "lookUp", "lookDown", "lookLeft", "lookRight", "neutral",
        };

        /// <summary>The presets of VRM 0.x.</summary>
        internal static readonly string[] Vrm0 =
        {
            "Neutral", "A", "I", "U", "E", "O", "Blink", "Joy", "Angry", "Sorrow", "Fun", "LookUp", "LookDown", "LookLeft",
            "LookRight", "Blink_L", "Blink_R",
        };

        /// <summary>Ready Player Me without ARKit's morph targets.</summary>
        internal static readonly string[] ReadyPlayerMeDefault = { "mouthOpen", "mouthSmile", "eyesClosed", "eyesLookUp", "eyesLookDown" };

        /// <summary>Character Creator 4's extended facial profile, its part that ARKit has too.</summary>
        internal static readonly string[] CharacterCreator =
        {
            "Brow_Raise_Inner_L", "Brow_Raise_Inner_R", "Brow_Raise_Outer_L", "Brow_Raise_Outer_R", "Brow_Drop_L", "Brow_Drop_R",
            "Brow_Compress_L", "Brow_Compress_R", "Eye_Blink_L", "Eye_Blink_R", "Eye_Squint_L", "Eye_Squint_R", "Eye_Wide_L",
            "Eye_Wide_R", "Eye_L_Look_L", "Eye_R_Look_L", "Eye_L_Look_R", "Eye_R_Look_R", "Eye_L_Look_Up", "Eye_R_Look_Up",
            "Eye_L_Look_Down", "Eye_R_Look_Down", "Nose_Sneer_L", "Nose_Sneer_R", "Cheek_Raise_L", "Cheek_Raise_R", "Cheek_Puff_L",
            "Cheek_Puff_R", "Mouth_Smile_L", "Mouth_Smile_R", "Mouth_Frown_L", "Mouth_Frown_R", "Mouth_Stretch_L", "Mouth_Stretch_R",
            "Mouth_Dimple_L", "Mouth_Dimple_R", "Mouth_Press_L", "Mouth_Press_R", "Mouth_Pucker_Up_L", "Mouth_Pucker_Up_R",
            "Mouth_Pucker_Down_L", "Mouth_Pucker_Down_R", "Mouth_Funnel_Up_L", "Mouth_Funnel_Up_R", "Mouth_Funnel_Down_L",
            "Mouth_Funnel_Down_R", "Mouth_Roll_In_Upper_L", "Mouth_Roll_In_Upper_R", "Mouth_Roll_In_Lower_L", "Mouth_Roll_In_Lower_R",
            "Mouth_L", "Mouth_R", "Mouth_Upper_L", "Mouth_Upper_R", "Mouth_Lower_L", "Mouth_Lower_R", "Mouth_Shrug_Upper",
            "Mouth_Shrug_Lower", "Mouth_Up_Upper_L", "Mouth_Up_Upper_R", "Mouth_Down_Lower_L", "Mouth_Down_Lower_R", "Mouth_Close",
            "Jaw_Open", "Jaw_Forward", "Jaw_L", "Jaw_R", "Tongue_Out",
        };

        /// <summary>Unified Expressions' base shapes, each movement split as far as the standard does.</summary>
        internal static readonly string[] UnifiedSplit =
        {
            "EyeLookUpRight", "EyeLookDownRight", "EyeLookInRight", "EyeLookOutRight", "EyeLookUpLeft", "EyeLookDownLeft",
            "EyeLookInLeft", "EyeLookOutLeft", "EyeClosedRight", "EyeClosedLeft", "EyeSquintRight", "EyeSquintLeft", "EyeWideRight",
            "EyeWideLeft", "BrowPinchRight", "BrowPinchLeft", "BrowLowererRight", "BrowLowererLeft", "BrowInnerUpRight",
            "BrowInnerUpLeft", "BrowOuterUpRight", "BrowOuterUpLeft", "NoseSneerRight", "NoseSneerLeft", "CheekSquintRight",
            "CheekSquintLeft", "CheekPuffRight", "CheekPuffLeft", "JawOpen", "JawRight", "JawLeft", "JawForward", "MouthClosed",
            "LipSuckUpperRight", "LipSuckUpperLeft", "LipSuckLowerRight", "LipSuckLowerLeft", "LipFunnelUpperRight",
            "LipFunnelUpperLeft", "LipFunnelLowerRight", "LipFunnelLowerLeft", "LipPuckerUpperRight", "LipPuckerUpperLeft",
            "LipPuckerLowerRight", "LipPuckerLowerLeft", "MouthUpperUpRight", "MouthUpperUpLeft", "MouthLowerDownRight",
            "MouthLowerDownLeft", "MouthUpperRight", "MouthUpperLeft", "MouthLowerRight", "MouthLowerLeft", "MouthCornerPullRight",
            "MouthCornerPullLeft", "MouthCornerSlantRight", "MouthCornerSlantLeft", "MouthFrownRight", "MouthFrownLeft",
            "MouthStretchRight", "MouthStretchLeft", "MouthDimpleRight", "MouthDimpleLeft", "MouthRaiserUpper", "MouthRaiserLower",
            "MouthPressRight", "MouthPressLeft", "TongueOut",
        };

        /// <summary>Unified Expressions' blended shapes, as light avatars have them.</summary>
        internal static readonly string[] UnifiedMerged =
        {
            "EyeClosed", "EyeWide", "EyeSquint", "BrowDown", "BrowInnerUp", "BrowOuterUp", "CheekPuff", "CheekSquint", "NoseSneer",
            "JawOpen", "MouthClosed", "LipSuckUpper", "LipSuckLower", "LipFunnel", "LipPucker", "MouthUpperUp", "MouthLowerDown",
            "MouthSmile", "MouthSad", "MouthStretch", "MouthDimple", "MouthPress", "TongueOut",
        };

        /// <summary>HTC SRanipal's lip and eye shapes, which many VRChat avatars carry.</summary>
        internal static readonly string[] Sranipal =
        {
            "Eye_Left_Blink", "Eye_Right_Blink", "Eye_Left_Wide", "Eye_Right_Wide", "Eye_Left_squeeze", "Eye_Right_squeeze",
            "Eye_Left_Left", "Eye_Left_Right", "Eye_Right_Left", "Eye_Right_Right", "Eye_Left_Up", "Eye_Right_Up", "Jaw_Open",
            "Jaw_Left", "Jaw_Right", "Jaw_Forward", "Mouth_Ape_Shape", "Mouth_Smile_Left", "Mouth_Smile_Right", "Mouth_Sad_Left",
            "Mouth_Sad_Right", "Mouth_Pout", "Cheek_Puff_Left", "Cheek_Puff_Right", "Mouth_Upper_UpLeft", "Mouth_Upper_UpRight",
            "Mouth_Lower_DownLeft", "Mouth_Lower_DownRight", "Mouth_Upper_Inside", "Mouth_Lower_Inside", "Mouth_Lower_Overlay",
            "Tongue_LongStep1",
        };

        /// <summary>ARKit's 52 names.</summary>
        internal static IEnumerable<string> Arkit()
        {
            return WireTables.Blendshapes;
        }

        /// <summary>ARKit's names in the form of Maya and Faceshift: <c>eyeBlink_L</c>.</summary>
        internal static IEnumerable<string> ArkitWithLetters()
        {
            return WireTables.Blendshapes.Select(WithLetter);
        }

        /// <summary>ARKit's names in snake case: <c>eye_blink_left</c>.</summary>
        internal static IEnumerable<string> ArkitInSnakeCase()
        {
            return WireTables.Blendshapes.Select(name => string.Join("_", ShapeName.Words(name).ToArray()));
        }

        /// <summary>ARKit's names as iClone exports them: <c>A14_Eye_Blink_Left</c>.</summary>
        internal static IEnumerable<string> ArkitNumbered()
        {
            return ArkitInSnakeCase().Select((name, i) => "A" + (i + 1).ToString("00") + "_" + name);
        }

        /// <summary>Perfect Sync's clips: <c>EyeBlinkLeft</c>.</summary>
        internal static IEnumerable<string> PerfectSync()
        {
            return WireTables.Blendshapes.Select(name => char.ToUpperInvariant(name[0]) + name.Substring(1));
        }

        private static string WithLetter(string name)
        {
            if (name.EndsWith("Left") && name != "jawLeft" && name != "mouthLeft")
            {
                return name.Substring(0, name.Length - 4) + "_L";
            }

            bool right = name.EndsWith("Right") && name != "jawRight" && name != "mouthRight";
            return right ? name.Substring(0, name.Length - 5) + "_R" : name;
        }
    }
}

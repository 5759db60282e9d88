// The wire's tables. GENERATED from proto/schema.toml by `python -m proto.generate`; do not edit.

namespace Facecast.Core
{
    /// <summary>Names, order, ids and scales of the wire, the same for every client and the server.</summary>
    public static class WireTables
    {
        public const int ProtocolVersion = 1;
        public const string Subprotocol = "facecast.v1.msgpack";
        public const string StreamPath = "/v1/stream";
        public const int BlendshapeCount = 52;
        public const int ActionUnitCount = 18;
        public const int LandmarkCount = 98;
        public const int StageCount = 7;

        public const int ActionUnitMax = 5;
        public const int BoxScale = 8192;
        public const int LandmarkScale = 32768;
        public const int LandmarkOffset = 16384;
        public const int QuaternionScale = 32767;
        public const int TranslationScale = 1000;
        public const int GazeScale = 10000;
        public const int TimingStepUs = 10;

        /// <summary>The 52 weights in the order of the wire.</summary>
        public static readonly string[] Blendshapes =
        {
            "eyeBlinkLeft",
            "eyeLookDownLeft",
            "eyeLookInLeft",
            "eyeLookOutLeft",
            "eyeLookUpLeft",
            "eyeSquintLeft",
            "eyeWideLeft",
            "eyeBlinkRight",
            "eyeLookDownRight",
            "eyeLookInRight",
            "eyeLookOutRight",
            "eyeLookUpRight",
            "eyeSquintRight",
            "eyeWideRight",
            "jawForward",
            "jawLeft",
            "jawRight",
            "jawOpen",
            "mouthClose",
            "mouthFunnel",
            "mouthPucker",
            "mouthLeft",
            "mouthRight",
            "mouthSmileLeft",
            "mouthSmileRight",
            "mouthFrownLeft",
            "mouthFrownRight",
            "mouthDimpleLeft",
            "mouthDimpleRight",
            "mouthStretchLeft",
            "mouthStretchRight",
            "mouthRollLower",
            "mouthRollUpper",
            "mouthShrugLower",
            "mouthShrugUpper",
            "mouthPressLeft",
            "mouthPressRight",
            "mouthLowerDownLeft",
            "mouthLowerDownRight",
            "mouthUpperUpLeft",
            "mouthUpperUpRight",
            "browDownLeft",
            "browDownRight",
            "browInnerUp",
            "browOuterUpLeft",
            "browOuterUpRight",
            "cheekPuff",
            "cheekSquintLeft",
            "cheekSquintRight",
            "noseSneerLeft",
            "noseSneerRight",
            "tongueOut",
        };

        /// <summary>The region of each weight.</summary>
        public static readonly string[] BlendshapeGroups =
        {
            "eye",
            "eye",
            "eye",
            "eye",
            "eye",
            "eye",
            "eye",
            "eye",
            "eye",
            "eye",
            "eye",
            "eye",
            "eye",
            "eye",
            "jaw",
            "jaw",
            "jaw",
            "jaw",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "mouth",
            "brow",
            "brow",
            "brow",
            "brow",
            "brow",
            "cheek",
            "cheek",
            "cheek",
            "nose",
            "nose",
            "tongue",
        };

        /// <summary>The 18 intensities in the order of the wire.</summary>
        public static readonly string[] ActionUnits =
        {
            "AU01",
            "AU02",
            "AU04",
            "AU05",
            "AU06",
            "AU07",
            "AU09",
            "AU10",
            "AU12",
            "AU14",
            "AU15",
            "AU17",
            "AU20",
            "AU23",
            "AU25",
            "AU26",
            "AU28",
            "AU45",
        };

        /// <summary>The name of each action unit.</summary>
        public static readonly string[] ActionUnitNames =
        {
            "inner brow raiser",
            "outer brow raiser",
            "brow lowerer",
            "upper lid raiser",
            "cheek raiser",
            "lid tightener",
            "nose wrinkler",
            "upper lip raiser",
            "lip corner puller",
            "dimpler",
            "lip corner depressor",
            "chin raiser",
            "lip stretcher",
            "lip tightener",
            "lips part",
            "jaw drop",
            "lip suck",
            "blink",
        };

        /// <summary>The server's steps in the order of a packet's timings.</summary>
        public static readonly string[] Stages =
        {
            "decode",
            "track",
            "detect",
            "landmarks",
            "pose",
            "expression",
            "smooth",
        };

        /// <summary>What a participant may be.</summary>
        public static readonly string[] Roles =
        {
            "publisher",
            "viewer",
            "both",
        };

        /// <summary>The landmarks' groups, in the order of the points.</summary>
        public static readonly string[] LandmarkGroups =
        {
            "contour",
            "right_brow",
            "left_brow",
            "nose",
            "right_eye",
            "left_eye",
            "outer_lip",
            "inner_lip",
            "right_pupil",
            "left_pupil",
        };

        /// <summary>The first landmark of each group.</summary>
        public static readonly int[] LandmarkGroupStarts = { 0, 33, 42, 51, 60, 68, 76, 88, 96, 97 };

        /// <summary>Ids on the wire: messages.</summary>
        public static class MessageId
        {
            public const int Manifest = 1;
            public const int Packet = 2;
            public const int Event = 3;
            public const int Neutral = 4;
            public const int Pong = 5;
            public const int Error = 6;
            public const int Hello = 16;
            public const int Frame = 17;
            public const int Calibrate = 18;
            public const int SetNeutral = 19;
            public const int Ping = 20;
            public const int Options = 21;
        }

        /// <summary>Ids on the wire: formats.</summary>
        public static class FormatId
        {
            public const int Jpeg = 1;
            public const int Png = 2;
            public const int Webp = 3;
            public const int Rgb8 = 4;
            public const int Bgr8 = 5;
            public const int Nv12 = 6;
        }

        /// <summary>Ids on the wire: encodings.</summary>
        public static class EncodingId
        {
            public const int U8 = 0;
            public const int U16 = 1;
            public const int F32 = 2;
        }

        /// <summary>Ids on the wire: events.</summary>
        public static class EventId
        {
            public const int Joined = 1;
            public const int Left = 2;
            public const int LostFace = 3;
            public const int Clock = 4;
        }

        /// <summary>Default limits; the manifest tells those in force.</summary>
        public static class Limit
        {
            public const int MessageBytes = 8388608;
            public const int Pixels = 8294400;
            public const int FramesPerSecond = 60;
            public const int Faces = 8;
            public const int NeutralBytes = 16384;
            public const int NameCharacters = 64;
            public const int RoomCharacters = 64;
            public const int RoomParticipants = 64;
            public const int PacketBytes = 150;
        }

        /// <summary>Codes of error messages.</summary>
        public static class ErrorCode
        {
            public const string BadMessage = "bad_message";
            public const string UnsupportedFormat = "unsupported_format";
            public const string BadImage = "bad_image";
            public const string TooLarge = "too_large";
            public const string TooManyPixels = "too_many_pixels";
            public const string Rate = "rate";
            public const string Overloaded = "overloaded";
            public const string WrongRole = "wrong_role";
            public const string BadNeutral = "bad_neutral";
            public const string NoFace = "no_face";
            public const string Internal = "internal";
            public const string BadRequest = "bad_request";
            public const string Subprotocol = "subprotocol";
            public const string RoomFull = "room_full";
            public const string Version = "version";
            public const string Flooding = "flooding";
            public const string ShuttingDown = "shutting_down";
            public const string ServerFull = "server_full";
        }

        /// <summary>WebSocket close codes after a fatal error.</summary>
        public static class CloseCode
        {
            public const int TooLarge = 1009;
            public const int BadRequest = 4400;
            public const int Subprotocol = 4406;
            public const int RoomFull = 4409;
            public const int Version = 4426;
            public const int Flooding = 4429;
            public const int ShuttingDown = 4503;
            public const int ServerFull = 4504;
        }
    }
}

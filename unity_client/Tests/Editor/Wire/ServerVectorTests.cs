using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    /// <summary>Every vector of the wire that a server sends.</summary>
    [TestFixture]
    public sealed class ServerVectorTests
    {
        private const double Tolerance = 1e-6;

        public static IEnumerable<string> ValidNames()
        {
            return OfDirection("valid");
        }

        public static IEnumerable<string> InvalidNames()
        {
            return OfDirection("invalid");
        }

        [TestCaseSource("ValidNames")]
        public void ValidVectorDecodesToItsJson(string name)
        {
            byte[] bytes = Vectors.Bytes("valid", name);
            Dictionary<string, object> json = Vectors.Json("valid", name);
            ServerMessageDecoder decoder = new ServerMessageDecoder();

            ServerMessageKind kind = decoder.Decode(bytes, 0, bytes.Length);

            Assert.That(decoder.Problem, Is.Null);
            Assert.That(decoder.ErrorCode, Is.Null);
            Assert.That(kind.ToString().ToLowerInvariant(), Is.EqualTo(json["type"]));
            Compare(decoder, kind, (Dictionary<string, object>)json["message"]);
        }

        [TestCaseSource("ValidNames")]
        public void ValidVectorDecodesAnywhereInABuffer(string name)
        {
            byte[] bytes = Vectors.Bytes("valid", name);
            byte[] buffer = new byte[bytes.Length + 20];
            for (int i = 0; i < buffer.Length; i++)
            {
                buffer[i] = 0xC1;
            }

            bytes.CopyTo(buffer, 7);
            ServerMessageDecoder decoder = new ServerMessageDecoder();
            ServerMessageKind kind = decoder.Decode(buffer, 7, bytes.Length);
            Compare(decoder, kind, (Dictionary<string, object>)Vectors.Json("valid", name)["message"]);
        }

        [TestCaseSource("ValidNames")]
        public void EveryTruncationIsRefused(string name)
        {
            byte[] bytes = Vectors.Bytes("valid", name);
            ServerMessageDecoder decoder = new ServerMessageDecoder();
            int step = bytes.Length > 4096 ? 61 : 1; // the largest vectors in part: all lengths of them take seconds
            for (int count = 0; count < bytes.Length; count += step)
            {
                Assert.That(decoder.Decode(bytes, 0, count), Is.EqualTo(ServerMessageKind.Invalid), "the first " + count + " bytes");
            }
        }

        [TestCaseSource("InvalidNames")]
        public void InvalidVectorFailsWithItsErrorAndLeavesTheLastFrame(string name)
        {
            byte[] bytes = Vectors.Bytes("invalid", name);
            Dictionary<string, object> json = Vectors.Json("invalid", name);
            ServerMessageDecoder decoder = new ServerMessageDecoder();
            byte[] before = Vectors.Bytes("valid", "packet_eight_faces");
            decoder.Decode(before, 0, before.Length);
            FacePacket packet = decoder.Packet;

            ServerMessageKind kind = decoder.Decode(bytes, 0, bytes.Length);

            Assert.That(kind, Is.EqualTo(ServerMessageKind.Invalid));
            Assert.That(decoder.ErrorCode, Is.EqualTo(json["error"]));
            Assert.That(decoder.Problem, Is.Not.Empty);
            Assert.That(decoder.Packet, Is.SameAs(packet));
            ComparePacket(packet, (Dictionary<string, object>)Vectors.Json("valid", "packet_eight_faces")["message"]);
        }

        private static IEnumerable<string> OfDirection(string folder)
        {
            List<string> chosen = new List<string>();
            foreach (string name in Vectors.Names(folder))
            {
                if (name.Contains(" ") || (string)Vectors.Json(folder, name)["direction"] == "server")
                {
                    chosen.Add(name);
                }
            }

            return chosen;
        }

        private static void Compare(ServerMessageDecoder decoder, ServerMessageKind kind, Dictionary<string, object> expected)
        {
            switch (kind)
            {
                case ServerMessageKind.Packet:
                    ComparePacket(decoder.Packet, expected);
                    break;
                case ServerMessageKind.Event:
                    CompareEvent(decoder.Event, expected);
                    break;
                case ServerMessageKind.Neutral:
                    Assert.That(decoder.Neutral, Is.EqualTo(Vectors.FromHex((string)expected["data"])));
                    break;
                case ServerMessageKind.Pong:
                    Assert.That((double)decoder.Pong.Id, Is.EqualTo(expected["id"]));
                    Assert.That(Digits(decoder.Pong.ClientTimeUs), Is.EqualTo(expected["client_time_us"]));
                    Assert.That(Digits(decoder.Pong.ReceiveTimeUs), Is.EqualTo(expected["receive_time_us"]));
                    Assert.That(Digits(decoder.Pong.SendTimeUs), Is.EqualTo(expected["send_time_us"]));
                    break;
                case ServerMessageKind.Error:
                    Assert.That(decoder.Fault.Code, Is.EqualTo(expected["code"]));
                    Assert.That(decoder.Fault.Text, Is.EqualTo(expected["text"]));
                    Assert.That(decoder.Fault.IsFatal, Is.EqualTo(expected["fatal"]));
                    Assert.That((double?)decoder.Fault.Sequence, Is.EqualTo((double?)expected["sequence"]));
                    break;
                case ServerMessageKind.Manifest:
                    CompareManifest(decoder.Manifest, expected);
                    break;
                default:
                    Assert.Fail("expected a message, got " + kind);
                    break;
            }
        }

        private static void ComparePacket(FacePacket packet, Dictionary<string, object> expected)
        {
            Assert.That((double)packet.Participant, Is.EqualTo(expected["participant"]));
            Assert.That((double)packet.Sequence, Is.EqualTo(expected["sequence"]));
            Assert.That(Digits(packet.CaptureTimeUs), Is.EqualTo(expected["capture_time_us"]));
            Assert.That((double)packet.Width, Is.EqualTo(expected["width"]));
            Assert.That((double)packet.Height, Is.EqualTo(expected["height"]));
            Assert.That(packet.Encoding.ToString().ToLowerInvariant(), Is.EqualTo(expected["encoding"]));
            Assert.That(packet.HasLandmarks, Is.EqualTo(expected["landmarks"]));
            CompareNumbers(packet.StageTimesMs, expected["timings_ms"], 1e-4);
            List<object> faces = (List<object>)expected["faces"];
            Assert.That(packet.FaceCount, Is.EqualTo(faces.Count));
            for (int i = 0; i < faces.Count; i++)
            {
                CompareFace(packet.GetFace(i), (Dictionary<string, object>)faces[i]);
            }
        }

        private static void CompareFace(FaceFrame face, Dictionary<string, object> expected)
        {
            Assert.That((double)face.Track, Is.EqualTo(expected["track"]));
            Assert.That(face.Score, Is.EqualTo((double)expected["score"]).Within(Tolerance));
            CompareNumbers(new[] { face.Box.X0, face.Box.Y0, face.Box.X1, face.Box.Y1 }, expected["box"], Tolerance);
            HeadRotation turn = face.Rotation;
            CompareNumbers(new[] { turn.X, turn.Y, turn.Z, turn.W }, expected["quaternion"], Tolerance);
            HeadTranslation place = face.Translation;
            CompareNumbers(new[] { place.X, place.Y, place.Z }, expected["translation_m"], 3e-6); // -32.767 in single precision
            GazeAngles gaze = face.Gaze;
            CompareNumbers(new[] { gaze.LeftYaw, gaze.LeftPitch, gaze.RightYaw, gaze.RightPitch }, expected["gaze_rad"], Tolerance);
            CompareNumbers(face.Blendshapes, expected["blendshapes"], Tolerance);
            CompareNumbers(face.ActionUnits, expected["action_units"], Tolerance);
            CompareEnds(face.Blendshapes, expected["blendshapes"], 1.0);
            CompareEnds(face.ActionUnits, expected["action_units"], 5.0);
            Assert.That(face.HasLandmarks, Is.EqualTo(expected.ContainsKey("landmarks")));
            if (face.HasLandmarks)
            {
                List<object> flat = new List<object>();
                foreach (object point in (List<object>)expected["landmarks"])
                {
                    flat.AddRange((List<object>)point);
                }

                CompareNumbers(face.Landmarks, flat, Tolerance);
            }
        }

        /// <summary>The ends of the range are exact, whatever the tolerance.</summary>
        private static void CompareEnds(float[] actual, object expected, double top)
        {
            List<object> values = (List<object>)expected;
            for (int i = 0; i < actual.Length; i++)
            {
                if ((double)values[i] == 0.0 || (double)values[i] == top)
                {
                    Assert.That((double)actual[i], Is.EqualTo((double)values[i]));
                }
            }
        }

        private static void CompareEvent(RoomEvent actual, Dictionary<string, object> expected)
        {
            string[] kinds = { "unknown", "joined", "left", "lost_face", "clock" };
            string role = actual.Role.HasValue ? actual.Role.Value.ToString().ToLowerInvariant() : null;
            string offset = actual.ClockOffsetUs.HasValue ? actual.ClockOffsetUs.Value.ToString(CultureInfo.InvariantCulture) : null;
            Assert.That(kinds[(int)actual.Kind], Is.EqualTo(expected["kind"]));
            Assert.That((double)actual.Participant, Is.EqualTo(expected["participant"]));
            Assert.That(actual.Name, Is.EqualTo(expected["name"]));
            Assert.That((double?)actual.Track, Is.EqualTo((double?)expected["track"]));
            Assert.That(role, Is.EqualTo(expected["role"]));
            Assert.That(offset, Is.EqualTo(expected["clock_offset_us"]));
        }

        private static void CompareManifest(Manifest actual, Dictionary<string, object> expected)
        {
            Assert.That((double)actual.Protocol, Is.EqualTo(expected["protocol"]));
            Assert.That((double)actual.Participant, Is.EqualTo(expected["participant"]));
            Assert.That(actual.Server, Is.EqualTo(expected["server"]));
            Assert.That(actual.Room, Is.EqualTo(expected["room"]));
            Assert.That(actual.Name, Is.EqualTo(expected["name"]));
            Assert.That(actual.Role.ToString().ToLowerInvariant(), Is.EqualTo(expected["role"]));
            Assert.That(Digits(actual.ServerTimeUs), Is.EqualTo(expected["server_time_us"]));
            Assert.That(actual.Profile, Is.EqualTo(expected["profile"]));
            Assert.That(actual.Backend, Is.EqualTo(expected["backend"]));
            Assert.That(actual.Stages, Is.EqualTo((ICollection)expected["stages"]));
            Assert.That(actual.Formats, Is.EqualTo((ICollection)expected["formats"]));
            Assert.That(actual.Encodings, Is.EqualTo((ICollection)expected["encodings"]));
            CompareCoefficients(actual.Blendshapes, expected, "blendshapes");
            CompareCoefficients(actual.ActionUnits, expected, "action_units");
            CompareRest(actual, expected);
        }

        private static void CompareRest(Manifest actual, Dictionary<string, object> expected)
        {
            List<object> participants = (List<object>)expected["participants"];
            Assert.That(actual.Participants.Count, Is.EqualTo(participants.Count));
            for (int i = 0; i < participants.Count; i++)
            {
                List<object> row = (List<object>)participants[i];
                Assert.That((double)actual.Participants[i].Id, Is.EqualTo(row[0]));
                Assert.That(actual.Participants[i].Name, Is.EqualTo(row[1]));
                Assert.That(actual.Participants[i].Role.ToString().ToLowerInvariant(), Is.EqualTo(row[2]));
            }

            Dictionary<string, object> limits = (Dictionary<string, object>)expected["limits"];
            Assert.That(actual.Limits.MessageBytes, Is.EqualTo(limits["message_bytes"]));
            Assert.That(actual.Limits.Pixels, Is.EqualTo(limits["pixels"]));
            Assert.That(actual.Limits.FramesPerSecond, Is.EqualTo(limits["frames_per_second"]));
            Assert.That(actual.Limits.Faces, Is.EqualTo(limits["faces"]));
            Assert.That(actual.Limits.RoomParticipants, Is.EqualTo(limits["room_participants"]));
            Dictionary<string, object> models = (Dictionary<string, object>)expected["models"];
            Assert.That(actual.Models.Count, Is.EqualTo(models.Count));
            foreach (KeyValuePair<string, object> model in models)
            {
                Assert.That(actual.Models[model.Key], Is.EqualTo(model.Value));
            }
        }

        private static void CompareCoefficients(IReadOnlyList<CoefficientInfo> actual, Dictionary<string, object> expected, string key)
        {
            List<object> names = (List<object>)expected[key];
            List<object> estimated = (List<object>)expected[key + "_estimated"];
            List<object> quality = (List<object>)expected[key + "_quality"];
            Assert.That(actual.Count, Is.EqualTo(names.Count));
            for (int i = 0; i < names.Count; i++)
            {
                Assert.That(actual[i].Name, Is.EqualTo(names[i]));
                Assert.That(actual[i].IsEstimated, Is.EqualTo(estimated[i]));
                Assert.That((double?)actual[i].Quality, Is.EqualTo((double?)quality[i]));
            }
        }

        private static void CompareNumbers(float[] actual, object expected, double tolerance)
        {
            List<object> values = (List<object>)expected;
            Assert.That(actual.Length, Is.EqualTo(values.Count));
            for (int i = 0; i < actual.Length; i++)
            {
                Assert.That((double)actual[i], Is.EqualTo((double)values[i]).Within(tolerance), "number " + i);
            }
        }

        private static string Digits(ulong value)
        {
            return value.ToString(CultureInfo.InvariantCulture);
        }
    }
}

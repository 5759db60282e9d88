using System;
using System.Collections.Generic;
using System.Globalization;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    /// <summary>Every vector of the wire that a client sends: written to the very bytes, and read back.</summary>
    [TestFixture]
    public sealed class ClientVectorTests
    {
        public static IEnumerable<string> ValidNames()
        {
            return OfDirection("valid");
        }

        public static IEnumerable<string> InvalidNames()
        {
            return OfDirection("invalid");
        }

        [TestCaseSource("ValidNames")]
        public void ValuesOfAVectorAreWrittenToItsBytes(string name)
        {
            byte[] bytes = Vectors.Bytes("valid", name);
            Dictionary<string, object> json = Vectors.Json("valid", name);
            ClientMessageWriter writer = new ClientMessageWriter(16);

            Write(writer, (string)json["type"], (Dictionary<string, object>)json["message"]);

            byte[] written = new byte[writer.Count];
            Buffer.BlockCopy(writer.Buffer, 0, written, 0, written.Length);
            if ((bool)json["canonical"])
            {
                Assert.That(written, Is.EqualTo(bytes));
            }

            AssertReads(written, json);
        }

        [TestCaseSource("ValidNames")]
        public void ValidVectorIsRead(string name)
        {
            AssertReads(Vectors.Bytes("valid", name), Vectors.Json("valid", name));
        }

        [TestCaseSource("InvalidNames")]
        public void InvalidVectorFailsWithItsError(string name)
        {
            byte[] bytes = Vectors.Bytes("invalid", name);
            Dictionary<string, object> json = Vectors.Json("invalid", name);
            ClientMessageReader reader = new ClientMessageReader();
            if (json.ContainsKey("limits"))
            {
                reader.MaxMessageBytes = (int)(double)((Dictionary<string, object>)json["limits"])["message_bytes"];
            }

            Assert.That(reader.Read(bytes, 0, bytes.Length), Is.EqualTo(json["error"]));
        }

        private static IEnumerable<string> OfDirection(string folder)
        {
            List<string> chosen = new List<string>();
            foreach (string name in Vectors.Names(folder))
            {
                if (name.Contains(" ") || (string)Vectors.Json(folder, name)["direction"] == "client")
                {
                    chosen.Add(name);
                }
            }

            return chosen;
        }

        private static void Write(ClientMessageWriter writer, string type, Dictionary<string, object> values)
        {
            switch (type)
            {
                case "hello":
                    writer.WriteHello((string)values["client"], Options(values["options"]), Bytes(values["neutral"]));
                    break;
                case "frame":
                    WriteFrame(writer, values);
                    break;
                case "calibrate":
                    writer.WriteCalibrate();
                    break;
                case "set_neutral":
                    writer.WriteSetNeutral(Bytes(values["data"]));
                    break;
                case "ping":
                    WritePing(writer, values);
                    break;
                default:
                    writer.WriteOptions(Options(values["options"]));
                    break;
            }
        }

        private static void WriteFrame(ClientMessageWriter writer, Dictionary<string, object> values)
        {
            byte[] payload = Bytes(values["payload"]);
            byte[] around = new byte[payload.Length + 9]; // as a slice of a larger buffer
            payload.CopyTo(around, 4);
            PictureFormat format = (PictureFormat)Enum.Parse(typeof(PictureFormat), (string)values["format"], true);
            int width = (int)((double?)values["width"] ?? 0.0);
            int height = (int)((double?)values["height"] ?? 0.0);
            uint sequence = (uint)(double)values["sequence"];
            writer.WriteFrame(sequence, Unsigned(values["capture_time_us"]), format, around, 4, payload.Length, width, height);
        }

        private static void WritePing(ClientMessageWriter writer, Dictionary<string, object> values)
        {
            uint id = (uint)(double)values["id"];
            ulong time = Unsigned(values["client_time_us"]);
            if (values["clock_offset_us"] == null)
            {
                writer.WritePing(id, time);
            }
            else
            {
                long offset = long.Parse((string)values["clock_offset_us"], CultureInfo.InvariantCulture);
                writer.WritePing(id, time, offset, (uint)(double)values["round_trip_us"]);
            }
        }

        private static void AssertReads(byte[] bytes, Dictionary<string, object> json)
        {
            ClientMessageReader reader = new ClientMessageReader();
            Dictionary<string, object> expected = (Dictionary<string, object>)json["message"];
            Assert.That(reader.Read(bytes, 0, bytes.Length), Is.Null);
            Assert.That(reader.Type, Is.EqualTo(json["type"]));
            foreach (KeyValuePair<string, object> field in expected)
            {
                object actual = reader.Fields[field.Key];
                if (field.Key == "options")
                {
                    Assert.That(actual, Is.EqualTo(field.Value));
                }
                else if (field.Key == "format")
                {
                    Assert.That(((PictureFormat)(ulong)actual).ToString().ToLowerInvariant(), Is.EqualTo(field.Value));
                }
                else if (actual is byte[])
                {
                    Assert.That(actual, Is.EqualTo(Bytes(field.Value)));
                }
                else
                {
                    Assert.That(Text(actual), Is.EqualTo(Text(field.Value)), field.Key);
                }
            }
        }

        private static ReceiveOptions Options(object values)
        {
            Dictionary<string, object> map = (Dictionary<string, object>)values;
            object encoding;
            object landmarks;
            CoefficientEncoding? chosen = null;
            if (map.TryGetValue("encoding", out encoding))
            {
                chosen = (CoefficientEncoding)Enum.Parse(typeof(CoefficientEncoding), (string)encoding, true);
            }

            return new ReceiveOptions(chosen, map.TryGetValue("landmarks", out landmarks) ? (bool?)landmarks : null);
        }

        private static byte[] Bytes(object hex)
        {
            return hex == null ? null : Vectors.FromHex((string)hex);
        }

        private static ulong Unsigned(object digits)
        {
            return ulong.Parse((string)digits, CultureInfo.InvariantCulture);
        }

        private static string Text(object value)
        {
            return value == null ? null : Convert.ToString(value, CultureInfo.InvariantCulture);
        }
    }
}

using System.Collections.Generic;

namespace Facecast.Core.Tests
{
    /// <summary>Writes what a server sends, for tests of the session.</summary>
    internal static class ServerMessages
    {
        private static readonly WireWriter Writer = new WireWriter();

        public static byte[] Manifest(int participant, string name, string role, params ParticipantInfo[] others)
        {
            Begin(WireTables.MessageId.Manifest, 1);
            Writer.WriteMap(14);
            Number("participant", (ulong)participant);
            Text("room", "lobby");
            Text("name", name);
            Text("role", role);
            Number("server_time_us", 1000000);
            Writer.WriteText("participants");
            Writer.WriteArray(others.Length);
            foreach (ParticipantInfo other in others)
            {
                Writer.WriteArray(3);
                Writer.WriteUnsigned((ulong)other.Id);
                Writer.WriteText(other.Name);
                Writer.WriteText(WireNames.OfRole(other.Role));
            }

            Coefficients("blendshapes", WireTables.Blendshapes);
            Coefficients("action_units", WireTables.ActionUnits);
            Texts("stages", WireTables.Stages);
            Writer.WriteText("limits");
            Writer.WriteMap(0);
            return Take();
        }

        public static byte[] Joined(int participant, string name, string role)
        {
            Begin(WireTables.MessageId.Event, 5);
            Writer.WriteUnsigned(WireTables.EventId.Joined);
            Writer.WriteUnsigned((ulong)participant);
            Writer.WriteText(name);
            Writer.WriteNil();
            Writer.WriteText(role);
            return Take();
        }

        public static byte[] Left(int participant)
        {
            Begin(WireTables.MessageId.Event, 2);
            Writer.WriteUnsigned(WireTables.EventId.Left);
            Writer.WriteUnsigned((ulong)participant);
            return Take();
        }

        public static byte[] LostFace(int participant, uint track)
        {
            Begin(WireTables.MessageId.Event, 4);
            Writer.WriteUnsigned(WireTables.EventId.LostFace);
            Writer.WriteUnsigned((ulong)participant);
            Writer.WriteNil();
            Writer.WriteUnsigned(track);
            return Take();
        }

        public static byte[] ClockOffset(int participant, long offsetUs)
        {
            Begin(WireTables.MessageId.Event, 6);
            Writer.WriteUnsigned(WireTables.EventId.Clock);
            Writer.WriteUnsigned((ulong)participant);
            Writer.WriteNil();
            Writer.WriteNil();
            Writer.WriteNil();
            Writer.WriteSigned(offsetUs);
            return Take();
        }

        public static byte[] Error(string code, string text, bool isFatal)
        {
            Begin(WireTables.MessageId.Error, 3);
            Writer.WriteText(code);
            Writer.WriteText(text);
            Writer.WriteBool(isFatal);
            return Take();
        }

        public static byte[] Neutral(byte[] data)
        {
            Begin(WireTables.MessageId.Neutral, 1);
            Writer.WriteBin(data, 0, data.Length);
            return Take();
        }

        public static byte[] Pong(uint id, ulong clientTimeUs, ulong receiveTimeUs, ulong sendTimeUs)
        {
            Begin(WireTables.MessageId.Pong, 4);
            Writer.WriteUnsigned(id);
            Writer.WriteUnsigned(clientTimeUs);
            Writer.WriteUnsigned(receiveTimeUs);
            Writer.WriteUnsigned(sendTimeUs);
            return Take();
        }

        /// <summary>Write a packet whose faces show one blendshape each: track to weight 0..1.</summary>
        public static byte[] Packet(int participant, uint sequence, ulong captureTimeUs, params KeyValuePair<uint, float>[] faces)
        {
            byte[] head = new byte[17 + 2 * WireTables.StageCount];
            Put(head, 1, sequence, 4);
            Put(head, 5, captureTimeUs, 8);
            Put(head, 13, 640, 2);
            Put(head, 15, 480, 2);
            Begin(WireTables.MessageId.Packet, 3);
            Writer.WriteUnsigned((ulong)participant);
            Writer.WriteBin(head, 0, head.Length);
            Writer.WriteArray(faces.Length);
            foreach (KeyValuePair<uint, float> face in faces)
            {
                byte[] body = new byte[105];
                Put(body, 0, face.Key, 4);
                body[4] = 255;
                Put(body, 19, 32767, 2); // the quaternion's w
                body[35] = (byte)(face.Value * 255f + 0.5f);
                Writer.WriteBin(body, 0, body.Length);
            }

            return Take();
        }

        public static KeyValuePair<uint, float> Face(uint track, float weight)
        {
            return new KeyValuePair<uint, float>(track, weight);
        }

        private static void Coefficients(string key, string[] names)
        {
            Texts(key, names);
            Writer.WriteText(key + "_estimated");
            Writer.WriteArray(names.Length);
            foreach (string name in names)
            {
                Writer.WriteBool(name != "tongueOut");
            }

            Writer.WriteText(key + "_quality");
            Writer.WriteArray(names.Length);
            for (int i = 0; i < names.Length; i++)
            {
                Writer.WriteNil();
            }
        }

        private static void Texts(string key, string[] values)
        {
            Writer.WriteText(key);
            Writer.WriteArray(values.Length);
            foreach (string value in values)
            {
                Writer.WriteText(value);
            }
        }

        private static void Text(string key, string value)
        {
            Writer.WriteText(key);
            Writer.WriteText(value);
        }

        private static void Number(string key, ulong value)
        {
            Writer.WriteText(key);
            Writer.WriteUnsigned(value);
        }

        private static void Begin(int message, int fields)
        {
            Writer.Clear();
            Writer.WriteArray(1 + fields);
            Writer.WriteUnsigned((ulong)message);
        }

        private static void Put(byte[] target, int offset, ulong value, int size)
        {
            for (int i = 0; i < size; i++)
            {
                target[offset + i] = unchecked((byte)(value >> (8 * i)));
            }
        }

        private static byte[] Take()
        {
            byte[] bytes = new byte[Writer.Count];
            System.Buffer.BlockCopy(Writer.Buffer, 0, bytes, 0, bytes.Length);
            return bytes;
        }
    }
}

using System;

namespace Facecast.Core
{
    /// <summary>
    /// Reads the packed parts of a packet: its head and its faces. Layout and scales: proto/SPEC.md, "Packet".
    /// Allocates only when a packet has more faces, or the first landmarks, since the decoder was made.
    /// </summary>
    public sealed class PacketDecoder
    {
        private const int HeadBytes = 17 + 2 * WireTables.StageCount; // flags, sequence, capture time, width, height, timings
        private const int FaceHeadBytes = 5; // track, score
        private const int PoseBytes = 30; // 15 i16: box 4, quaternion 4, translation 3, gaze 4
        private const int CoefficientCount = WireTables.BlendshapeCount + WireTables.ActionUnitCount;
        private const int LandmarkValues = 2 * WireTables.LandmarkCount;
        private const int EncodingMask = 3;
        private const int LandmarksBit = 4;

        private FacePacket _packet = new FacePacket();
        private FacePacket _next = new FacePacket();

        /// <summary>
        /// The last packet that was decoded without fault. Valid until the next decoding without fault, which
        /// gives another object; a fault leaves it as it is.
        /// </summary>
        public FacePacket Packet
        {
            get { return _packet; }
        }

        /// <summary>What was wrong with the bytes, after <see cref="TryDecode"/> gave false.</summary>
        public string Problem { get; private set; }

        /// <summary>
        /// Read the fields of a packet's message after its id. <paramref name="fields"/> is how many there are;
        /// those of later versions are left unread.
        /// </summary>
        public bool TryDecode(ref WireReader reader, byte[] buffer, int fields)
        {
            ulong participant;
            int offset;
            int count;
            if (fields < 3 || !reader.TryReadUnsigned(ushort.MaxValue, out participant))
            {
                return Refuse("packet.participant: expected a number of 16 bits");
            }

            if (!reader.TryReadBin(out offset, out count) || count < HeadBytes)
            {
                return Refuse("packet.head: expected bin of 31 bytes or more");
            }

            _next.Participant = (int)participant;
            if (!TryReadHead(buffer, offset) || !TryReadFaces(ref reader, buffer))
            {
                return false;
            }

            FacePacket last = _packet;
            _packet = _next;
            _next = last;
            return true;
        }

        private bool TryReadHead(byte[] buffer, int offset)
        {
            int encoding = buffer[offset] & EncodingMask;
            if (encoding > WireTables.EncodingId.F32)
            {
                return Refuse("packet.head: expected an encoding of 0..2, got 3");
            }

            _next.Encoding = (CoefficientEncoding)encoding;
            _next.HasLandmarks = (buffer[offset] & LandmarksBit) != 0;
            _next.Sequence = LittleEndian.ReadU32(buffer, offset + 1);
            _next.CaptureTimeUs = LittleEndian.ReadU64(buffer, offset + 5);
            _next.Width = LittleEndian.ReadU16(buffer, offset + 13);
            _next.Height = LittleEndian.ReadU16(buffer, offset + 15);
            for (int i = 0; i < WireTables.StageCount; i++)
            {
                int ticks = LittleEndian.ReadU16(buffer, offset + 17 + 2 * i);
                _next.StageTimesMs[i] = ticks * (WireTables.TimingStepUs / 1000f);
            }

            return true;
        }

        private bool TryReadFaces(ref WireReader reader, byte[] buffer)
        {
            int faces;
            if (!reader.TryReadArray(out faces))
            {
                return Refuse("packet.faces: expected a list");
            }

            int coefficientBytes = CoefficientCount << (int)_next.Encoding; // 1, 2 or 4 bytes each
            int expected = FaceHeadBytes + PoseBytes + coefficientBytes + (_next.HasLandmarks ? 2 * LandmarkValues : 0);
            _next.ClearFaces();
            for (int i = 0; i < faces; i++)
            {
                int offset;
                int count;
                if (!reader.TryReadBin(out offset, out count) || count < expected)
                {
                    return Refuse("packet.faces: expected bin of a whole face");
                }

                if (!TryReadFace(buffer, offset, _next.AddFace()))
                {
                    return false;
                }
            }

            return true;
        }

        private bool TryReadFace(byte[] buffer, int offset, FaceFrame face)
        {
            face.Track = LittleEndian.ReadU32(buffer, offset);
            face.Score = buffer[offset + 4] / 255f;
            face.Presence = 1f;
            face.CaptureTimeUs = _next.CaptureTimeUs;
            int coefficients = offset + FaceHeadBytes + PoseBytes;
            if (!TryReadPose(buffer, offset + FaceHeadBytes, face))
            {
                return Refuse("packet.faces: expected a rotation, got a quaternion of length 0");
            }

            if (!TryReadCoefficients(buffer, coefficients, face))
            {
                return Refuse("packet.faces: expected weights of 0..1 and intensities of 0..5");
            }

            face.HasLandmarks = _next.HasLandmarks;
            if (_next.HasLandmarks)
            {
                ReadLandmarks(buffer, coefficients + (CoefficientCount << (int)_next.Encoding), face.Landmarks);
            }

            return true;
        }

        private static bool TryReadPose(byte[] buffer, int offset, FaceFrame face)
        {
            const float box = WireTables.BoxScale;
            const float metres = WireTables.TranslationScale;
            const float radians = WireTables.GazeScale;
            face.Box = new FaceBox(
                LittleEndian.ReadI16(buffer, offset) / box,
                LittleEndian.ReadI16(buffer, offset + 2) / box,
                LittleEndian.ReadI16(buffer, offset + 4) / box,
                LittleEndian.ReadI16(buffer, offset + 6) / box);
            face.Translation = new HeadTranslation(
                LittleEndian.ReadI16(buffer, offset + 16) / metres,
                LittleEndian.ReadI16(buffer, offset + 18) / metres,
                LittleEndian.ReadI16(buffer, offset + 20) / metres);
            face.Gaze = new GazeAngles(
                LittleEndian.ReadI16(buffer, offset + 22) / radians,
                LittleEndian.ReadI16(buffer, offset + 24) / radians,
                LittleEndian.ReadI16(buffer, offset + 26) / radians,
                LittleEndian.ReadI16(buffer, offset + 28) / radians);
            return TryReadRotation(buffer, offset + 8, face);
        }

        private static bool TryReadRotation(byte[] buffer, int offset, FaceFrame face)
        {
            double x = LittleEndian.ReadI16(buffer, offset);
            double y = LittleEndian.ReadI16(buffer, offset + 2);
            double z = LittleEndian.ReadI16(buffer, offset + 4);
            double w = LittleEndian.ReadI16(buffer, offset + 6);
            double length = Math.Sqrt(x * x + y * y + z * z + w * w);
            if (length == 0.0)
            {
                return false;
            }

            face.Rotation = new HeadRotation((float)(x / length), (float)(y / length), (float)(z / length), (float)(w / length));
            return true;
        }

        private bool TryReadCoefficients(byte[] buffer, int offset, FaceFrame face)
        {
            int actionUnits = offset + (WireTables.BlendshapeCount << (int)_next.Encoding);
            return TryReadValues(buffer, offset, face.Blendshapes, 1f)
                && TryReadValues(buffer, actionUnits, face.ActionUnits, WireTables.ActionUnitMax);
        }

        private bool TryReadValues(byte[] buffer, int offset, float[] values, float maximum)
        {
            switch (_next.Encoding)
            {
                case CoefficientEncoding.U8:
                    for (int i = 0; i < values.Length; i++)
                    {
                        values[i] = buffer[offset + i] * maximum / byte.MaxValue;
                    }

                    return true;
                case CoefficientEncoding.U16:
                    for (int i = 0; i < values.Length; i++)
                    {
                        values[i] = LittleEndian.ReadU16(buffer, offset + 2 * i) * maximum / ushort.MaxValue;
                    }

                    return true;
                default:
                    return TryReadSingles(buffer, offset, values, maximum);
            }
        }

        private static bool TryReadSingles(byte[] buffer, int offset, float[] values, float maximum)
        {
            for (int i = 0; i < values.Length; i++)
            {
                float value = LittleEndian.ReadSingle(buffer, offset + 4 * i);
                if (!(value >= 0f && value <= maximum)) // written so that NaN is refused
                {
                    return false;
                }

                values[i] = value;
            }

            return true;
        }

        private static void ReadLandmarks(byte[] buffer, int offset, float[] landmarks)
        {
            for (int i = 0; i < landmarks.Length; i++)
            {
                int raw = LittleEndian.ReadU16(buffer, offset + 2 * i);
                landmarks[i] = (raw - WireTables.LandmarkOffset) / (float)WireTables.LandmarkScale;
            }
        }

        private bool Refuse(string problem)
        {
            Problem = problem;
            return false;
        }
    }
}

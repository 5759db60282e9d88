using System;
using System.Collections.Generic;
using System.Diagnostics;
using Facecast.Core;

namespace Facecast.Benchmark
{
    /// <summary>The way of one packet's faces to their characters, step by step.</summary>
    public sealed class FaceWay
    {
        private const int FirstByteOfHead = 5; // array, id, participant, bin, its length

        private readonly ServerMessageDecoder _decoder = new ServerMessageDecoder();
        private readonly PlaybackClock _clock = new PlaybackClock(new PlaybackOptions());
        private readonly List<SnapshotInterpolator> _faces = new List<SnapshotInterpolator>();
        private readonly FaceFrame _shown = new FaceFrame();
        private readonly float[] _targets = new float[WireTables.BlendshapeCount];
        private readonly WeightMap _map;
        private readonly byte[] _packet;
        private double _now = 10.0;

        public FaceWay(byte[] packet)
        {
            _packet = packet;
            Decode();
            Faces = _decoder.Packet.FaceCount;
            List<WeightBinding> bindings = new List<WeightBinding>();
            for (int i = 0; i < WireTables.BlendshapeCount; i++)
            {
                float[] curve = i % 2 == 0 ? null : new[] { 0f, 0.1f, 0.4f, 0.8f, 1f };
                bindings.Add(new WeightBinding(i, i, 1f, 0f, 0f, 1f, curve));
            }

            _map = new WeightMap(bindings, WireTables.BlendshapeCount);
            for (int i = 0; i < Faces; i++)
            {
                _faces.Add(new SnapshotInterpolator(new PlaybackOptions()));
            }
        }

        public int Faces { get; private set; }

        /// <summary>Decode the packet.</summary>
        public void Decode()
        {
            if (_decoder.Decode(_packet, 0, _packet.Length) != ServerMessageKind.Packet)
            {
                throw new InvalidOperationException(_decoder.Problem);
            }
        }

        /// <summary>Map the face that was shown last, as often as there are faces.</summary>
        public void Map()
        {
            for (int i = 0; i < Faces; i++)
            {
                _map.Apply(_shown, _targets);
            }
        }

        /// <summary>Let a packet come, and show every face.</summary>
        public void Step(double interval)
        {
            bool isRestart;
            Stamp();
            Decode();
            FacePacket packet = _decoder.Packet;
            double time = _clock.Add(packet.CaptureTimeUs, _now, out isRestart);
            for (int i = 0; i < Faces; i++)
            {
                _faces[i].Add(time, packet.GetFace(i));
            }

            _now += interval;
            _clock.Advance(_now);
            for (int i = 0; i < Faces; i++)
            {
                if (_faces[i].TryGet(_clock, _now, _shown))
                {
                    _map.Apply(_shown, _targets);
                }
            }
        }

        /// <summary>Measure an action: microseconds of one, for each block of so many.</summary>
        public static List<double> Time(Action action, int blocks, int each)
        {
            List<double> times = new List<double>(blocks);
            for (int block = 0; block < blocks; block++)
            {
                long start = Stopwatch.GetTimestamp();
                for (int i = 0; i < each; i++)
                {
                    action();
                }

                times.Add((Stopwatch.GetTimestamp() - start) * 1e6 / Stopwatch.Frequency / each);
            }

            return times;
        }

        /// <summary>Write the present time into the packet, so that each one is new.</summary>
        private void Stamp()
        {
            ulong time = (ulong)(_now * 1e6);
            int offset = FirstByteOfHead + 5; // flags and sequence
            for (int i = 0; i < 8; i++)
            {
                _packet[offset + i] = (byte)(time >> (8 * i));
            }
        }
    }
}

using System.Collections.Generic;
using System.Linq;
using Facecast.Core;
using Facecast.Core.Tests;
using Facecast.Unity;
using UnityEngine;

namespace Facecast.Layer.Tests
{
    /// <summary>A client in a scene, with the test in the place of the server.</summary>
    internal sealed class LayerServer
    {
        internal const float FrameSeconds = 1f / 60f;

        private readonly Dictionary<int, uint> _sequences = new Dictionary<int, uint>();

        internal readonly List<FakeTransport> Transports = new List<FakeTransport>();

        internal LayerServer()
        {
            // Inactive while it is set up, so that it does not connect before its transport is there.
            var holder = new GameObject("Facecast");
            holder.SetActive(false);
            Client = holder.AddComponent<FacecastClient>();
            Client.ConnectOnEnable = false;
            Client.KeepNeutralIn(NeutralStorage.PlayerPrefs, "layer-tests");
            Client.Playback.holdSeconds = 0.05f;
            Client.Playback.fadeSeconds = 0.1f;
            holder.SetActive(true);
        }

        internal FacecastClient Client { get; private set; }

        internal FakeTransport Transport
        {
            get { return Transports.Last(); }
        }

        /// <summary>Connect and enter the room with others in it.</summary>
        internal void Enter(params ParticipantInfo[] others)
        {
            Client.TransportFactory = MakeTransport;
            Client.Connect();
            Accept(others);
        }

        internal void Accept(params ParticipantInfo[] others)
        {
            Transport.Accept(MonotonicClock.NowSeconds);
            PlayLoop.Step(FrameSeconds);
            Send(ServerMessages.Manifest(1, "Me", "both", others));
        }

        /// <summary>Deliver a message and run a frame.</summary>
        internal void Send(byte[] message)
        {
            Transport.Deliver(message, MonotonicClock.NowSeconds);
            PlayLoop.Step(FrameSeconds);
        }

        /// <summary>Send several packets of one participant, as a camera at 60 frames a second would, and run frames.</summary>
        internal void SendFaces(int participant, int packets, params KeyValuePair<uint, float>[] faces)
        {
            for (int i = 0; i < packets; i++)
            {
                System.Threading.Thread.Sleep(16);
                uint sequence;
                _sequences.TryGetValue(participant, out sequence);
                _sequences[participant] = sequence + 1;
                Send(ServerMessages.Packet(participant, sequence, MonotonicClock.NowMicroseconds, faces));
            }
        }

        /// <summary>Run frames in real time.</summary>
        internal static void Run(double seconds)
        {
            double end = MonotonicClock.NowSeconds + seconds;
            while (MonotonicClock.NowSeconds < end)
            {
                System.Threading.Thread.Sleep(16);
                PlayLoop.Step(FrameSeconds);
            }
        }

        internal static ParticipantInfo Other(int id, string name)
        {
            return new ParticipantInfo(id, name, ParticipantRole.Both);
        }

        private ITransport MakeTransport()
        {
            Transports.Add(new FakeTransport());
            return Transport;
        }
    }
}

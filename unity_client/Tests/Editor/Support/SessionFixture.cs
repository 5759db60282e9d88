using System.Collections.Generic;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    /// <summary>A session against a server that the test plays; what the session tells is written down.</summary>
    public abstract class SessionFixture
    {
        internal FakeTransport Transport { get; private set; }

        protected SessionOptions Options { get; private set; }

        protected FacecastSession Session { get; private set; }

        /// <summary>What the session told, in order.</summary>
        protected List<string> Log { get; private set; }

        protected double Now { get; set; }

        [SetUp]
        public void MakeSession()
        {
            Now = 1000.0;
            Log = new List<string>();
            Transport = new FakeTransport();
            Options = new SessionOptions { Role = ParticipantRole.Both, Name = "Ada" };
            Session = new FacecastSession(Transport, Options, new Backoff(0.5, 4.0, 1));
            Session.StateChanged += state => Log.Add("state " + state);
            Session.Connected += manifest => Log.Add("connected " + manifest.Participant);
            Session.ParticipantJoined += who => Log.Add("joined " + who.Name);
            Session.ParticipantLeft += who => Log.Add("left " + who.Name);
            Session.FaceAppeared += (who, face) => Log.Add("appeared " + who.Name + " " + face.Track);
            Session.FaceLost += (who, face) => Log.Add("lost " + who.Name + " " + face.Track);
            Session.FaceRemoved += (who, face) => Log.Add("removed " + who.Name + " " + face.Track);
            Session.NeutralCaptured += data => Log.Add("neutral " + data.Length);
            Session.FaultRaised += fault => Log.Add("fault " + fault.Code);
        }

        protected void Enter(params ParticipantInfo[] others)
        {
            Session.Connect(Now);
            Transport.Accept(Now);
            Transport.Deliver(ServerMessages.Manifest(3, "Ada", "both", others), Now);
            Poll(0.0);
            if (Session.State == SessionState.Connected)
            {
                Log.Clear();
            }
        }

        /// <summary>Publish for a while, and look at the face as a character would.</summary>
        protected void Stream(int participant, uint track, float weight, double seconds)
        {
            FaceFrame shown = new FaceFrame();
            for (double end = Now + seconds; Now < end;)
            {
                Transport.Deliver(ServerMessages.Packet(participant, (uint)(Now * 1000.0), CaptureUs(), ServerMessages.Face(track, weight)), Now);
                Poll(1.0 / 30.0);
                Session.TryGetFace(participant, track, Now, shown);
            }
        }

        protected void KeepAlive(double seconds)
        {
            for (double end = Now + seconds; Now < end;)
            {
                Transport.Deliver(ServerMessages.Pong(0, 1, 1, 1), Now);
                Poll(0.1);
            }
        }

        protected ulong CaptureUs()
        {
            return (ulong)(Now * 1e6) + 123456789UL;
        }

        protected void Deliver(byte[] message)
        {
            Transport.Deliver(message, Now);
            Poll(0.0);
        }

        protected void Poll(double later)
        {
            Now += later;
            Session.Poll(Now);
        }

        protected Dictionary<string, object> LastSent(string type)
        {
            for (int i = Transport.Sent.Count - 1; i >= 0; i--)
            {
                ClientMessageReader reader = new ClientMessageReader();
                Assert.That(reader.Read(Transport.Sent[i], 0, Transport.Sent[i].Length), Is.Null);
                if (reader.Type == type)
                {
                    return reader.Fields;
                }
            }

            Assert.Fail("expected a " + type + " to be sent");
            return null;
        }
    }
}

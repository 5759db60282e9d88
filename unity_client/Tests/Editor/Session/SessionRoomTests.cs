using System.Collections.Generic;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    /// <summary>Who is in the room, and their faces.</summary>
    [TestFixture]
    public sealed class SessionRoomTests : SessionFixture
    {
        [Test]
        public void LateJoinerSeesEveryone()
        {
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher), new ParticipantInfo(2, "Cy", ParticipantRole.Viewer));
            Assert.That(Session.Room.Participants.Count, Is.EqualTo(3));
            Assert.That(Session.Room.Find(1).Name, Is.EqualTo("Bob"));
            Assert.That(Session.Room.Find("Cy").Id, Is.EqualTo(2));
            Assert.That(Session.Room.Find(9), Is.Null);
            Stream(1, 7, 0.5f, 1.0);
            FaceFrame face = new FaceFrame();
            Assert.That(Session.TryGetFace(1, 7, Now, face), Is.True);
            Assert.That(face.Blendshapes[0], Is.EqualTo(0.5f).Within(0.01));
            Assert.That(Session.TryGetFace(1, 8, Now, face), Is.False);
            Assert.That(Session.TryGetFace(5, 7, Now, face), Is.False);
        }

        [Test]
        public void ParticipantsComeAndGo()
        {
            Enter();
            Deliver(ServerMessages.Joined(5, "Bob", "publisher"));
            Deliver(ServerMessages.Joined(5, "Bob", "publisher"));
            Deliver(ServerMessages.Packet(5, 1, 1000, ServerMessages.Face(1, 0.2f), ServerMessages.Face(2, 0.4f)));
            Deliver(ServerMessages.Left(5));
            Deliver(ServerMessages.Left(5));
            string[] expected =
            {
                "joined Bob", "appeared Bob 1", "appeared Bob 2", "removed Bob 2", "removed Bob 1", "left Bob",
            };
            Assert.That(Log, Is.EqualTo(expected));
            Deliver(ServerMessages.Packet(5, 2, 34000, ServerMessages.Face(1, 0.2f)));
            Assert.That(Session.Statistics.StrayPackets, Is.EqualTo(1), "a packet that was still on its way");
            Assert.That(Session.Room.Participants.Count, Is.EqualTo(1));
        }

        [Test]
        public void LostFaceFadesAndIsRemoved()
        {
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher));
            Stream(1, 7, 1f, 1.0);
            FaceFrame face = new FaceFrame();
            TrackedFace tracked = Session.Room.Find(1).Faces[0];
            Deliver(ServerMessages.LostFace(1, 7));
            Assert.That(tracked.IsLost, Is.True);
            float last = 1f;
            bool isFading = false;
            for (int frame = 0; frame < 120 && !tracked.IsRemoved; frame++)
            {
                Transport.Deliver(ServerMessages.Packet(1, (uint)(100 + frame), CaptureUs(), new KeyValuePair<uint, float>[0]), Now);
                Poll(1.0 / 60.0);
                if (tracked.TryGet(Now, face) && !tracked.IsRemoved)
                {
                    Assert.That(last - face.Blendshapes[0], Is.LessThan(0.08), "no snap");
                    last = face.Blendshapes[0];
                    isFading |= last > 0.05f && last < 0.95f;
                }
            }

            Assert.That(isFading, Is.True);
            Assert.That(last, Is.EqualTo(0f));
            Assert.That(Log.GetRange(Log.Count - 2, 2), Is.EqualTo(new[] { "lost Bob 7", "removed Bob 7" }));
        }

        [Test]
        public void FaceThatIsToldLostLateDoesNotSnap()
        {
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher));
            Stream(1, 7, 1f, 1.0);
            TrackedFace tracked = Session.Room.Find(1).Faces[0];
            FaceFrame face = new FaceFrame();
            float last = 1f;
            for (int frame = 0; frame < 60; frame++)
            {
                if (frame == 24)
                {
                    Deliver(ServerMessages.LostFace(1, 7)); // missing for 0.4 s, and so held for 0.37
                }

                Transport.Deliver(ServerMessages.Packet(1, (uint)(100 + frame), CaptureUs(), new KeyValuePair<uint, float>[0]), Now);
                Poll(1.0 / 60.0);
                tracked.TryGet(Now, face);
                Assert.That(last - face.Blendshapes[0], Is.LessThan(0.08), "frame " + frame);
                last = face.Blendshapes[0];
            }
        }

        [Test]
        public void NamesakesStayApartAfterAReconnection()
        {
            ParticipantInfo first = new ParticipantInfo(1, "Bob", ParticipantRole.Publisher);
            ParticipantInfo second = new ParticipantInfo(2, "Bob", ParticipantRole.Publisher);
            Enter(first, second);
            Participant one = Session.Room.Find(1);
            Participant two = Session.Room.Find(2);
            Transport.Break(0, "reset", Now);
            Poll(0.0);
            Poll(1.0);
            Transport.Accept(Now);
            Deliver(ServerMessages.Manifest(9, "Ada", "both", second, first));
            Assert.That(Session.Room.Find(1), Is.SameAs(one));
            Assert.That(Session.Room.Find(2), Is.SameAs(two));
        }

        [Test]
        public void FaceThatIsMissingForLongIsRemovedAlsoWithoutAnEvent()
        {
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher));
            Stream(1, 7, 1f, 1.0);
            for (int i = 0; i < 30 * 4; i++)
            {
                Transport.Deliver(ServerMessages.Packet(1, (uint)(100 + i), CaptureUs(), new KeyValuePair<uint, float>[0]), Now);
                Poll(1.0 / 30.0);
            }

            Assert.That(Log[Log.Count - 1], Is.EqualTo("removed Bob 7"));
        }

        [Test]
        public void FaceOfASilentPublisherStaysAtRest()
        {
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher));
            Stream(1, 7, 1f, 1.0);
            KeepAlive(20.0);
            FaceFrame face = new FaceFrame();
            Assert.That(Session.TryGetFace(1, 7, Now, face), Is.True);
            Assert.That(face.Presence, Is.EqualTo(0f));
            Assert.That(face.Blendshapes[0], Is.EqualTo(0f));
        }

        [Test]
        public void StatisticsTellRateAndLoss()
        {
            Enter(new ParticipantInfo(1, "Bob", ParticipantRole.Publisher));
            for (uint i = 0; i < 120; i++)
            {
                if (i % 4 != 3)
                {
                    Transport.Deliver(ServerMessages.Packet(1, i, CaptureUs(), ServerMessages.Face(1, 0f)), Now);
                }

                Poll(0.02);
            }

            StreamStatistics statistics = Session.Room.Find(1).Statistics;
            Assert.That(statistics.LossRatio, Is.EqualTo(0.25).Within(0.02));
            Assert.That(statistics.PacketsPerSecond, Is.EqualTo(37.5).Within(6.0));
            KeepAlive(3.0);
            Assert.That(statistics.PacketsPerSecond, Is.LessThan(1.0));
        }
    }
}

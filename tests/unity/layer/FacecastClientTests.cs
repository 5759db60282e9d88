using System.Collections.Generic;
using System.Linq;
using Facecast.Core;
using Facecast.Core.Tests;
using Facecast.Unity;
using Facecast.Unity.Tests;
using NUnit.Framework;
using UnityEngine;

namespace Facecast.Layer.Tests
{
    /// <summary>The client: connection, events, calibration.</summary>
    [TestFixture]
    public sealed class FacecastClientTests
    {
        private static readonly byte[] Neutral = { 9, 8, 7 };

        private LayerServer _server;
        private TestRig _rig;

        [SetUp]
        public void SetUp()
        {
            PlayLoop.Reset();
            _rig = new TestRig();
            _server = new LayerServer();
            _server.Client.NeutralStore.Delete();
        }

        [TearDown]
        public void TearDown()
        {
            PlayLoop.Reset();
            _rig.Clear();
        }

        private ClientMessageReader Sent(FakeTransport transport, string type)
        {
            foreach (byte[] message in transport.Sent)
            {
                var reader = new ClientMessageReader();
                if (reader.Read(message, 0, message.Length) == null && reader.Type == type)
                {
                    return reader;
                }
            }

            return null;
        }

        [Test]
        public void ItConnectsWithItsSettingsAndTellsItsState()
        {
            var states = new List<SessionState>();
            _server.Client.StateChanged += states.Add;
            _server.Client.Url = "ws://example.org:9000";
            _server.Client.RoomName = "stage";
            _server.Client.DisplayName = "Ann";
            Assert.That(_server.Client.State, Is.EqualTo(SessionState.Idle));

            _server.Enter();

            Assert.That(states, Is.EqualTo(new[] { SessionState.Connecting, SessionState.Connected }));
            string url = _server.Transport.OpenedUrls.Single();
            StringAssert.StartsWith("ws://example.org:9000/v1/stream?", url);
            StringAssert.Contains("room=stage", url);
            StringAssert.Contains("role=both", url);
            StringAssert.Contains("name=Ann", url);
            Assert.That(_server.Client.Session.Room.Self.Name, Is.EqualTo("Me"));
        }

        [Test]
        public void EventsOfTheRoomAreRaised()
        {
            var told = new List<string>();
            _server.Client.ParticipantJoined += one => told.Add("+" + one.Name);
            _server.Client.ParticipantLeft += one => told.Add("-" + one.Name);
            _server.Client.FaceAppeared += (one, face) => told.Add(one.Name + " face " + face.Track);
            _server.Client.FaceLost += (one, face) => told.Add(one.Name + " lost " + face.Track);
            _server.Client.FaceRemoved += (one, face) => told.Add(one.Name + " removed " + face.Track);

            _server.Enter(LayerServer.Other(2, "Ben"));
            _server.SendFaces(2, 2, ServerMessages.Face(5, 0.5f));
            _server.Send(ServerMessages.LostFace(2, 5));
            _server.Send(ServerMessages.Left(2));

            Assert.That(told, Is.EqualTo(new[] { "+Me", "+Ben", "Ben face 5", "Ben lost 5", "Ben removed 5", "-Ben" }));
        }

        [Test]
        public void ACalibrationIsAskedForStoredAndSentNextTime()
        {
            byte[] told = null;
            _server.Client.Calibrated += bytes => told = bytes;
            _server.Enter();
            Assert.That(Sent(_server.Transport, "hello").Fields["neutral"], Is.Null);

            _server.Client.Calibrate();
            Assert.That(Sent(_server.Transport, "calibrate"), Is.Not.Null);
            _server.Send(ServerMessages.Neutral(Neutral));
            Assert.That(told, Is.EqualTo(Neutral));

            _server.Enter();
            Assert.That(_server.Transports.Count, Is.EqualTo(2));
            Assert.That(Sent(_server.Transport, "hello").Fields["neutral"], Is.EqualTo(Neutral));

            _server.Client.ForgetCalibration();
            _server.Enter();
            Assert.That(Sent(_server.Transport, "hello").Fields["neutral"], Is.Null);
        }

        [Test]
        public void CalibratingWithoutAConnectionWarns()
        {
            _server.Client.Calibrate();

            StringAssert.Contains("be connected as a publisher (not connected)", _rig.Warnings.Single());
        }

        [Test]
        public void ErrorsOfTheServerAreRaisedAndLogged()
        {
            WireFault raised = null;
            _server.Client.FaultRaised += fault => raised = fault;
            _server.Enter();

            _server.Send(ServerMessages.Error("no_face", "expected one face, saw none", false));

            Assert.That(raised.Code, Is.EqualTo("no_face"));
            Assert.That(_rig.Warnings, Is.EqualTo(new[] { "Facecast: no_face: expected one face, saw none" }));
        }

        [Test]
        public void DisablingItSaysGoodbyeAndEnablingDoesNotConnectUnasked()
        {
            var left = new List<string>();
            _server.Client.ParticipantLeft += one => left.Add(one.Name);
            _server.Enter(LayerServer.Other(2, "Ben"));
            Assert.That(FacecastClient.Active, Is.EqualTo(new[] { _server.Client }));

            _server.Client.enabled = false;

            Assert.That(_server.Transport.IsDisposed, Is.True);
            Assert.That(_server.Transport.Closes, Is.GreaterThan(0));
            Assert.That(_server.Client.Session, Is.Null);
            Assert.That(left.OrderBy(name => name), Is.EqualTo(new[] { "Ben", "Me" }));
            Assert.That(FacecastClient.Active, Is.Empty);

            _server.Client.enabled = true;
            Assert.That(_server.Client.Session, Is.Null);
        }
    }
}

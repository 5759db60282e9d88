using System.Linq;
using Facecast.Core.Tests;
using Facecast.Unity;
using Facecast.Unity.Tests;
using NUnit.Framework;
using UnityEngine;

namespace Facecast.Layer.Tests
{
    /// <summary>The camera: publishes a texture at its rate and size.</summary>
    [TestFixture]
    public sealed class FacecastCameraTests
    {
        private LayerServer _server;
        private TestRig _rig;
        private FacecastCamera _camera;

        [SetUp]
        public void SetUp()
        {
            PlayLoop.Reset();
            _rig = new TestRig();
            _server = new LayerServer();
            _camera = _server.Client.gameObject.AddComponent<FacecastCamera>();
            _camera.Client = _server.Client;
            _camera.PublishTexture(new Texture2D(1280, 720, TextureFormat.RGBA32, false));
        }

        [TearDown]
        public void TearDown()
        {
            SystemInfo.supportsAsyncGPUReadback = true;
            WebCamTexture.s_Devices = new WebCamDevice[0];
            WebCamTexture.s_Rotation = 0;
            PlayLoop.Reset();
            _rig.Clear();
        }

        private ClientMessageReader Frame(int index)
        {
            var reader = new ClientMessageReader();
            byte[] message = _server.Transport.Frames[index];
            Assert.That(reader.Read(message, 0, message.Length), Is.Null);
            return reader;
        }

        [TestCase(true)]
        [TestCase(false)]
        public void ATextureIsPublishedShrunkAtThirtyFramesASecond(bool asynchronous)
        {
            SystemInfo.supportsAsyncGPUReadback = asynchronous;
            _server.Enter();

            LayerServer.Run(1.0);

            int count = _server.Transport.Frames.Count; // a busy machine makes fewer, never more
            Assert.That(count, Is.InRange(3, 32));
            ClientMessageReader first = Frame(0);
            ClientMessageReader second = Frame(1);
            var payload = (byte[])first.Fields["payload"];
            Assert.That(payload[0] * 4, Is.EqualTo(640));
            Assert.That(payload[1] * 4, Is.EqualTo(360));
            Assert.That(payload[3], Is.EqualTo(80));
            Assert.That(((byte[])second.Fields["payload"])[2], Is.Not.EqualTo(payload[2]), "two frames are two pictures");
            ulong span = (ulong)Frame(count - 1).Fields["capture_time_us"] - (ulong)first.Fields["capture_time_us"];
            Assert.That(span / (ulong)(count - 1), Is.InRange(31000UL, 350000UL));
            Assert.That((ulong)second.Fields["sequence"], Is.EqualTo((ulong)first.Fields["sequence"] + 1));
            Assert.That(_camera.FramesPublished, Is.EqualTo(_server.Transport.Frames.Count));
        }

        [Test]
        public void NothingIsReadBackWithoutAConnection()
        {
            LayerServer.Run(0.2);

            Assert.That(_server.Transports, Is.Empty);
            Assert.That(_camera.FramesPublished, Is.EqualTo(0));
        }

        [Test]
        public void AReadbackThatComesAfterItWasDisabledIsDropped()
        {
            _server.Enter();
            PlayLoop.Step(LayerServer.FrameSeconds);
            _camera.enabled = false;
            int before = _server.Transport.Frames.Count;

            LayerServer.Run(0.1);
            Assert.That(_server.Transport.Frames.Count, Is.LessThanOrEqualTo(before + 1)); // one may be at the encoder

            _camera.enabled = true;
            LayerServer.Run(0.3);
            Assert.That(_server.Transport.Frames.Count, Is.GreaterThan(before + 1));
            Assert.That(Enumerable.Range(0, _server.Transport.Frames.Count).Select(i => (ulong)Frame(i).Fields["capture_time_us"]), Is.Ordered);
        }

        [Test]
        public void AWebcamThatIsMountedAcrossIsPublishedUpright()
        {
            WebCamTexture.s_Devices = new[] { new WebCamDevice("back", false), new WebCamDevice("front", true) };
            WebCamTexture.s_Rotation = 90;
            _camera.PublishWebcam("");
            _server.Enter();
            PlayLoop.Step(LayerServer.FrameSeconds);
            WebCamTexture webcam = WebCamTexture.s_Last;
            Assert.That(webcam.deviceName, Is.EqualTo("front"));
            Assert.That(webcam.isPlaying, Is.True);

            LayerServer.Run(0.1);
            Assert.That(_server.Transport.Frames, Is.Empty, "no new picture, no frame");

            webcam.didUpdateThisFrame = true;
            LayerServer.Run(0.3);
            var payload = (byte[])Frame(0).Fields["payload"];
            Assert.That(new[] { payload[0] * 4, payload[1] * 4 }, Is.EqualTo(new[] { 480, 640 }));

            _camera.enabled = false;
            Assert.That(webcam.isPlaying, Is.False);
        }

        [Test]
        public void ANamedWebcamIsTaken()
        {
            WebCamTexture.s_Devices = new[] { new WebCamDevice("back", false), new WebCamDevice("front", true) };
            _camera.PublishWebcam("back");
            PlayLoop.Step(LayerServer.FrameSeconds);

            Assert.That(WebCamTexture.s_Last.deviceName, Is.EqualTo("back"));
            Assert.That(_camera.CurrentPicture == WebCamTexture.s_Last, Is.True);
        }

        [Test]
        public void WithoutAWebcamItWarnsOnce()
        {
            _camera.PublishWebcam("");
            _server.Enter();

            LayerServer.Run(0.1);

            Assert.That(_rig.Warnings, Is.EqualTo(new[] { "Facecast: no camera found." }));
        }
    }
}

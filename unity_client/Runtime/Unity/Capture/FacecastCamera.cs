using System;
using System.Collections.Generic;
using Facecast.Core;
using Unity.Collections;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using UnityEngine.Rendering;

namespace Facecast.Unity
{
    /// <summary>Publishes pictures: a webcam or any texture becomes JPEG at a set rate and size.</summary>
    /// <remarks>
    /// The graphics card shrinks the picture and hands it back without a stall; a thread encodes it. Nothing queues:
    /// while one frame waits anywhere, no other is taken.
    /// </remarks>
    [AddComponentMenu("Facecast/Facecast Camera")]
    [DefaultExecutionOrder(-90)]
    public sealed class FacecastCamera : MonoBehaviour
    {
        private const int ReadbacksInFlight = 3; // a readback takes one to three frames; more would only add delay

        [Tooltip("Empty: the first client of the scene.")]
        [SerializeField] private FacecastClient client;
        [SerializeField] private FrameSource source = FrameSource.Webcam;
        [Tooltip("Name of the camera; empty takes the front camera, otherwise the first.")]
        [SerializeField] private string webcamName = "";
        [SerializeField] private Vector2Int webcamSize = new Vector2Int(640, 480);
        [Tooltip("The picture to publish when the source is a texture.")]
        [SerializeField] private Texture texture;
        [Tooltip("Turn on when faces arrive upside down.")]
        [SerializeField] private bool flipVertically;

        [Header("Publishing")]
        [Range(1, 60)]
        [SerializeField] private int framesPerSecond = 30;
        [Tooltip("Longer side of the published picture, in pixels.")]
        [Range(160, 1920)]
        [SerializeField] private int maximumSide = 640;
        [Range(30, 95)]
        [SerializeField] private int jpegQuality = 80;

        private readonly Queue<Pending> _pending = new Queue<Pending>();
        private Action<AsyncGPUReadbackRequest> _onReadback;
        private PictureEncoder _encoder;
        private WebcamInput _webcam;
        private RenderTexture _shrunk;
        private Texture2D _reader;
        private volatile FacecastSession _session;
        private double _nextTime;

        private struct Pending
        {
            internal ulong CaptureTimeUs;
            internal int Width;
            internal int Height;
            internal int RotationDegrees;
        }

        /// <summary>The client that the pictures go to; without one of its own, the first of the scene.</summary>
        public FacecastClient Client
        {
            get { return client != null ? client : FacecastClient.First; }
            set { client = value; }
        }

        /// <summary>Frames that were handed to the connection.</summary>
        public int FramesPublished { get; private set; }

        /// <summary>The picture that is published now, null while there is none. For showing it to the user.</summary>
        public Texture CurrentPicture
        {
            get
            {
                if (source == FrameSource.Texture)
                {
                    return texture;
                }

                return _webcam == null ? null : _webcam.Texture;
            }
        }

        /// <summary>Publish a texture instead of the webcam.</summary>
        public void PublishTexture(Texture picture)
        {
            source = FrameSource.Texture;
            texture = picture;
            CloseWebcam();
        }

        /// <summary>Publish a camera of this device; empty for the front camera, otherwise the first.</summary>
        public void PublishWebcam(string deviceName)
        {
            source = FrameSource.Webcam;
            webcamName = deviceName;
            CloseWebcam();
        }

        private void OnEnable()
        {
            _onReadback = OnReadback;
#if UNITY_WEBGL && !UNITY_EDITOR
            const bool threaded = false;
#else
            const bool threaded = true;
#endif
            _encoder = new PictureEncoder(EncodeJpeg, Send, threaded);
        }

        private void OnDisable()
        {
            _encoder.Dispose();
            _encoder = null;
            CloseWebcam();
            if (_shrunk != null)
            {
                _shrunk.Release();
                Destroy(_shrunk);
                _shrunk = null;
            }

            if (_reader != null)
            {
                Destroy(_reader);
                _reader = null;
            }
        }

        private void Update()
        {
            ReportFault();
            bool fresh = HasNewPicture();
            double now = MonotonicClock.NowSeconds;
            if (!fresh || now < _nextTime || !HasRoomForFrame())
            {
                return;
            }

            // Keep the rhythm, yet never try to make up for frames that were missed.
            _nextTime = Math.Max(_nextTime + (1.0 / framesPerSecond), now);
            Take(CurrentPicture);
        }

        private bool HasNewPicture()
        {
            if (source == FrameSource.Texture)
            {
                return texture != null;
            }

            if (_webcam == null)
            {
                _webcam = new WebcamInput(webcamName, webcamSize.x, webcamSize.y, framesPerSecond);
            }

            return _webcam.HasNewPicture();
        }

        private bool HasRoomForFrame()
        {
            FacecastClient target = Client;
            FacecastSession session = target == null ? null : target.Session;
            _session = session; // the encoder's thread must not touch the engine to find it
            return session != null && session.CanPublish && !session.IsFrameWaiting && !_encoder.IsWaiting
                && _pending.Count < ReadbacksInFlight;
        }

        private void Take(Texture picture)
        {
            var webcam = picture as WebCamTexture;
            int width;
            int height;
            PublishSize.Fit(picture.width, picture.height, maximumSide, out width, out height);
            var pending = new Pending
            {
                CaptureTimeUs = MonotonicClock.NowMicroseconds,
                Width = width,
                Height = height,
                RotationDegrees = webcam == null ? 0 : webcam.videoRotationAngle,
            };
            bool flip = flipVertically ^ (webcam != null && webcam.videoVerticallyMirrored);
            Shrink(picture, width, height, flip);
            if (SystemInfo.supportsAsyncGPUReadback)
            {
                _pending.Enqueue(pending);
                AsyncGPUReadback.Request(_shrunk, 0, TextureFormat.RGBA32, _onReadback);
            }
            else
            {
                Submit(pending, ReadPixelsNow(width, height));
            }
        }

        private void Shrink(Texture picture, int width, int height, bool flip)
        {
            if (_shrunk == null || _shrunk.width != width || _shrunk.height != height)
            {
                if (_shrunk != null)
                {
                    _shrunk.Release();
                    Destroy(_shrunk);
                }

                _shrunk = new RenderTexture(width, height, 0, RenderTextureFormat.ARGB32);
            }

            if (flip)
            {
                Graphics.Blit(picture, _shrunk, new Vector2(1f, -1f), new Vector2(0f, 1f));
            }
            else
            {
                Graphics.Blit(picture, _shrunk);
            }
        }

        private void OnReadback(AsyncGPUReadbackRequest request)
        {
            // Requests come back in their order, so the oldest note belongs to this one.
            Pending pending = _pending.Dequeue();
            if (_encoder != null && !request.hasError)
            {
                Submit(pending, request.GetData<byte>());
            }
        }

        // For devices without asynchronous readback: waits for the graphics card.
        private NativeArray<byte> ReadPixelsNow(int width, int height)
        {
            if (_reader == null || _reader.width != width || _reader.height != height)
            {
                if (_reader != null)
                {
                    Destroy(_reader);
                }

                _reader = new Texture2D(width, height, TextureFormat.RGBA32, false);
            }

            RenderTexture before = RenderTexture.active;
            RenderTexture.active = _shrunk;
            _reader.ReadPixels(new Rect(0, 0, width, height), 0, 0, false);
            RenderTexture.active = before;
            return _reader.GetRawTextureData<byte>();
        }

        private void Submit(Pending pending, NativeArray<byte> pixels)
        {
            RawPicture picture = _encoder.Rent();
            picture.Resize(pending.Width, pending.Height);
            picture.CaptureTimeUs = pending.CaptureTimeUs;
            picture.RotationDegrees = pending.RotationDegrees;
            NativeArray<byte>.Copy(pixels, 0, picture.Pixels, 0, pending.Width * pending.Height * 4);
            _encoder.Submit(picture);
        }

        // Runs on the encoder's thread; the function is thread-safe by Unity's documentation.
        private byte[] EncodeJpeg(RawPicture picture)
        {
            return ImageConversion.EncodeArrayToJPG(
                picture.Pixels, GraphicsFormat.R8G8B8A8_SRGB, (uint)picture.Width, (uint)picture.Height, 0, jpegQuality);
        }

        // Runs on the encoder's thread; the session takes frames from any thread.
        private void Send(ulong captureTimeUs, byte[] jpeg)
        {
            FacecastSession session = _session;
            if (session != null && session.SendFrame(captureTimeUs, PictureFormat.Jpeg, jpeg, 0, jpeg.Length))
            {
                FramesPublished += 1;
            }
        }

        private void ReportFault()
        {
            Exception fault = _encoder.TakeFault();
            if (fault != null)
            {
                Debug.LogException(fault, this);
            }
        }

        private void CloseWebcam()
        {
            if (_webcam != null)
            {
                _webcam.Dispose();
                _webcam = null;
            }
        }
    }
}

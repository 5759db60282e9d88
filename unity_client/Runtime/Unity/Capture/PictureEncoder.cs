using System;
using System.Collections.Generic;
using System.Threading;

namespace Facecast.Unity
{
    /// <summary>Encodes pictures on a thread of its own. At most one waits; a newer one takes its place.</summary>
    /// <remarks>Uses nothing of the engine: the two functions it is given do.</remarks>
    public sealed class PictureEncoder : IDisposable
    {
        private readonly object _lock = new object();
        private readonly Stack<RawPicture> _free = new Stack<RawPicture>();
        private readonly RawPicture _upright = new RawPicture();
        private readonly Func<RawPicture, byte[]> _encode;
        private readonly Action<ulong, byte[]> _send;
        private readonly Thread _thread;
        private RawPicture _waiting;
        private Exception _fault;
        private bool _stopped;

        /// <summary>Start encoding.</summary>
        /// <param name="encode">Encodes an upright picture; called on the encoder's thread.</param>
        /// <param name="send">Takes capture time and encoded bytes; called on the encoder's thread.</param>
        /// <param name="threaded">False where there are no threads (WebGL): everything happens in <see cref="Submit"/>.</param>
        public PictureEncoder(Func<RawPicture, byte[]> encode, Action<ulong, byte[]> send, bool threaded)
        {
            _encode = encode;
            _send = send;
            if (threaded)
            {
                _thread = new Thread(Work) { IsBackground = true, Name = "Facecast encoder" };
                _thread.Start();
            }
        }

        /// <summary>Whether a picture waits for the encoder; taking another one now would only replace it.</summary>
        public bool IsWaiting
        {
            get
            {
                lock (_lock)
                {
                    return _waiting != null;
                }
            }
        }

        /// <summary>Pictures that a newer one replaced before they were encoded.</summary>
        public int Replaced { get; private set; }

        /// <summary>Give a picture to fill; hand it to <see cref="Submit"/>.</summary>
        public RawPicture Rent()
        {
            lock (_lock)
            {
                return _free.Count > 0 ? _free.Pop() : new RawPicture();
            }
        }

        /// <summary>Take a filled picture over; the newest wins.</summary>
        public void Submit(RawPicture picture)
        {
            if (_thread == null)
            {
                Encode(picture);
                return;
            }

            lock (_lock)
            {
                if (_waiting != null)
                {
                    _free.Push(_waiting);
                    Replaced += 1;
                }

                _waiting = picture;
                Monitor.Pulse(_lock);
            }
        }

        /// <summary>Give the last failure once, or null.</summary>
        public Exception TakeFault()
        {
            return Interlocked.Exchange(ref _fault, null);
        }

        /// <summary>Stop; a picture that waits is dropped.</summary>
        public void Dispose()
        {
            lock (_lock)
            {
                _stopped = true;
                Monitor.Pulse(_lock);
            }
        }

        private void Work()
        {
            while (true)
            {
                RawPicture picture;
                lock (_lock)
                {
                    while (_waiting == null && !_stopped)
                    {
                        Monitor.Wait(_lock);
                    }

                    if (_stopped)
                    {
                        return;
                    }

                    picture = _waiting;
                    _waiting = null;
                }

                Encode(picture);
            }
        }

        private void Encode(RawPicture picture)
        {
            try
            {
                RawPicture upright = picture;
                if (picture.RotationDegrees != 0)
                {
                    PictureRotation.Turn(picture, _upright);
                    upright = _upright;
                }

                byte[] encoded = _encode(upright);
                _send(upright.CaptureTimeUs, encoded);
            }
            catch (Exception error)
            {
                // Whatever the encoder throws must not end the thread: the component reports it on the main thread.
                Interlocked.Exchange(ref _fault, error);
            }
            finally
            {
                lock (_lock)
                {
                    _free.Push(picture);
                }
            }
        }
    }
}

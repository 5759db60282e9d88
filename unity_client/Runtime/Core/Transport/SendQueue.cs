using System;
using System.Collections.Generic;

namespace Facecast.Core
{
    /// <summary>
    /// What is to be sent and was not yet: a few small messages in order, and at most one frame, the newest.
    /// Buffers are used again, so that a stream of frames allocates nothing.
    /// </summary>
    public sealed class SendQueue
    {
        private const int MaxMessages = 64; // a healthy connection never has more than one or two

        private readonly object _gate = new object();
        private readonly Queue<byte[]> _messages = new Queue<byte[]>();
        private byte[] _waitingFrame = new byte[0];
        private byte[] _sentFrame = new byte[0];
        private int _frameCount;
        private bool _hasFrame;
        private bool _isSendingFrame;
        private long _framesSent;
        private long _framesReplaced;

        /// <summary>Frames that were taken for sending.</summary>
        public long FramesSent
        {
            get
            {
                lock (_gate)
                {
                    return _framesSent;
                }
            }
        }

        /// <summary>Frames that a newer one replaced.</summary>
        public long FramesReplaced
        {
            get
            {
                lock (_gate)
                {
                    return _framesReplaced;
                }
            }
        }

        /// <summary>Whether a frame waits or is being sent.</summary>
        public bool IsFrameWaiting
        {
            get
            {
                lock (_gate)
                {
                    return _hasFrame || _isSendingFrame;
                }
            }
        }

        /// <summary>Copy a small message to the end; false when too many wait.</summary>
        public bool Push(byte[] buffer, int offset, int count)
        {
            byte[] copy = new byte[count];
            Buffer.BlockCopy(buffer, offset, copy, 0, count);
            lock (_gate)
            {
                if (_messages.Count >= MaxMessages)
                {
                    return false;
                }

                _messages.Enqueue(copy);
                return true;
            }
        }

        /// <summary>Copy a frame, in the place of one that waits.</summary>
        public void PushFrame(byte[] buffer, int offset, int count)
        {
            lock (_gate)
            {
                if (_waitingFrame.Length < count)
                {
                    _waitingFrame = new byte[count + count / 4];
                }

                Buffer.BlockCopy(buffer, offset, _waitingFrame, 0, count);
                _frameCount = count;
                _framesReplaced += _hasFrame ? 1 : 0;
                _hasFrame = true;
            }
        }

        /// <summary>
        /// Take what is to be sent next: messages before the frame. False when nothing waits. A frame's bytes are
        /// valid until the next call, which also tells that it was sent.
        /// </summary>
        public bool TryPop(out ArraySegment<byte> data)
        {
            lock (_gate)
            {
                _isSendingFrame = false;
                if (_messages.Count > 0)
                {
                    data = new ArraySegment<byte>(_messages.Dequeue());
                    return true;
                }

                data = new ArraySegment<byte>(_sentFrame, 0, 0);
                if (!_hasFrame)
                {
                    return false;
                }

                byte[] frame = _waitingFrame;
                _waitingFrame = _sentFrame;
                _sentFrame = frame;
                _hasFrame = false;
                _isSendingFrame = true;
                _framesSent++;
                data = new ArraySegment<byte>(frame, 0, _frameCount);
                return true;
            }
        }
    }
}

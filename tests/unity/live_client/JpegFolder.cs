using System;
using System.IO;
using Facecast.Core;

namespace Facecast.Live
{
    /// <summary>Publishes the pictures of a folder in a loop, at a rate, as a camera would.</summary>
    public sealed class JpegFolder
    {
        private readonly byte[][] _pictures;
        private readonly double _interval;
        private double _due;
        private int _next;

        public JpegFolder(string folder, double rate)
        {
            string[] paths = Directory.GetFiles(folder, "*.jpg");
            Array.Sort(paths, StringComparer.Ordinal);
            _pictures = Array.ConvertAll(paths, File.ReadAllBytes);
            _interval = 1.0 / rate;
        }

        public void Publish(FacecastSession session, double now)
        {
            if (now < _due || !session.CanPublish || session.IsFrameWaiting)
            {
                return;
            }

            _due = now + _interval;
            byte[] picture = _pictures[_next++ % _pictures.Length];
            session.SendFrame(MonotonicClock.NowMicroseconds, PictureFormat.Jpeg, picture, 0, picture.Length);
        }
    }
}

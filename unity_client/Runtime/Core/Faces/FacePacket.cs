using System.Collections.Generic;

namespace Facecast.Core
{
    /// <summary>
    /// The faces of one frame of one publisher, as one packet of the wire carries them. Reused: the same object is
    /// filled by every decoding, and grows only when a packet has more faces than any before.
    /// </summary>
    public sealed class FacePacket
    {
        private readonly List<FaceFrame> _faces = new List<FaceFrame>();
        private readonly float[] _stageTimesMs = new float[WireTables.StageCount];

        /// <summary>The publisher's id in the room.</summary>
        public int Participant { get; set; }

        /// <summary>The frame's number, which counts up by one; it wraps at 2^32.</summary>
        public uint Sequence { get; set; }

        /// <summary>When the frame was taken, in microseconds of the publisher's own clock.</summary>
        public ulong CaptureTimeUs { get; set; }

        /// <summary>The image's width in pixels.</summary>
        public int Width { get; set; }

        /// <summary>The image's height in pixels.</summary>
        public int Height { get; set; }

        /// <summary>How the coefficients were stored.</summary>
        public CoefficientEncoding Encoding { get; set; }

        /// <summary>Whether the faces carry landmarks.</summary>
        public bool HasLandmarks { get; set; }

        /// <summary>The server's times in milliseconds, in the order of <see cref="WireTables.Stages"/>.</summary>
        public float[] StageTimesMs
        {
            get { return _stageTimesMs; }
        }

        /// <summary>How many faces were seen; 0 is news too: nobody is there.</summary>
        public int FaceCount { get; private set; }

        /// <summary>Get a face by its place, 0..<see cref="FaceCount"/> - 1. The object is overwritten by the next decoding.</summary>
        public FaceFrame GetFace(int index)
        {
            return _faces[index];
        }

        /// <summary>Forget the faces; their objects are kept for reuse.</summary>
        public void ClearFaces()
        {
            FaceCount = 0;
        }

        /// <summary>Add a face and get the object to fill.</summary>
        public FaceFrame AddFace()
        {
            if (FaceCount == _faces.Count)
            {
                _faces.Add(new FaceFrame());
            }

            return _faces[FaceCount++];
        }

        /// <summary>Become a copy of another packet.</summary>
        public void CopyFrom(FacePacket other)
        {
            Participant = other.Participant;
            Sequence = other.Sequence;
            CaptureTimeUs = other.CaptureTimeUs;
            Width = other.Width;
            Height = other.Height;
            Encoding = other.Encoding;
            HasLandmarks = other.HasLandmarks;
            other._stageTimesMs.CopyTo(_stageTimesMs, 0);
            ClearFaces();
            for (int i = 0; i < other.FaceCount; i++)
            {
                AddFace().CopyFrom(other._faces[i]);
            }
        }
    }
}

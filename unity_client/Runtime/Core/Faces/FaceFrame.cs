using System;

namespace Facecast.Core
{
    /// <summary>
    /// One face at one moment: what a packet carries, and what a character shows. Make it once and fill it again
    /// and again; nothing here allocates, but the landmarks' array when the first landmarks come.
    /// </summary>
    public sealed class FaceFrame
    {
        private const int LandmarkValues = 2 * WireTables.LandmarkCount;

        private readonly float[] _blendshapes = new float[WireTables.BlendshapeCount];
        private readonly float[] _actionUnits = new float[WireTables.ActionUnitCount];
        private float[] _landmarks = Array.Empty<float>();
        private bool _hasLandmarks;

        /// <summary>Make a face at rest.</summary>
        public FaceFrame()
        {
            SetNeutral();
        }

        /// <summary>The face's id, stable while the server tracks it; unique within one participant.</summary>
        public uint Track { get; set; }

        /// <summary>How sure the server is that this is a face, 0..1.</summary>
        public float Score { get; set; }

        /// <summary>The face's box in the publisher's image.</summary>
        public FaceBox Box { get; set; }

        /// <summary>The head's rotation.</summary>
        public HeadRotation Rotation { get; set; }

        /// <summary>The head's place.</summary>
        public HeadTranslation Translation { get; set; }

        /// <summary>Where the eyes look.</summary>
        public GazeAngles Gaze { get; set; }

        /// <summary>The 52 weights, 0..1, in the order of <see cref="WireTables.Blendshapes"/>.</summary>
        public float[] Blendshapes
        {
            get { return _blendshapes; }
        }

        /// <summary>The 18 intensities, 0..5, in the order of <see cref="WireTables.ActionUnits"/>.</summary>
        public float[] ActionUnits
        {
            get { return _actionUnits; }
        }

        /// <summary>
        /// The 98 landmarks as x0, y0, x1, y1, … in fractions of the image; only meaningful while
        /// <see cref="HasLandmarks"/> is true.
        /// </summary>
        public float[] Landmarks
        {
            get { return _landmarks; }
        }

        /// <summary>Whether landmarks came with this face.</summary>
        public bool HasLandmarks
        {
            get { return _hasLandmarks; }
            set
            {
                _hasLandmarks = value;
                if (value && _landmarks.Length == 0)
                {
                    _landmarks = new float[LandmarkValues];
                }
            }
        }

        /// <summary>1 while the face is really seen, 0 when it has faded to neutral; weights and pose include the fade.</summary>
        public float Presence { get; set; }

        /// <summary>The moment shown, in microseconds of the publisher's clock.</summary>
        public ulong CaptureTimeUs { get; set; }

        /// <summary>Become a copy of another face.</summary>
        public void CopyFrom(FaceFrame other)
        {
            CopyHeadFrom(other);
            Array.Copy(other._blendshapes, _blendshapes, _blendshapes.Length);
            Array.Copy(other._actionUnits, _actionUnits, _actionUnits.Length);
            CopyLandmarksFrom(other);
        }

        /// <summary>
        /// Become a face at rest: no weight, no intensity, the head upright, the eyes straight. Where the head
        /// was, its box and its landmarks stay, since rest says nothing about place.
        /// </summary>
        public void SetNeutral()
        {
            Rotation = HeadRotation.Identity;
            Gaze = new GazeAngles();
            Presence = 0f;
            Array.Clear(_blendshapes, 0, _blendshapes.Length);
            Array.Clear(_actionUnits, 0, _actionUnits.Length);
        }

        /// <summary>
        /// Become what lies between two faces; 0 gives the first, 1 the second. The track and the time are the
        /// second's when <paramref name="amount"/> is a half or more. The result may be one of the two.
        /// </summary>
        public void Interpolate(FaceFrame from, FaceFrame to, float amount)
        {
            for (int i = 0; i < _blendshapes.Length; i++)
            {
                _blendshapes[i] = from._blendshapes[i] + (to._blendshapes[i] - from._blendshapes[i]) * amount;
            }

            for (int i = 0; i < _actionUnits.Length; i++)
            {
                _actionUnits[i] = from._actionUnits[i] + (to._actionUnits[i] - from._actionUnits[i]) * amount;
            }

            InterpolateLandmarks(from, to, amount);
            FaceFrame nearer = amount < 0.5f ? from : to;
            HeadRotation rotation = HeadRotation.Interpolate(from.Rotation, to.Rotation, amount);
            HeadTranslation translation = HeadTranslation.Interpolate(from.Translation, to.Translation, amount);
            GazeAngles gaze = GazeAngles.Interpolate(from.Gaze, to.Gaze, amount);
            FaceBox box = FaceBox.Interpolate(from.Box, to.Box, amount);
            float score = from.Score + (to.Score - from.Score) * amount;
            float presence = from.Presence + (to.Presence - from.Presence) * amount;
            CopyHeadFrom(nearer);
            Rotation = rotation;
            Translation = translation;
            Gaze = gaze;
            Box = box;
            Score = score;
            Presence = presence;
        }

        /// <summary>Move toward rest: 0 changes nothing, 1 gives <see cref="SetNeutral"/>.</summary>
        public void FadeToNeutral(float amount)
        {
            if (amount <= 0f)
            {
                return;
            }

            float rest = 1f - amount;
            for (int i = 0; i < _blendshapes.Length; i++)
            {
                _blendshapes[i] *= rest;
            }

            for (int i = 0; i < _actionUnits.Length; i++)
            {
                _actionUnits[i] *= rest;
            }

            Rotation = HeadRotation.Interpolate(Rotation, HeadRotation.Identity, amount);
            Gaze = GazeAngles.Interpolate(Gaze, new GazeAngles(), amount);
            Presence *= rest;
        }

        private void CopyHeadFrom(FaceFrame other)
        {
            Track = other.Track;
            Score = other.Score;
            Box = other.Box;
            Rotation = other.Rotation;
            Translation = other.Translation;
            Gaze = other.Gaze;
            Presence = other.Presence;
            CaptureTimeUs = other.CaptureTimeUs;
        }

        private void CopyLandmarksFrom(FaceFrame other)
        {
            HasLandmarks = other.HasLandmarks;
            if (HasLandmarks)
            {
                Array.Copy(other._landmarks, _landmarks, LandmarkValues);
            }
        }

        private void InterpolateLandmarks(FaceFrame from, FaceFrame to, float amount)
        {
            if (!from.HasLandmarks || !to.HasLandmarks)
            {
                CopyLandmarksFrom(to.HasLandmarks ? to : from);
                return;
            }

            HasLandmarks = true;
            for (int i = 0; i < LandmarkValues; i++)
            {
                _landmarks[i] = from._landmarks[i] + (to._landmarks[i] - from._landmarks[i]) * amount;
            }
        }
    }
}

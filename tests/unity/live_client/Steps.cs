using System;
using Facecast.Core;

namespace Facecast.Live
{
    /// <summary>
    /// How much one face changes from picture to picture: the largest change of any weight, of the head's angle,
    /// and the largest speed of a weight. Pictures that come much later than they should, and those after them,
    /// are only counted: they are a fault of the machine, and their steps say nothing.
    /// </summary>
    public sealed class Steps
    {
        private readonly FaceFrame _last = new FaceFrame();
        private readonly double _longest;
        private double _lastTime;
        private bool _hasLast;
        private bool _wasLate;

        public Steps(double longest)
        {
            _longest = longest;
        }

        public long Count { get; private set; }

        public long Late { get; private set; }

        public long Backward { get; private set; }

        public double LargestWeightStep { get; private set; }

        public double LargestWeightSpeed { get; private set; }

        public double LargestAngleStep { get; private set; }

        /// <summary>Compare with the picture before; <paramref name="time"/> is what the speed is measured by.</summary>
        public void Add(FaceFrame face, double time)
        {
            if (_hasLast && time > _lastTime)
            {
                bool isLate = time - _lastTime > _longest;
                Count++;
                Late += isLate ? 1 : 0;
                Backward += face.CaptureTimeUs < _last.CaptureTimeUs ? 1 : 0;
                if (!isLate && !_wasLate)
                {
                    Measure(face, time - _lastTime);
                }

                _wasLate = isLate;
            }

            _hasLast = true;
            _lastTime = time;
            _last.CopyFrom(face);
        }

        /// <summary>Begin a new count; the last picture is kept, so that no step falls between two counts.</summary>
        public Steps Next()
        {
            Steps next = new Steps(_longest) { _hasLast = _hasLast, _lastTime = _lastTime, _wasLate = _wasLate };
            next._last.CopyFrom(_last);
            return next;
        }

        private void Measure(FaceFrame face, double elapsed)
        {
            double step = 0.0;
            for (int i = 0; i < face.Blendshapes.Length; i++)
            {
                step = Math.Max(step, Math.Abs(face.Blendshapes[i] - _last.Blendshapes[i]));
            }

            LargestWeightStep = Math.Max(LargestWeightStep, step);
            LargestWeightSpeed = Math.Max(LargestWeightSpeed, step / elapsed);
            LargestAngleStep = Math.Max(LargestAngleStep, HeadRotation.AngleBetween(face.Rotation, _last.Rotation));
        }

        public void Write(JsonText json)
        {
            json.Open('{').Key("count").Number(Count).Key("late").Number(Late).Key("backward").Number(Backward);
            json.Key("largest_weight_step").Number(LargestWeightStep).Key("largest_weight_speed").Number(LargestWeightSpeed);
            json.Key("largest_angle_step_deg").Number(LargestAngleStep * 180.0 / Math.PI).Close('}');
        }
    }
}

using System;
using System.Collections.Generic;
using Facecast.Core;

namespace Facecast.Live
{
    /// <summary>What one viewer saw of one participant during one phase.</summary>
    public sealed class PhaseMeter
    {
        private readonly List<double> _latencies = new List<double>();

        public PhaseMeter(string phase, double rate, PhaseMeter before)
        {
            Name = phase;
            Rendered = before == null ? new Steps(2.0 / rate) : before.Rendered.Next();
            Source = before == null ? new Steps(double.MaxValue) : before.Source.Next();
        }

        public string Name { get; private set; }

        public Steps Rendered { get; private set; }

        public Steps Source { get; private set; }

        public double LeastPresence { get; private set; } = 1.0;

        public double LastPresence { get; private set; }

        public bool HasComeBack { get; private set; }

        public double MostBufferDelay { get; set; }

        public int MostFaces { get; set; }

        public void AddPresence(double presence)
        {
            LeastPresence = Math.Min(LeastPresence, presence);
            LastPresence = presence;
            HasComeBack |= presence > 0.99 && LeastPresence == 0.0;
        }

        public void AddLatency(double seconds)
        {
            if (!double.IsNaN(seconds))
            {
                _latencies.Add(seconds);
            }
        }

        public void Write(JsonText json)
        {
            _latencies.Sort();
            double median = _latencies.Count == 0 ? double.NaN : _latencies[_latencies.Count / 2];
            json.Open('{').Key("phase").Text(Name);
            json.Key("rendered");
            Rendered.Write(json);
            json.Key("source");
            Source.Write(json);
            json.Key("least_presence").Number(LeastPresence).Key("last_presence").Number(LastPresence);
            json.Key("has_come_back").Bool(HasComeBack);
            json.Key("most_buffer_delay_s").Number(MostBufferDelay).Key("most_faces").Number(MostFaces);
            json.Key("median_display_latency_s").Number(median).Close('}');
        }
    }
}

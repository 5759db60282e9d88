using System;
using System.Collections.Generic;
using System.Threading;
using Facecast.Core;

namespace Facecast.Live
{
    /// <summary>One session that renders at a rate in a thread of its own, and measures what it renders.</summary>
    public sealed class Viewer
    {
        private const string Watched = "clip"; // the participant whose face is measured

        private readonly FacecastSession _session;
        private readonly FaceFollower _follower = new FaceFollower();
        private readonly FaceFrame _face = new FaceFrame();
        private readonly List<PhaseMeter> _meters = new List<PhaseMeter>();
        private readonly List<string> _log = new List<string>();
        private readonly HashSet<string> _seen = new HashSet<string>();
        private readonly Phase _phase;
        private readonly JpegFolder _pictures;
        private readonly string _name;
        private readonly double _rate;
        private Participant _watched;
        private long _mostWaiting;
        private bool _isPlaying;
        private volatile bool _isStopping;

        public Viewer(string url, string room, string name, double rate, Phase phase, JpegFolder pictures)
        {
            _name = name;
            _rate = rate;
            _phase = phase;
            _pictures = pictures;
            SessionOptions options = new SessionOptions { Url = url, Room = room, Name = name, SilenceTimeoutSeconds = 2.0 };
            options.Role = pictures == null ? ParticipantRole.Viewer : ParticipantRole.Both;
            _session = new FacecastSession(new WebSocketTransport(), options, new Backoff(0.2, 1.0));
            _session.StateChanged += state => _log.Add(_phase.Name + ": " + state);
            _session.Connected += manifest => Connected();
            _session.FaultRaised += fault => _log.Add(_phase.Name + ": " + fault);
            _session.ParticipantJoined += who => _seen.Add(who.Name);
            _session.PacketReceived += Measure;
        }

        public void Stop()
        {
            _isStopping = true;
        }

        public void Run()
        {
            try
            {
                double start = MonotonicClock.NowSeconds;
                _session.Connect(start);
                for (long frame = 0; !_isStopping;)
                {
                    Render(MonotonicClock.NowSeconds);
                    frame = Math.Max(frame + 1, (long)((MonotonicClock.NowSeconds - start) * _rate));
                    double wait = start + frame / _rate - MonotonicClock.NowSeconds;
                    if (wait > 0.0)
                    {
                        Thread.Sleep(TimeSpan.FromSeconds(wait));
                    }
                }

                _session.Disconnect();
                Thread.Sleep(300); // the goodbye is said by the transport's own threads
                _session.Dispose();
            }
            catch (Exception error)
            {
                _phase.NoteException(_name + ": " + error);
            }
        }

        public void Write(JsonText json)
        {
            SessionStatistics statistics = _session.Statistics;
            json.Open('{').Key("name").Text(_name).Key("rate_hz").Number(_rate).Key("reconnections").Number(statistics.Reconnections);
            json.Key("messages").Number(statistics.MessagesReceived).Key("bad_messages").Number(statistics.BadMessages);
            json.Key("dropped").Number(statistics.MessagesDropped).Key("frames_sent").Number(statistics.FramesSent);
            json.Key("frames_replaced").Number(statistics.FramesReplaced).Key("most_messages_a_frame").Number(_mostWaiting);
            json.Key("participants").Open('[');
            foreach (string name in _seen)
            {
                json.Text(name);
            }

            json.Close(']').Key("log").Open('[');
            foreach (string line in _log)
            {
                json.Text(line);
            }

            json.Close(']').Key("phases").Open('[');
            foreach (PhaseMeter meter in _meters)
            {
                meter.Write(json);
            }

            json.Close(']').Close('}');
        }

        private void Connected()
        {
            _isPlaying = false;
            Program.Say("connected " + _name);
        }

        private void Render(double now)
        {
            long before = _session.Statistics.MessagesReceived;
            _session.Poll(now);
            _mostWaiting = Math.Max(_mostWaiting, _session.Statistics.MessagesReceived - before);
            if (_pictures != null)
            {
                _pictures.Publish(_session, now);
            }

            _watched = _session.Room.Find(Watched) ?? _watched;
            if (_watched == null || !_follower.TryGet(_watched, now, _face))
            {
                return;
            }

            PhaseMeter meter = Meter();
            meter.Rendered.Add(_face, now);
            meter.AddPresence(_face.Presence);
            meter.MostBufferDelay = Math.Max(meter.MostBufferDelay, _watched.Statistics.BufferDelaySeconds);
            meter.MostFaces = Math.Max(meter.MostFaces, _watched.Faces.Count);
            meter.AddLatency(_watched.Statistics.DisplayLatencySeconds);
            if (!_isPlaying && _face.Presence > 0.99f && _session.State == SessionState.Connected)
            {
                _isPlaying = true;
                Program.Say("playing " + _name);
            }
        }

        private void Measure(FacePacket packet, double arrival)
        {
            Participant publisher = _session.Room.Find(packet.Participant);
            if (publisher != null && publisher.Name == Watched && packet.FaceCount > 0)
            {
                Meter().Source.Add(packet.GetFace(0), packet.CaptureTimeUs * 1e-6);
            }
        }

        private PhaseMeter Meter()
        {
            string phase = _phase.Name;
            PhaseMeter last = _meters.Count == 0 ? null : _meters[_meters.Count - 1];
            if (last == null || last.Name != phase)
            {
                last = new PhaseMeter(phase, _rate, last);
                _meters.Add(last);
            }

            return last;
        }
    }
}

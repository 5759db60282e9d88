using System.Collections.Generic;

namespace Facecast.Core
{
    /// <summary>Keeps the room up to date from what the server sends, and notes in order what is to be told of it.</summary>
    internal sealed class RoomKeeper
    {
        private readonly Queue<RoomNotice> _notices = new Queue<RoomNotice>();
        private readonly List<TrackedFace> _faces = new List<TrackedFace>();
        private readonly List<Participant> _joined = new List<Participant>();
        private readonly List<Participant> _left = new List<Participant>();

        /// <summary>Make an empty room.</summary>
        public RoomKeeper(PlaybackOptions options)
        {
            Room = new Room(options);
        }

        /// <summary>The room.</summary>
        public Room Room { get; private set; }

        /// <summary>Packets of somebody who is not in the room.</summary>
        public long StrayPackets { get; private set; }

        /// <summary>Take the next thing to tell; false when everything is told.</summary>
        public bool TryTakeNotice(out RoomNotice notice)
        {
            bool isThere = _notices.Count > 0;
            notice = isThere ? _notices.Dequeue() : new RoomNotice();
            return isThere;
        }

        /// <summary>Take over who is there.</summary>
        public void Apply(Manifest manifest)
        {
            _joined.Clear();
            _left.Clear();
            Room.Apply(manifest, _joined, _left);
            TellLeft();
            foreach (Participant participant in _joined)
            {
                Tell(RoomNoticeKind.Joined, participant, null);
            }
        }

        /// <summary>Everybody is gone: the session is over.</summary>
        public void Clear()
        {
            _left.Clear();
            Room.Clear(_left);
            TellLeft();
        }

        /// <summary>Take over an event; kinds of later versions change nothing.</summary>
        public void Apply(RoomEvent news)
        {
            Participant participant = Room.Find(news.Participant);
            switch (news.Kind)
            {
                case RoomEventKind.Joined:
                    Join(news);
                    break;
                case RoomEventKind.Left:
                    Leave(news.Participant);
                    break;
                case RoomEventKind.LostFace:
                    Lose(participant, news.Track);
                    break;
                case RoomEventKind.Clock:
                    SetClock(participant, news.ClockOffsetUs);
                    break;
                default:
                    break;
            }
        }

        /// <summary>Take over a packet.</summary>
        public void Add(FacePacket packet, double arrivalSeconds, ClockSync clock)
        {
            Participant participant = Room.Find(packet.Participant);
            if (participant == null)
            {
                StrayPackets++; // on its way when its publisher left
                return;
            }

            _faces.Clear();
            participant.Add(packet, arrivalSeconds, clock, _faces);
            TellFaces(RoomNoticeKind.FaceAppeared);
        }

        /// <summary>Play on to a local time.</summary>
        public void Advance(double nowSeconds, ClockSync clock)
        {
            for (int i = 0; i < Room.Participants.Count; i++)
            {
                _faces.Clear();
                Room.Participants[i].Advance(nowSeconds, clock, _faces);
                TellFaces(RoomNoticeKind.FaceRemoved);
            }
        }

        private void Join(RoomEvent news)
        {
            ParticipantRole role = news.Role ?? ParticipantRole.Viewer;
            Participant participant = Room.Join(new ParticipantInfo(news.Participant, news.Name ?? string.Empty, role));
            if (participant != null)
            {
                Tell(RoomNoticeKind.Joined, participant, null);
            }
        }

        private void Leave(int id)
        {
            Participant participant = Room.Leave(id);
            if (participant != null)
            {
                _left.Clear();
                _left.Add(participant);
                TellLeft();
            }
        }

        private void Lose(Participant participant, uint? track)
        {
            TrackedFace face = participant == null || !track.HasValue ? null : participant.FindFace(track.Value);
            if (face != null && !face.IsLost)
            {
                face.MarkLost();
                Tell(RoomNoticeKind.FaceLost, participant, face);
            }
        }

        private static void SetClock(Participant participant, long? offsetUs)
        {
            if (participant != null && offsetUs.HasValue)
            {
                participant.ClockOffsetUs = offsetUs;
            }
        }

        private void TellLeft()
        {
            foreach (Participant participant in _left)
            {
                _faces.Clear();
                participant.RemoveFaces(_faces);
                TellFaces(RoomNoticeKind.FaceRemoved);
                Tell(RoomNoticeKind.Left, participant, null);
            }
        }

        private void TellFaces(RoomNoticeKind kind)
        {
            for (int i = 0; i < _faces.Count; i++)
            {
                Tell(kind, _faces[i].Participant, _faces[i]);
            }
        }

        private void Tell(RoomNoticeKind kind, Participant participant, TrackedFace face)
        {
            _notices.Enqueue(new RoomNotice { Kind = kind, Participant = participant, Face = face });
        }
    }
}

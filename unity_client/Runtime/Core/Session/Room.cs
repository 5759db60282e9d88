using System.Collections.Generic;

namespace Facecast.Core
{
    /// <summary>Who is in the room. You are in it yourself.</summary>
    public sealed class Room
    {
        private readonly List<Participant> _participants = new List<Participant>();
        private readonly PlaybackOptions _options;

        internal Room(PlaybackOptions options)
        {
            _options = options;
        }

        /// <summary>The room's name; empty before the first connection.</summary>
        public string Name { get; private set; } = string.Empty;

        /// <summary>Everybody, in the order of their coming.</summary>
        public IReadOnlyList<Participant> Participants
        {
            get { return _participants; }
        }

        /// <summary>This client; null before the first connection.</summary>
        public Participant Self { get; private set; }

        /// <summary>Find somebody by id; null when there is nobody.</summary>
        public Participant Find(int id)
        {
            for (int i = 0; i < _participants.Count; i++)
            {
                if (_participants[i].Id == id)
                {
                    return _participants[i];
                }
            }

            return null;
        }

        /// <summary>Find the first one of a name; null when there is nobody.</summary>
        public Participant Find(string name)
        {
            for (int i = 0; i < _participants.Count; i++)
            {
                if (_participants[i].Name == name)
                {
                    return _participants[i];
                }
            }

            return null;
        }

        /// <summary>
        /// Take over who is there according to a manifest. Those who were there before go on as they are; who
        /// else was there is added to <paramref name="left"/>, who is new to <paramref name="joined"/>.
        /// </summary>
        internal void Apply(Manifest manifest, List<Participant> joined, List<Participant> left)
        {
            List<Participant> before = new List<Participant>(_participants);
            _participants.Clear();
            Name = manifest.Room;
            ParticipantInfo own = new ParticipantInfo(manifest.Participant, manifest.Name, manifest.Role);
            Self = Admit(own, true, before, joined);
            foreach (ParticipantInfo info in manifest.Participants)
            {
                if (info.Id != own.Id && Find(info.Id) == null)
                {
                    Admit(info, false, before, joined);
                }
            }

            left.AddRange(before);
        }

        /// <summary>Somebody came; null when they were there already.</summary>
        internal Participant Join(ParticipantInfo info)
        {
            Participant participant = Find(info.Id);
            if (participant != null)
            {
                participant.Update(info, participant.IsSelf);
                return null;
            }

            participant = new Participant(info, false, _options);
            _participants.Add(participant);
            return participant;
        }

        /// <summary>Somebody went; null when they were not there.</summary>
        internal Participant Leave(int id)
        {
            Participant participant = Find(id);
            if (participant != null)
            {
                _participants.Remove(participant);
            }

            return participant;
        }

        /// <summary>Everybody goes.</summary>
        internal void Clear(List<Participant> left)
        {
            left.AddRange(_participants);
            _participants.Clear();
            Self = null;
        }

        private Participant Admit(ParticipantInfo info, bool isSelf, List<Participant> before, List<Participant> joined)
        {
            int match = FindSame(info, isSelf, before);
            Participant participant = match >= 0 ? before[match] : new Participant(info, isSelf, _options);
            if (match >= 0)
            {
                before.RemoveAt(match);
                participant.Update(info, isSelf);
            }
            else
            {
                joined.Add(participant);
            }

            _participants.Add(participant);
            return participant;
        }

        /// <summary>Find who of those before is the same: of the same name and role, at best with the same id too.</summary>
        private static int FindSame(ParticipantInfo info, bool isSelf, List<Participant> before)
        {
            int match = -1;
            for (int i = 0; i < before.Count; i++)
            {
                bool isSame = before[i].IsSelf == isSelf && before[i].Name == info.Name && before[i].Role == info.Role;
                if (isSame && before[i].Id == info.Id)
                {
                    return i;
                }

                match = isSame && match < 0 ? i : match;
            }

            return match;
        }
    }
}

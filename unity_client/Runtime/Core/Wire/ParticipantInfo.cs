namespace Facecast.Core
{
    /// <summary>Somebody in a room, as a manifest lists them.</summary>
    public struct ParticipantInfo
    {
        /// <summary>Make the description of one participant.</summary>
        public ParticipantInfo(int id, string name, ParticipantRole role)
        {
            Id = id;
            Name = name;
            Role = role;
        }

        /// <summary>The id in the room.</summary>
        public int Id { get; private set; }

        /// <summary>The name in the room.</summary>
        public string Name { get; private set; }

        /// <summary>The role in the room.</summary>
        public ParticipantRole Role { get; private set; }
    }
}

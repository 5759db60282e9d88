using System;
using System.Collections.Generic;
using Facecast.Core;
using UnityEngine;

namespace Facecast.Unity
{
    /// <summary>Makes a character for every face of everybody in the room, and takes it away when the face is gone.</summary>
    /// <remarks>
    /// Compares who is there with who is shown in every frame, so a late joiner sees everybody. A face that the
    /// server lost and found again under a new number keeps its character.
    /// </remarks>
    [AddComponentMenu("Facecast/Facecast Room")]
    [DefaultExecutionOrder(-80)]
    [DisallowMultipleComponent]
    public sealed class FacecastRoom : MonoBehaviour
    {
        [Tooltip("Empty: the first client of the scene.")]
        [SerializeField] private FacecastClient client;
        [Tooltip("A character with a Facecast Avatar on it or below it.")]
        [SerializeField] private GameObject prefab;
        [Tooltip("Show your own face as well.")]
        [SerializeField] private bool includeYourself = true;
        [Tooltip("Step from one character to the next; the first stands in the middle.")]
        [SerializeField] private Vector3 spacing = new Vector3(0.6f, 0f, 0f);

        private readonly List<SpawnedFace> _spawned = new List<SpawnedFace>();

        /// <summary>Raised when a character was made, before it is first drawn; a place for names and positions.</summary>
        public event Action<SpawnedFace> Spawned;

        /// <summary>Raised just before a character is taken away.</summary>
        public event Action<SpawnedFace> Despawning;

        /// <summary>The client that the faces come from; without one of its own, the first of the scene.</summary>
        public FacecastClient Client
        {
            get { return client != null ? client : FacecastClient.First; }
            set { client = value; }
        }

        /// <summary>What is made for each face.</summary>
        public GameObject Prefab
        {
            get { return prefab; }
            set { prefab = value; }
        }

        /// <summary>Whether your own face is shown as well.</summary>
        public bool IncludeYourself
        {
            get { return includeYourself; }
            set { includeYourself = value; }
        }

        /// <summary>The step from one character to the next, in this object's axes.</summary>
        public Vector3 Spacing
        {
            get { return spacing; }
            set { spacing = value; }
        }

        /// <summary>The characters that stand now.</summary>
        public IReadOnlyList<SpawnedFace> Characters
        {
            get { return _spawned; }
        }

        /// <summary>Compare who is there with who is shown, and put the difference right. Called every frame.</summary>
        public void Reconcile()
        {
            FacecastClient source = Client;
            FacecastSession session = source == null ? null : source.Session;
            Facecast.Core.Room room = session == null ? null : session.Room;
            Handover();
            for (int i = _spawned.Count - 1; i >= 0; i--)
            {
                if (!IsThere(_spawned[i], room))
                {
                    Despawn(i);
                }
            }

            if (room == null || prefab == null)
            {
                return;
            }

            for (int i = 0; i < room.Participants.Count; i++)
            {
                SpawnMissing(room.Participants[i]);
            }
        }

        private void Update()
        {
            Reconcile();
        }

        private void OnDisable()
        {
            for (int i = _spawned.Count - 1; i >= 0; i--)
            {
                Despawn(i);
            }
        }

        // A lost face whose participant shows a new one: the same person, seen again.
        private void Handover()
        {
            for (int i = 0; i < _spawned.Count; i++)
            {
                SpawnedFace spawned = _spawned[i];
                TrackedFace next = spawned.Face.IsLost ? UnshownFace(spawned.Participant) : null;
                if (next != null)
                {
                    spawned.Face = next;
                    spawned.Avatar.Assign(spawned.Participant, next);
                }
            }
        }

        private TrackedFace UnshownFace(Participant participant)
        {
            for (int i = 0; i < participant.Faces.Count; i++)
            {
                TrackedFace face = participant.Faces[i];
                if (!face.IsLost && Find(face) == null)
                {
                    return face;
                }
            }

            return null;
        }

        private bool IsThere(SpawnedFace spawned, Facecast.Core.Room room)
        {
            if (room == null || spawned.Avatar == null || (spawned.Participant.IsSelf && !includeYourself))
            {
                return false;
            }

            return Contains(room.Participants, spawned.Participant) && Contains(spawned.Participant.Faces, spawned.Face);
        }

        private void SpawnMissing(Participant participant)
        {
            if (participant.IsSelf && !includeYourself)
            {
                return;
            }

            for (int i = 0; i < participant.Faces.Count; i++)
            {
                TrackedFace face = participant.Faces[i];
                if (!face.IsLost && Find(face) == null)
                {
                    Spawn(participant, face);
                }
            }
        }

        private void Spawn(Participant participant, TrackedFace face)
        {
            int place = FreePlace();
            GameObject made = Instantiate(prefab, transform);
            made.name = participant.Name.Length == 0 ? "Participant " + participant.Id : participant.Name;
            made.transform.localPosition = spacing * Alternating(place);
            FacecastAvatar avatar = made.GetComponentInChildren<FacecastAvatar>(true);
            if (avatar == null)
            {
                Debug.LogWarning("Facecast: the prefab '" + prefab.name + "' has no Facecast Avatar; one was added.", this);
                avatar = made.AddComponent<FacecastAvatar>();
            }

            avatar.Client = Client;
            var spawned = new SpawnedFace(participant, face, avatar, place);
            _spawned.Add(spawned);
            avatar.Assign(participant, face);
            made.SetActive(true);
            Spawned?.Invoke(spawned);
        }

        private void Despawn(int index)
        {
            SpawnedFace spawned = _spawned[index];
            _spawned.RemoveAt(index);
            Despawning?.Invoke(spawned);
            if (spawned.Avatar != null)
            {
                Destroy(RootOf(spawned.Avatar));
            }
        }

        // The avatar may sit below the prefab's root; the root is the object right below this room.
        private GameObject RootOf(FacecastAvatar avatar)
        {
            Transform root = avatar.transform;
            while (root.parent != null && root.parent != transform)
            {
                root = root.parent;
            }

            return root.gameObject;
        }

        private SpawnedFace Find(TrackedFace face)
        {
            for (int i = 0; i < _spawned.Count; i++)
            {
                if (ReferenceEquals(_spawned[i].Face, face))
                {
                    return _spawned[i];
                }
            }

            return null;
        }

        private int FreePlace()
        {
            int place = 0;
            while (IsTaken(place))
            {
                place += 1;
            }

            return place;
        }

        private bool IsTaken(int place)
        {
            for (int i = 0; i < _spawned.Count; i++)
            {
                if (_spawned[i].Place == place)
                {
                    return true;
                }
            }

            return false;
        }

        // 0, 1, -1, 2, -2, …: a newcomer never moves the others.
        private static int Alternating(int place)
        {
            return place % 2 == 1 ? (place + 1) / 2 : -place / 2;
        }

        private static bool Contains<T>(IReadOnlyList<T> list, T wanted)
            where T : class
        {
            for (int i = 0; i < list.Count; i++)
            {
                if (ReferenceEquals(list[i], wanted))
                {
                    return true;
                }
            }

            return false;
        }
    }
}

using System.Collections.Generic;
using Facecast.Core;
using UnityEngine;

namespace Facecast.Unity
{
    /// <summary>Puts one participant's face on one character: blendshapes, and if wanted head and eyes.</summary>
    /// <remarks>
    /// Writes in LateUpdate, after the Animator, by indices that were looked up once, and allocates nothing. Each
    /// renderer has one writer: a second avatar on the same renderer gets a warning and leaves it alone.
    /// </remarks>
    [AddComponentMenu("Facecast/Facecast Avatar")]
    [DisallowMultipleComponent]
    public sealed class FacecastAvatar : MonoBehaviour
    {
        private const float LookSeconds = 0.5f; // between two looks for a character that is not there yet

        [Header("Whose face")]
        [Tooltip("Empty: the first client of the scene.")]
        [SerializeField] private FacecastClient client;
        [SerializeField] private FaceChoice whose = FaceChoice.Yourself;
        [SerializeField] private string participantName = "";

        [Header("Which character")]
        [Tooltip("Empty: matched by name when play starts.")]
        [SerializeField] private FaceMapping mapping;
        [Tooltip("Empty: all skinned renderers below this object that have blendshapes.")]
        [SerializeField] private List<SkinnedMeshRenderer> renderers = new List<SkinnedMeshRenderer>();

        [Header("How")]
        [Tooltip("Like a mirror: your left moves the character's right.")]
        [SerializeField] private bool mirror;
        [SerializeField] private GroupStrengths strengths = new GroupStrengths();
        [Tooltip("Seconds to come alive when a face appears and to rest when it is gone.")]
        [Range(0f, 3f)]
        [SerializeField] private float fadeSeconds = 0.3f;

        [Header("Head and eyes (optional)")]
        [SerializeField] private FaceBones bones = new FaceBones();

        private readonly FacePicker _picker = new FacePicker();
        private readonly FaceFrame _last = new FaceFrame();
        private readonly FaceFrame _shown = new FaceFrame();
        private readonly List<SkinnedMeshRenderer> _claimed = new List<SkinnedMeshRenderer>();
        private FaceMapping _matched;
        private BakedMapping _baked;
        private FaceMapping _bakedFrom;
        private int _bakedVersion;
        private float _nextLook;
        private float _influence;
        private bool _isMoved;
        private bool _warned;

        /// <summary>The client that the faces come from; without one of its own, the first of the scene.</summary>
        public FacecastClient Client
        {
            get { return client != null ? client : FacecastClient.First; }
            set { client = value; }
        }

        /// <summary>Whose face is shown.</summary>
        public FaceChoice Whose
        {
            get { return whose; }
            set { whose = value; }
        }

        /// <summary>The participant's name, for <see cref="FaceChoice.Named"/>.</summary>
        public string ParticipantName
        {
            get { return participantName; }
            set { participantName = value; }
        }

        /// <summary>The mapping; null to match by name.</summary>
        public FaceMapping Mapping
        {
            get { return mapping; }
            set
            {
                mapping = value;
                Refresh();
            }
        }

        /// <summary>Whether left moves right, as in a mirror.</summary>
        public bool Mirror
        {
            get { return mirror; }
            set { mirror = value; }
        }

        /// <summary>How strongly each region moves.</summary>
        public GroupStrengths Strengths
        {
            get { return strengths; }
        }

        /// <summary>Head and eyes.</summary>
        public FaceBones Bones
        {
            get { return bones; }
        }

        /// <summary>Seconds of fading in and out.</summary>
        public float FadeSeconds
        {
            get { return fadeSeconds; }
            set { fadeSeconds = value; }
        }

        /// <summary>The participant whose face is shown, null when nobody is there.</summary>
        public Participant Participant
        {
            get { return _picker.Participant; }
        }

        /// <summary>The face as it was last put on the character, after mirror, strengths and fade.</summary>
        public FaceFrame Shown
        {
            get { return _shown; }
        }

        /// <summary>The mapping as resolved on this character, null before the first frame.</summary>
        public BakedMapping Baked
        {
            get { return _baked; }
        }

        /// <summary>What the automatic matching found, null when a mapping asset is used.</summary>
        public MatchReport AutomaticMatch { get; private set; }

        /// <summary>Show a participant's face, whichever of its faces lives.</summary>
        public void Assign(Participant participant)
        {
            whose = FaceChoice.Assigned;
            _picker.Assign(participant);
        }

        /// <summary>Show one particular face of a participant who has several.</summary>
        public void Assign(Participant participant, TrackedFace face)
        {
            whose = FaceChoice.Assigned;
            _picker.Assign(participant, face);
        }

        /// <summary>Take the head's present place as its middle, and the way it looks as straight ahead. For a button.</summary>
        public void Recentre()
        {
            bones.Recentre();
        }

        /// <summary>Read renderers, mapping and rest poses again, after the character changed.</summary>
        public void Refresh()
        {
            ReleaseCharacter();
            if (isActiveAndEnabled)
            {
                HoldCharacter();
            }
        }

        /// <summary>List the renderers that this avatar means to write to.</summary>
        public List<SkinnedMeshRenderer> FindRenderers()
        {
            var found = new List<SkinnedMeshRenderer>();
            bool given = renderers.Count > 0;
            IEnumerable<SkinnedMeshRenderer> candidates = given
                ? (IEnumerable<SkinnedMeshRenderer>)renderers
                : GetComponentsInChildren<SkinnedMeshRenderer>(true);
            foreach (SkinnedMeshRenderer candidate in candidates)
            {
                if (candidate != null && candidate.sharedMesh != null && candidate.sharedMesh.blendShapeCount > 0)
                {
                    found.Add(candidate);
                }
            }

            return found;
        }

        /// <summary>Put a face on the character now. Allocates nothing once the mapping is resolved.</summary>
        /// <param name="face">The face in the wire's axes; it stays as it is.</param>
        /// <param name="influence">0 leaves the character at rest, 1 shows the whole face.</param>
        public void Show(FaceFrame face, float influence)
        {
            LookAgainIfNeeded();
            _isMoved = true;
            _shown.CopyFrom(face);
            if (mirror)
            {
                FaceMirror.Apply(_shown);
            }

            _shown.FadeToNeutral(1f - influence);
            strengths.ApplyTo(_shown, 1f);
            if (_baked != null)
            {
                _baked.Apply(_shown);
            }

            bones.Show(_shown, face, mirror, influence);
        }

        private void OnEnable()
        {
            HoldCharacter();
        }

        private void OnDisable()
        {
            ReleaseCharacter();
            _influence = 0f;
            _warned = false;
        }

        private void LateUpdate()
        {
            FacecastClient source = Client;
            if (source == null)
            {
                return;
            }

            FacecastSession session = source.Session;
            _picker.Choose(whose, participantName, session == null ? null : session.Room);
            bool there = _picker.TryGet(source.FrameTime, _last) && _last.Presence > 0f;
            float step = fadeSeconds <= 0f ? 1f : Time.deltaTime / fadeSeconds;
            _influence = Mathf.MoveTowards(_influence, there ? 1f : 0f, step);
            if (there || _influence > 0f)
            {
                Show(_last, _influence);
            }
            else if (_isMoved)
            {
                RestoreCharacter(); // at rest the character belongs to the Animator again
            }
        }

        private void OnDestroy()
        {
            if (_matched != null)
            {
                Destroy(_matched);
            }
        }

        private void LookAgainIfNeeded()
        {
            bool changed = _bakedFrom != mapping || (mapping != null && mapping.Version != _bakedVersion);
            bool missing = _baked == null && Time.unscaledTime >= _nextLook;
            if ((_baked != null && (changed || !_baked.IsCurrent)) || missing)
            {
                Refresh();
            }
        }

        private void HoldCharacter()
        {
            _claimed.Clear();
            bool conflict = false;
            foreach (SkinnedMeshRenderer renderer in FindRenderers())
            {
                if (RendererClaims.TryClaim(renderer, this, !_warned))
                {
                    _claimed.Add(renderer);
                }
                else
                {
                    conflict = true;
                }
            }

            // A character that is built at run time may have no blendshapes yet: look again soon.
            _warned = conflict;
            _nextLook = Time.unscaledTime + LookSeconds;
            if (_claimed.Count > 0)
            {
                _baked = new BakedMapping(mapping == null ? MatchByName() : mapping, _claimed);
                _bakedFrom = mapping;
                _bakedVersion = mapping == null ? 0 : mapping.Version;
            }

            bones.CaptureRest(transform);
        }

        private FaceMapping MatchByName()
        {
            if (_matched == null)
            {
                _matched = ScriptableObject.CreateInstance<FaceMapping>();
            }

            AutomaticMatch = _matched.MatchAutomatically(_claimed);
            return _matched;
        }

        private void ReleaseCharacter()
        {
            RestoreCharacter();
            _baked = null;
            RendererClaims.Release(this);
            _claimed.Clear();
        }

        private void RestoreCharacter()
        {
            if (_baked != null)
            {
                _baked.Restore();
            }

            bones.Restore();
            _isMoved = false;
        }
    }
}

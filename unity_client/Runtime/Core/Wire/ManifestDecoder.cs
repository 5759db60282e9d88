using System.Collections.Generic;

namespace Facecast.Core
{
    /// <summary>Reads the map of a manifest; keys that this version does not know are read over.</summary>
    internal sealed class ManifestDecoder
    {
        private readonly Manifest _manifest = new Manifest();
        private readonly CoefficientLists _blendshapes = new CoefficientLists();
        private readonly CoefficientLists _actionUnits = new CoefficientLists();
        private readonly HashSet<string> _keys = new HashSet<string>();

        private static readonly string[] RequiredKeys =
        {
            "participant", "room", "name", "role", "participants", "server_time_us", "blendshapes", "blendshapes_estimated",
            "blendshapes_quality", "action_units", "action_units_estimated", "action_units_quality", "stages", "limits",
        };

        private ManifestDecoder()
        {
        }

        /// <summary>Read a manifest; false and the problem when it is not one, or lacks something.</summary>
        public static bool TryDecode(ref WireReader reader, out Manifest manifest, ref string problem)
        {
            ManifestDecoder decoder = new ManifestDecoder();
            manifest = decoder._manifest;
            return decoder.TryReadMap(ref reader, ref problem) && decoder.TryFinish(ref problem);
        }

        private bool TryReadMap(ref WireReader reader, ref string problem)
        {
            int pairs;
            if (!reader.TryReadMap(out pairs))
            {
                return false;
            }

            for (int i = 0; i < pairs; i++)
            {
                string key;
                if (!reader.TryReadText(out key) || !TryReadValue(key, ref reader))
                {
                    problem = "manifest: expected another value of " + (key ?? "a key");
                    return false;
                }

                _keys.Add(key);
            }

            return true;
        }

        private bool TryReadValue(string key, ref WireReader reader)
        {
            switch (key)
            {
                case "blendshapes": return TryReadTexts(ref reader, out _blendshapes.Names);
                case "blendshapes_estimated": return _blendshapes.TryReadEstimated(ref reader);
                case "blendshapes_quality": return _blendshapes.TryReadQuality(ref reader);
                case "action_units": return TryReadTexts(ref reader, out _actionUnits.Names);
                case "action_units_estimated": return _actionUnits.TryReadEstimated(ref reader);
                case "action_units_quality": return _actionUnits.TryReadQuality(ref reader);
                case "participants": return TryReadParticipants(ref reader);
                case "limits": return TryReadLimits(ref reader);
                case "models": return TryReadModels(ref reader);
                default: return TryReadPlain(key, ref reader);
            }
        }

        private bool TryReadPlain(string key, ref WireReader reader)
        {
            ulong number = 0;
            string text = null;
            List<string> texts = null;
            bool isRead;
            switch (key)
            {
                case "protocol":
                    isRead = reader.TryReadUnsigned(byte.MaxValue, out number);
                    _manifest.Protocol = (int)number;
                    return isRead;
                case "participant":
                    isRead = reader.TryReadUnsigned(ushort.MaxValue, out number);
                    _manifest.Participant = (int)number;
                    return isRead;
                case "server_time_us":
                    isRead = reader.TryReadUnsigned(ulong.MaxValue, out number);
                    _manifest.ServerTimeUs = number;
                    return isRead;
                case "stages":
                    isRead = TryReadTexts(ref reader, out texts);
                    _manifest.Stages = texts;
                    return isRead;
                case "formats":
                    isRead = TryReadTexts(ref reader, out texts);
                    _manifest.Formats = texts;
                    return isRead;
                case "encodings":
                    isRead = TryReadTexts(ref reader, out texts);
                    _manifest.Encodings = texts;
                    return isRead;
                case "server":
                case "room":
                case "name":
                case "role":
                case "profile":
                case "backend":
                    isRead = reader.TryReadText(out text);
                    return isRead && TrySetText(key, text);
                default:
                    return reader.TrySkip();
            }
        }

        private bool TrySetText(string key, string text)
        {
            ParticipantRole role;
            switch (key)
            {
                case "server": _manifest.Server = text; break;
                case "room": _manifest.Room = text; break;
                case "name": _manifest.Name = text; break;
                case "profile": _manifest.Profile = text; break;
                case "backend": _manifest.Backend = text; break;
                default:
                    bool isKnown = WireNames.TryReadRole(text, out role);
                    _manifest.Role = role;
                    return isKnown;
            }

            return true;
        }

        private bool TryReadParticipants(ref WireReader reader)
        {
            int rows;
            List<ParticipantInfo> participants = new List<ParticipantInfo>();
            _manifest.Participants = participants;
            if (!reader.TryReadArray(out rows))
            {
                return false;
            }

            for (int i = 0; i < rows; i++)
            {
                ParticipantInfo participant;
                if (!TryReadParticipant(ref reader, out participant))
                {
                    return false;
                }

                participants.Add(participant);
            }

            return true;
        }

        private static bool TryReadParticipant(ref WireReader reader, out ParticipantInfo participant)
        {
            int items;
            ulong id = 0;
            string name = null;
            string roleName = null;
            ParticipantRole role = ParticipantRole.Viewer;
            bool isRead = reader.TryReadArray(out items) && items >= 3 && reader.TryReadUnsigned(ushort.MaxValue, out id)
                && reader.TryReadText(out name) && reader.TryReadText(out roleName);
            for (int i = 3; isRead && i < items; i++)
            {
                isRead = reader.TrySkip();
            }

            WireNames.TryReadRole(roleName, out role); // a role of a later version counts as a viewer's
            participant = new ParticipantInfo((int)id, name, role);
            return isRead;
        }

        private bool TryReadLimits(ref WireReader reader)
        {
            int pairs;
            bool isRead = reader.TryReadMap(out pairs);
            for (int i = 0; isRead && i < pairs; i++)
            {
                string key;
                double value = 0.0;
                isRead = reader.TryReadText(out key) && reader.TryReadNumber(out value);
                SetLimit(key, value);
            }

            return isRead;
        }

        private void SetLimit(string key, double value)
        {
            ManifestLimits limits = _manifest.Limits;
            switch (key)
            {
                case "message_bytes": limits.MessageBytes = value; break;
                case "pixels": limits.Pixels = value; break;
                case "frames_per_second": limits.FramesPerSecond = value; break;
                case "faces": limits.Faces = value; break;
                case "room_participants": limits.RoomParticipants = value; break;
                default: break; // limits of a later version
            }
        }

        private bool TryReadModels(ref WireReader reader)
        {
            int pairs;
            Dictionary<string, string> models = new Dictionary<string, string>();
            _manifest.Models = models;
            bool isRead = reader.TryReadMap(out pairs);
            for (int i = 0; isRead && i < pairs; i++)
            {
                string name;
                string hash = null;
                isRead = reader.TryReadText(out name) && reader.TryReadText(out hash);
                if (isRead)
                {
                    models[name] = hash;
                }
            }

            return isRead;
        }

        private static bool TryReadTexts(ref WireReader reader, out List<string> texts)
        {
            int count;
            texts = new List<string>();
            if (!reader.TryReadArray(out count))
            {
                return false;
            }

            for (int i = 0; i < count; i++)
            {
                string text;
                if (!reader.TryReadText(out text))
                {
                    return false;
                }

                texts.Add(text);
            }

            return true;
        }

        private bool TryFinish(ref string problem)
        {
            foreach (string key in RequiredKeys)
            {
                if (!_keys.Contains(key))
                {
                    problem = "manifest." + key + ": expected a value, got nothing";
                    return false;
                }
            }

            List<CoefficientInfo> blendshapes;
            List<CoefficientInfo> actionUnits;
            if (!_blendshapes.TryJoin(WireTables.Blendshapes, out blendshapes)
                || !_actionUnits.TryJoin(WireTables.ActionUnits, out actionUnits))
            {
                problem = "manifest: expected the coefficients of this protocol version, in its order";
                return false;
            }

            _manifest.Blendshapes = blendshapes;
            _manifest.ActionUnits = actionUnits;
            return true;
        }
    }
}

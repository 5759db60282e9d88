using System;

namespace Facecast.Core
{
    /// <summary>The wire's names of encodings and roles.</summary>
    internal static class WireNames
    {
        private const string Publisher = "publisher";
        private const string Viewer = "viewer";
        private const string Both = "both";

        /// <summary>The name of an encoding, as options carry it.</summary>
        public static string OfEncoding(CoefficientEncoding encoding)
        {
            switch (encoding)
            {
                case CoefficientEncoding.U8: return "u8";
                case CoefficientEncoding.U16: return "u16";
                case CoefficientEncoding.F32: return "f32";
                default: throw new ArgumentOutOfRangeException("encoding", "expected U8, U16 or F32, got " + (int)encoding);
            }
        }

        /// <summary>The name of a role, as addresses carry it.</summary>
        public static string OfRole(ParticipantRole role)
        {
            switch (role)
            {
                case ParticipantRole.Publisher: return Publisher;
                case ParticipantRole.Viewer: return Viewer;
                case ParticipantRole.Both: return Both;
                default: throw new ArgumentOutOfRangeException("role", "expected Publisher, Viewer or Both, got " + (int)role);
            }
        }

        /// <summary>Read a role's name; false when there is no such role.</summary>
        public static bool TryReadRole(string name, out ParticipantRole role)
        {
            role = name == Publisher ? ParticipantRole.Publisher : name == Both ? ParticipantRole.Both : ParticipantRole.Viewer;
            return role != ParticipantRole.Viewer || name == Viewer;
        }
    }
}

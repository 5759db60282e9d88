using System;

namespace Facecast.Core
{
    /// <summary>
    /// Something that may not be sent: the server would refuse it. <see cref="Code"/> is the wire's code for it
    /// (<see cref="WireTables.ErrorCode"/>); the message says what was expected and what came.
    /// </summary>
    public sealed class WireException : Exception
    {
        /// <summary>Make the exception from the wire's code and a text.</summary>
        public WireException(string code, string message)
            : base(message)
        {
            Code = code;
        }

        /// <summary>The wire's code of this fault.</summary>
        public string Code { get; private set; }
    }
}

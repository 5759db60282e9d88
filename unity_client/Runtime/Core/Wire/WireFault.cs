namespace Facecast.Core
{
    /// <summary>A fault to tell somebody about: one that the server reported, or one of the connection itself.</summary>
    public sealed class WireFault
    {
        /// <summary>Make a fault.</summary>
        public WireFault(string code, string text, bool isFatal, uint? sequence)
        {
            Code = code;
            Text = text;
            IsFatal = isFatal;
            Sequence = sequence;
        }

        /// <summary>
        /// A code of <see cref="WireTables.ErrorCode"/>, or <see cref="TransportCode"/> for a connection that
        /// could not be made or broke.
        /// </summary>
        public string Code { get; private set; }

        /// <summary>What was expected and what came.</summary>
        public string Text { get; private set; }

        /// <summary>Whether the connection ends with it.</summary>
        public bool IsFatal { get; private set; }

        /// <summary>The frame that it concerns, where one is known.</summary>
        public uint? Sequence { get; private set; }

        /// <summary>The code of faults of the connection, which no server sends.</summary>
        public const string TransportCode = "transport";

        /// <summary>Code and text in one line.</summary>
        public override string ToString()
        {
            return Code + ": " + Text;
        }
    }
}

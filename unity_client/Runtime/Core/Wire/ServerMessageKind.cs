namespace Facecast.Core
{
    /// <summary>What a message of the server is.</summary>
    public enum ServerMessageKind
    {
        /// <summary>Not a message that the specification knows: the error is <c>bad_message</c>.</summary>
        Invalid = 0,

        /// <summary>The first message: <see cref="ServerMessageDecoder.Manifest"/>.</summary>
        Manifest = WireTables.MessageId.Manifest,

        /// <summary>Somebody's faces: <see cref="ServerMessageDecoder.Packet"/>.</summary>
        Packet = WireTables.MessageId.Packet,

        /// <summary>Something happened in the room: <see cref="ServerMessageDecoder.Event"/>.</summary>
        Event = WireTables.MessageId.Event,

        /// <summary>A captured calibration: <see cref="ServerMessageDecoder.Neutral"/>.</summary>
        Neutral = WireTables.MessageId.Neutral,

        /// <summary>The answer to a ping: <see cref="ServerMessageDecoder.Pong"/>.</summary>
        Pong = WireTables.MessageId.Pong,

        /// <summary>A coded error: <see cref="ServerMessageDecoder.Fault"/>.</summary>
        Error = WireTables.MessageId.Error,
    }
}

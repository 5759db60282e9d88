using System;

namespace Facecast.Core
{
    /// <summary>
    /// One connection at a time to a server. All that it does on the network happens elsewhere than in these calls,
    /// which return at once and throw nothing for the network's sake: what goes wrong comes as
    /// <see cref="TransportMessageKind.Closed"/>. Whether and when to connect again is the session's decision.
    /// </summary>
    public interface ITransport : IDisposable
    {
        /// <summary>Packets that were dropped for newer ones, because they were not received in time.</summary>
        long MessagesDropped { get; }

        /// <summary>Frames that were handed to the network.</summary>
        long FramesSent { get; }

        /// <summary>Frames that a newer one replaced before they were sent.</summary>
        long FramesReplaced { get; }

        /// <summary>Whether a frame waits to be sent, or is being sent. May be asked on any thread.</summary>
        bool IsFrameWaiting { get; }

        /// <summary>Begin to connect. A connection before is given up, and nothing of it is reported any more.</summary>
        void Open(string url, string subprotocol);

        /// <summary>End the connection: what waits is sent, then goodbye is said. Nothing is reported any more.</summary>
        void Close();

        /// <summary>Take the next report; false when there is none.</summary>
        bool TryReceive(out TransportMessage message);

        /// <summary>Send a small message; its bytes are copied. False when there is no connection, or too many wait.</summary>
        bool Send(byte[] buffer, int offset, int count);

        /// <summary>
        /// Send a frame; its bytes are copied. It takes the place of one that still waits: never more than one does.
        /// False when there is no connection. May be called on any thread.
        /// </summary>
        bool SendFrame(byte[] buffer, int offset, int count);
    }
}

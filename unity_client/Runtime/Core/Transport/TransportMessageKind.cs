namespace Facecast.Core
{
    /// <summary>What a transport reports.</summary>
    public enum TransportMessageKind
    {
        /// <summary>The connection is there.</summary>
        Opened,

        /// <summary>A message came.</summary>
        Data,

        /// <summary>The connection ended or could not be made; nothing follows until it is opened again.</summary>
        Closed,
    }
}

using System;
using UnityEngine.Events;

namespace Facecast.Unity
{
    /// <summary>An event of the inspector that carries a line of text.</summary>
    [Serializable]
    public sealed class TextEvent : UnityEvent<string>
    {
    }
}

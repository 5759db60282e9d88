using System.Collections.Generic;

namespace Facecast.Live
{
    /// <summary>Which phase of the test is on, and what went wrong anywhere; shared by all threads.</summary>
    public sealed class Phase
    {
        private readonly object _gate = new object();
        private readonly List<string> _exceptions = new List<string>();
        private string _name = "start";

        public string Name
        {
            get
            {
                lock (_gate)
                {
                    return _name;
                }
            }
        }

        public IEnumerable<string> Exceptions
        {
            get
            {
                lock (_gate)
                {
                    return _exceptions.ToArray();
                }
            }
        }

        public void Begin(string name)
        {
            lock (_gate)
            {
                _name = name;
            }
        }

        public void NoteException(string text)
        {
            lock (_gate)
            {
                _exceptions.Add(text);
            }
        }
    }
}

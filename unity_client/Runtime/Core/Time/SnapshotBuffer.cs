using System;

namespace Facecast.Core
{
    /// <summary>One face's last snapshots in the order of their times; a ring that never grows.</summary>
    internal sealed class SnapshotBuffer
    {
        private const int Capacity = 64; // one second at 60 packets per second, twice the longest delay

        private readonly FaceFrame[] _faces = new FaceFrame[Capacity];
        private readonly double[] _times = new double[Capacity];
        private int _first;

        /// <summary>How many snapshots are there.</summary>
        public int Count { get; private set; }

        /// <summary>The time of a snapshot; 0 is the oldest.</summary>
        public double TimeAt(int index)
        {
            return _times[(_first + index) % Capacity];
        }

        /// <summary>A snapshot; 0 is the oldest.</summary>
        public FaceFrame FaceAt(int index)
        {
            return _faces[(_first + index) % Capacity];
        }

        /// <summary>Copy a snapshot to its place in time; one of the same time is there already: false. When full, the oldest goes.</summary>
        public bool Insert(double time, FaceFrame face)
        {
            int place = Count;
            while (place > 0 && TimeAt(place - 1) >= time)
            {
                place--;
                if (TimeAt(place) == time)
                {
                    return false;
                }
            }

            if (Count == Capacity)
            {
                if (place == 0)
                {
                    return false; // older than all that is there
                }

                DropOldest(1);
                place--;
            }

            MakeRoom(place);
            int slot = (_first + place) % Capacity;
            _times[slot] = time;
            _faces[slot].CopyFrom(face);
            return true;
        }

        /// <summary>Forget the oldest snapshots.</summary>
        public void DropOldest(int count)
        {
            _first = (_first + count) % Capacity;
            Count -= count;
        }

        /// <summary>The last snapshot that is not later than a time; -1 when all are later.</summary>
        public int FindBefore(double time)
        {
            int index = Count - 1;
            while (index >= 0 && TimeAt(index) > time)
            {
                index--;
            }

            return index;
        }

        private void MakeRoom(int place)
        {
            int freed = (_first + Count) % Capacity;
            FaceFrame spare = _faces[freed] ?? new FaceFrame();
            for (int index = Count; index > place; index--)
            {
                int to = (_first + index) % Capacity;
                int from = (_first + index - 1) % Capacity;
                _times[to] = _times[from];
                _faces[to] = _faces[from];
            }

            _faces[(_first + place) % Capacity] = spare;
            Count++;
        }
    }
}

using System;
using System.Reflection;

namespace Facecast.Core.Tests
{
    /// <summary>
    /// Counts the bytes that this thread allocates. Runtimes count in blocks, so that a single small object may
    /// not show: measure many repetitions, in which an allocation by each of them must show.
    /// </summary>
    internal static class Allocation
    {
        private static readonly Func<long> Counter = FindCounter();

        /// <summary>Run something often enough to warm up, then count what so many more repetitions allocate.</summary>
        public static long Bytes(int warmUp, int repetitions, Action action)
        {
            for (int i = 0; i < warmUp; i++)
            {
                action();
            }

            Counter(); // the first call may allocate itself
            long before = Counter();
            for (int i = 0; i < repetitions; i++)
            {
                action();
            }

            return Counter() - before;
        }

        private static Func<long> FindCounter()
        {
            MethodInfo method = typeof(GC).GetMethod("GetAllocatedBytesForCurrentThread", Type.EmptyTypes);
            if (method != null)
            {
                return (Func<long>)Delegate.CreateDelegate(typeof(Func<long>), method);
            }

            return () => GC.GetTotalMemory(false); // rises with every block, as long as nothing is collected
        }
    }
}

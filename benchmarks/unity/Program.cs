using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using Facecast.Core;

namespace Facecast.Benchmark
{
    /// <summary>
    /// Program FOLDER REPETITIONS: measures each packet file of a folder and writes one line of JSON for each. A
    /// repetition is what one rendered frame needs when a new packet has come: decode it, take it into the playback,
    /// interpolate every face, and map its 52 weights.
    /// </summary>
    public static class Program
    {
        private const int RepetitionsEach = 20; // one reading of the clock covers so many
        private const double PacketRate = 30.0;

        public static int Main(string[] arguments)
        {
            Thread.CurrentThread.CurrentCulture = CultureInfo.InvariantCulture;
            string[] paths = Directory.GetFiles(arguments[0], "*.bin");
            Array.Sort(paths, StringComparer.Ordinal);
            int repetitions = int.Parse(arguments[1]);
            foreach (string path in paths)
            {
                FaceWay way = new FaceWay(File.ReadAllBytes(path));
                Action step = () => way.Step(1.0 / PacketRate);
                FaceWay.Time(step, 100, RepetitionsEach); // compiles everything and fills every buffer
                List<double> whole = FaceWay.Time(step, repetitions / RepetitionsEach, RepetitionsEach);
                List<double> decode = FaceWay.Time(way.Decode, repetitions / RepetitionsEach, RepetitionsEach);
                List<double> map = FaceWay.Time(way.Map, repetitions / RepetitionsEach, RepetitionsEach);
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < repetitions; i++)
                {
                    way.Step(1.0 / PacketRate);
                }

                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Console.WriteLine(Line(Path.GetFileNameWithoutExtension(path), way.Faces, decode, map, whole, allocated));
            }

            return 0;
        }

        private static string Line(string name, int faces, List<double> decode, List<double> map, List<double> whole, long allocated)
        {
            return "{\"packet\":\"" + name + "\",\"faces\":" + faces
                + ",\"decode_us\":" + Median(decode, faces) + ",\"map_us\":" + Median(map, faces)
                + ",\"whole_us\":" + Median(whole, faces) + ",\"whole_90_us\":" + Quantile(whole, 0.9, faces)
                + ",\"allocated_bytes\":" + allocated + "}";
        }

        private static string Median(List<double> values, int faces)
        {
            return Quantile(values, 0.5, faces);
        }

        private static string Quantile(List<double> values, double share, int faces)
        {
            values.Sort();
            double value = values[(int)(share * (values.Count - 1))] / faces;
            return value.ToString("0.###", CultureInfo.InvariantCulture);
        }
    }
}

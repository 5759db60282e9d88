using System;
using System.Collections.Generic;
using System.IO;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    /// <summary>
    /// Finds the wire's test vectors, proto/vectors of the repository: by FACECAST_VECTORS, or above the working
    /// folder or the package. A package that was installed alone has none; its vector tests are ignored then.
    /// </summary>
    internal static class Vectors
    {
        private const string Missing = "no vectors";

        public static IEnumerable<string> Names(string folder)
        {
            string root = Find();
            List<string> names = new List<string>();
            if (root != null)
            {
                foreach (string path in Directory.GetFiles(Path.Combine(root, folder), "*.bin"))
                {
                    names.Add(Path.GetFileNameWithoutExtension(path));
                }
            }

            names.Sort(StringComparer.Ordinal);
            return names.Count > 0 ? names : new List<string> { Missing };
        }

        public static byte[] Bytes(string folder, string name)
        {
            IgnoreIfMissing(name);
            return File.ReadAllBytes(Path.Combine(Path.Combine(Find(), folder), name + ".bin"));
        }

        public static Dictionary<string, object> Json(string folder, string name)
        {
            IgnoreIfMissing(name);
            return JsonReader.ReadMap(File.ReadAllText(Path.Combine(Path.Combine(Find(), folder), name + ".json")));
        }

        public static byte[] FromHex(string hex)
        {
            byte[] bytes = new byte[hex.Length / 2];
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = Convert.ToByte(hex.Substring(2 * i, 2), 16);
            }

            return bytes;
        }

        private static void IgnoreIfMissing(string name)
        {
            if (name == Missing)
            {
                Assert.Ignore("proto/vectors is not here: this package is not inside its repository");
            }
        }

        private static string Find()
        {
            string given = Environment.GetEnvironmentVariable("FACECAST_VECTORS");
            if (!string.IsNullOrEmpty(given))
            {
                return given;
            }

            for (DirectoryInfo folder = new DirectoryInfo(Directory.GetCurrentDirectory()); folder != null; folder = folder.Parent)
            {
                string path = Path.Combine(Path.Combine(folder.FullName, "proto"), "vectors");
                if (Directory.Exists(path))
                {
                    return path;
                }
            }

            return null;
        }
    }
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using UnityEngine;

namespace Facecast.Samples
{
    /// <summary>Reads the sample head's file: parts with vertices, colours and blendshapes, in the wire's axes.</summary>
    /// <remarks>
    /// The file is right-handed with x to the subject's left; what comes out of here is Unity's: x changes its sign and
    /// triangles their order. Lengths are metres.
    /// </remarks>
    public sealed class PackedHead
    {
        private const int Version = 1;
        private const float NormalScale = 127f; // normals are -1..1 in one signed byte
        private const float TurnScale = 63.5f; // differences of normals are -2..2

        /// <summary>One part: a mesh with its own material.</summary>
        public sealed class Part
        {
            /// <summary>The part's name, such as <c>face</c> or <c>eye_left</c>.</summary>
            public string Name;

            /// <summary>The material's name.</summary>
            public string Material;

            /// <summary>0 is a mirror, 1 is chalk.</summary>
            public float Roughness;

            /// <summary>Positions in metres.</summary>
            public Vector3[] Vertices;

            /// <summary>Unit normals.</summary>
            public Vector3[] Normals;

            /// <summary>Colours as sRGB.</summary>
            public Color32[] Colours;

            /// <summary>Three indices for each triangle, clockwise from outside.</summary>
            public int[] Triangles;

            /// <summary>The blendshapes that move this part.</summary>
            public readonly List<Shape> Shapes = new List<Shape>();
        }

        /// <summary>One blendshape of a part.</summary>
        public sealed class Shape
        {
            /// <summary>The weight's name.</summary>
            public string Name;

            /// <summary>How far each vertex moves, in metres.</summary>
            public Vector3[] Moves;

            /// <summary>How each normal changes.</summary>
            public Vector3[] Turns;
        }

        /// <summary>Read all parts.</summary>
        /// <exception cref="InvalidDataException">The bytes are not a head of this version.</exception>
        public static List<Part> Read(byte[] bytes)
        {
            using (var reader = new BinaryReader(new MemoryStream(bytes)))
            {
                string magic = Encoding.ASCII.GetString(reader.ReadBytes(4));
                int version = reader.ReadUInt16();
                if (magic != "FCHD" || version != Version)
                {
                    throw new InvalidDataException("expected FCHD version " + Version + ", got " + magic + " version " + version);
                }

                var names = new string[reader.ReadUInt16()];
                int count = reader.ReadUInt16();
                for (int i = 0; i < names.Length; i++)
                {
                    names[i] = ReadText(reader);
                }

                var parts = new List<Part>();
                for (int i = 0; i < count; i++)
                {
                    parts.Add(ReadPart(reader, names));
                }

                return parts;
            }
        }

        private static Part ReadPart(BinaryReader reader, string[] names)
        {
            var part = new Part { Name = ReadText(reader), Material = ReadText(reader), Roughness = reader.ReadSingle() };
            reader.ReadBytes(3 * sizeof(float)); // the pivot: this sample turns its eyes by blendshapes
            int vertices = reader.ReadUInt16();
            int triangles = reader.ReadUInt16();
            int shapes = reader.ReadUInt16();
            part.Vertices = ReadMany(reader, vertices, one => ReadFloats(one));
            part.Normals = ReadMany(reader, vertices, one => ReadSignedBytes(one, NormalScale));
            part.Colours = ReadMany(reader, vertices, one => new Color32(one.ReadByte(), one.ReadByte(), one.ReadByte(), 255));
            part.Triangles = ReadTriangles(reader, triangles);
            for (int i = 0; i < shapes; i++)
            {
                part.Shapes.Add(ReadShape(reader, names, vertices));
            }

            return part;
        }

        private static Shape ReadShape(BinaryReader reader, string[] names, int vertices)
        {
            var shape = new Shape { Name = names[reader.ReadUInt16()], Moves = new Vector3[vertices], Turns = new Vector3[vertices] };
            int moved = reader.ReadUInt16();
            float step = reader.ReadSingle();
            int[] rows = ReadMany(reader, moved, one => (int)one.ReadUInt16());
            foreach (int row in rows)
            {
                shape.Moves[row] = new Vector3(-reader.ReadInt16() * step, reader.ReadInt16() * step, reader.ReadInt16() * step);
            }

            foreach (int row in rows)
            {
                shape.Turns[row] = ReadSignedBytes(reader, TurnScale);
            }

            return shape;
        }

        private static int[] ReadTriangles(BinaryReader reader, int count)
        {
            var indices = new int[3 * count];
            for (int i = 0; i < indices.Length; i += 3)
            {
                indices[i] = reader.ReadUInt16();
                indices[i + 2] = reader.ReadUInt16(); // the other way round, because x changed its sign
                indices[i + 1] = reader.ReadUInt16();
            }

            return indices;
        }

        private static Vector3 ReadFloats(BinaryReader reader)
        {
            return new Vector3(-reader.ReadSingle(), reader.ReadSingle(), reader.ReadSingle());
        }

        private static Vector3 ReadSignedBytes(BinaryReader reader, float scale)
        {
            return new Vector3(-reader.ReadSByte() / scale, reader.ReadSByte() / scale, reader.ReadSByte() / scale);
        }

        private static T[] ReadMany<T>(BinaryReader reader, int count, Func<BinaryReader, T> readOne)
        {
            var many = new T[count];
            for (int i = 0; i < count; i++)
            {
                many[i] = readOne(reader);
            }

            return many;
        }

        private static string ReadText(BinaryReader reader)
        {
            return Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadByte()));
        }
    }
}

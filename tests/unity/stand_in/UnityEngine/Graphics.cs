// Stand-in signatures, see README.md: meshes, renderers, textures, readback and JPEG.
using System;
using System.Collections.Generic;
using Unity.Collections;
using UnityEngine.Experimental.Rendering;
using UnityEngine.Rendering;

namespace Unity.Collections
{
    public struct NativeArray<T> where T : struct
    {
        private readonly T[] _items;

        public NativeArray(T[] array, int allocator)
        {
            _items = array;
        }

        public int Length { get { return _items.Length; } }

        public static void Copy(NativeArray<T> src, int srcIndex, T[] dst, int dstIndex, int length)
        {
            Array.Copy(src._items, srcIndex, dst, dstIndex, length);
        }
    }
}

namespace UnityEngine.Experimental.Rendering
{
    public enum GraphicsFormat
    {
        None = 0,
        R8G8B8A8_SRGB = 4,
        R8G8B8A8_UNorm = 8,
    }
}

namespace UnityEngine.Rendering
{
    public struct AsyncGPUReadbackRequest
    {
        internal byte[] m_Bytes;

        public bool hasError { get { return m_Bytes == null; } }
        public NativeArray<T> GetData<T>(int layer = 0) where T : struct { return new NativeArray<T>((T[])(object)m_Bytes, 0); }
    }

    public static class AsyncGPUReadback
    {
        private static readonly Queue<Action> Waiting = new Queue<Action>();

        public static AsyncGPUReadbackRequest Request(Texture src, int mipIndex, TextureFormat dstFormat, Action<AsyncGPUReadbackRequest> callback)
        {
            byte[] bytes = ((RenderTexture)src).m_Bytes;
            var request = new AsyncGPUReadbackRequest { m_Bytes = bytes == null ? null : (byte[])bytes.Clone() };
            Waiting.Enqueue(() => callback(request));
            return request;
        }

        internal static void Finish()
        {
            for (int count = Waiting.Count; count > 0; count--)
            {
                Waiting.Dequeue()();
            }
        }
    }

}

namespace UnityEngine
{
    public static class SystemInfo
    {
        public static bool supportsAsyncGPUReadback = true;
    }

    public enum TextureFormat
    {
        RGBA32 = 4,
    }

    public enum RenderTextureFormat
    {
        ARGB32 = 0,
    }

    public class Texture : Object
    {
        public virtual int width { get; set; }
        public virtual int height { get; set; }
    }

    public class Texture2D : Texture
    {
        private readonly byte[] _bytes;

        public Texture2D(int width, int height, TextureFormat textureFormat, bool mipChain)
        {
            this.width = width;
            this.height = height;
            _bytes = new byte[width * height * 4];
        }

        public void ReadPixels(Rect source, int destX, int destY, bool recalculateMipMaps)
        {
            Array.Copy(RenderTexture.active.m_Bytes, _bytes, _bytes.Length);
        }

        public NativeArray<T> GetRawTextureData<T>() where T : struct { return new NativeArray<T>((T[])(object)_bytes, 0); }
    }

    public class RenderTexture : Texture
    {
        internal byte[] m_Bytes;

        public RenderTexture(int width, int height, int depth, RenderTextureFormat format)
        {
            this.width = width;
            this.height = height;
            m_Bytes = new byte[width * height * 4];
        }

        public static RenderTexture active { get; set; }
        public void Release() { }
    }

    public struct WebCamDevice
    {
        internal WebCamDevice(string name, bool front)
            : this()
        {
            this.name = name;
            isFrontFacing = front;
        }

        public string name { get; private set; }
        public bool isFrontFacing { get; private set; }
    }

    // Tests say which cameras there are and how they are mounted.
    public class WebCamTexture : Texture
    {
        internal static WebCamDevice[] s_Devices = new WebCamDevice[0];
        internal static WebCamTexture s_Last;
        internal static int s_Rotation;

        public WebCamTexture(string deviceName, int requestedWidth, int requestedHeight, int requestedFPS)
        {
            this.deviceName = deviceName;
            width = requestedWidth;
            height = requestedHeight;
            s_Last = this;
        }

        public static WebCamDevice[] devices { get { return s_Devices; } }
        public string deviceName { get; set; }
        public bool isPlaying { get; private set; }
        public bool didUpdateThisFrame { get; internal set; }
        public int videoRotationAngle { get { return s_Rotation; } }
        public bool videoVerticallyMirrored { get { return false; } }
        public void Play() { isPlaying = true; }
        public void Stop() { isPlaying = false; }
    }

    // Fills the target with one colour, the first byte of which counts the calls, so that tests can tell frames apart.
    public static class Graphics
    {
        private static byte s_calls;

        public static void Blit(Texture source, RenderTexture dest)
        {
            s_calls += 1;
            for (int i = 0; i < dest.m_Bytes.Length; i++)
            {
                dest.m_Bytes[i] = s_calls;
            }
        }

        public static void Blit(Texture source, RenderTexture dest, Vector2 scale, Vector2 offset) { Blit(source, dest); }
    }

    // Not a JPEG: width, height and the first pixel, enough for tests to see which picture was encoded.
    public static class ImageConversion
    {
        public static byte[] EncodeArrayToJPG(Array array, GraphicsFormat format, uint width, uint height, uint rowBytes = 0, int quality = 75)
        {
            var pixels = (byte[])array;
            return new[] { (byte)(width / 4), (byte)(height / 4), pixels[0], (byte)quality };
        }
    }

    public enum ColorSpace
    {
        Uninitialized = -1,
        Gamma = 0,
        Linear = 1,
    }

    public static class QualitySettings
    {
        public static ColorSpace activeColorSpace { get { return ColorSpace.Linear; } }
    }

    public class Shader : Object
    {
        public static Shader Find(string name) { return new Shader { name = name }; }
    }

    public class Material : Object
    {
        public Material(Shader shader) { this.shader = shader; }
        public Material(Material source) { shader = source.shader; }
        public Shader shader { get; set; }
        public void SetFloat(string name, float value) { }
    }

    public class Mesh : Object
    {
        private readonly List<string> _names = new List<string>();
        private readonly List<List<float>> _frames = new List<List<float>>();
        internal readonly Dictionary<string, Vector3[]> m_Deltas = new Dictionary<string, Vector3[]>();

        public Vector3[] vertices { get; set; }
        public Vector3[] normals { get; set; }
        public Color[] colors { get; set; }
        public int[] triangles { get; set; }
        public Bounds bounds { get; set; }
        public int vertexCount { get { return vertices == null ? 0 : vertices.Length; } }
        public int blendShapeCount { get { return _names.Count; } }

        public void RecalculateBounds() { }

        public void AddBlendShapeFrame(string shapeName, float frameWeight, Vector3[] deltaVertices, Vector3[] deltaNormals, Vector3[] deltaTangents)
        {
            int at = _names.IndexOf(shapeName);
            if (at < 0)
            {
                _names.Add(shapeName);
                _frames.Add(new List<float>());
                at = _names.Count - 1;
            }

            _frames[at].Add(frameWeight);
            m_Deltas[shapeName] = deltaVertices;
        }

        public string GetBlendShapeName(int shapeIndex) { return _names[shapeIndex]; }
        public int GetBlendShapeIndex(string blendShapeName) { return _names.IndexOf(blendShapeName); }
        public int GetBlendShapeFrameCount(int shapeIndex) { return _frames[shapeIndex].Count; }
        public float GetBlendShapeFrameWeight(int shapeIndex, int frameIndex) { return _frames[shapeIndex][frameIndex]; }
    }

    public class Renderer : Component
    {
        public bool enabled { get; set; }
        public Material[] sharedMaterials { get; set; }
        public Material sharedMaterial { get; set; }
    }

    public class SkinnedMeshRenderer : Renderer
    {
        private float[] _weights = new float[0];
        private Mesh _mesh;

        public Bounds localBounds { get; set; }

        public Mesh sharedMesh
        {
            get { return _mesh; }

            set
            {
                _mesh = value;
                _weights = new float[value == null ? 0 : value.blendShapeCount];
            }
        }

        public float GetBlendShapeWeight(int index) { return index < _weights.Length ? _weights[index] : 0f; }

        public void SetBlendShapeWeight(int index, float value)
        {
            if (_weights.Length < _mesh.blendShapeCount)
            {
                Array.Resize(ref _weights, _mesh.blendShapeCount);
            }

            _weights[index] = value;
        }
    }

    public class Camera : Behaviour
    {
        public static Camera main { get { return FindObjectOfType<Camera>(); } }
        public float fieldOfView { get; set; }
        public float nearClipPlane { get; set; }
    }

    public class Light : Behaviour
    {
        public LightType type { get; set; }
        public float intensity { get; set; }
    }

    public enum LightType
    {
        Spot,
        Directional,
        Point,
    }
}

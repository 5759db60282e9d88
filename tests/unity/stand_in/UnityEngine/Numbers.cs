// Stand-in signatures, see README.md: vectors, quaternions and Mathf, with Unity's left-handed conventions.
using System;

namespace UnityEngine
{
    public struct Vector2
    {
        public float x;
        public float y;

        public Vector2(float x, float y)
        {
            this.x = x;
            this.y = y;
        }
    }

    [Serializable]
    public struct Vector2Int
    {
        private int m_X;
        private int m_Y;

        public Vector2Int(int x, int y)
        {
            m_X = x;
            m_Y = y;
        }

        public int x { get { return m_X; } set { m_X = value; } }
        public int y { get { return m_Y; } set { m_Y = value; } }
    }

    public struct Vector3
    {
        public float x;
        public float y;
        public float z;

        public Vector3(float x, float y, float z)
        {
            this.x = x;
            this.y = y;
            this.z = z;
        }

        public static Vector3 zero { get { return new Vector3(0, 0, 0); } }
        public static Vector3 one { get { return new Vector3(1, 1, 1); } }
        public static Vector3 forward { get { return new Vector3(0, 0, 1); } }
        public static Vector3 up { get { return new Vector3(0, 1, 0); } }
        public static Vector3 right { get { return new Vector3(1, 0, 0); } }
        public float magnitude { get { return (float)Math.Sqrt((x * x) + (y * y) + (z * z)); } }

        public static Vector3 ClampMagnitude(Vector3 vector, float maxLength)
        {
            float length = vector.magnitude;
            return length > maxLength ? vector * (maxLength / length) : vector;
        }

        public static Vector3 operator +(Vector3 a, Vector3 b) { return new Vector3(a.x + b.x, a.y + b.y, a.z + b.z); }
        public static Vector3 operator -(Vector3 a, Vector3 b) { return new Vector3(a.x - b.x, a.y - b.y, a.z - b.z); }
        public static Vector3 operator *(Vector3 a, float d) { return new Vector3(a.x * d, a.y * d, a.z * d); }
        public static Vector3 operator *(float d, Vector3 a) { return a * d; }
        public override string ToString() { return "(" + x + ", " + y + ", " + z + ")"; }
    }

    public struct Quaternion
    {
        public float x;
        public float y;
        public float z;
        public float w;

        public Quaternion(float x, float y, float z, float w)
        {
            this.x = x;
            this.y = y;
            this.z = z;
            this.w = w;
        }

        public static Quaternion identity { get { return new Quaternion(0, 0, 0, 1); } }

        // Unity turns about z first, then x, then y.
        public static Quaternion Euler(float x, float y, float z)
        {
            return AngleAxis(y, Vector3.up) * AngleAxis(x, Vector3.right) * AngleAxis(z, Vector3.forward);
        }

        public static Quaternion Euler(Vector3 euler) { return Euler(euler.x, euler.y, euler.z); }

        public static Quaternion AngleAxis(float angle, Vector3 axis)
        {
            double half = angle * Math.PI / 360.0;
            float s = (float)Math.Sin(half);
            return new Quaternion(axis.x * s, axis.y * s, axis.z * s, (float)Math.Cos(half));
        }

        public static Quaternion Inverse(Quaternion q) { return new Quaternion(-q.x, -q.y, -q.z, q.w); }

        public static float Dot(Quaternion a, Quaternion b) { return (a.x * b.x) + (a.y * b.y) + (a.z * b.z) + (a.w * b.w); }

        public static float Angle(Quaternion a, Quaternion b)
        {
            return (float)(Math.Acos(Math.Min(1.0, Math.Abs(Dot(a, b)))) * 360.0 / Math.PI);
        }

        public static Quaternion Slerp(Quaternion a, Quaternion b, float t)
        {
            double cosine = Dot(a, b);
            double sign = cosine < 0 ? -1 : 1;
            double angle = Math.Acos(Math.Min(1.0, cosine * sign));
            double sine = Math.Sin(angle);
            double before = sine < 1e-6 ? 1.0 - t : Math.Sin((1.0 - t) * angle) / sine;
            double after = sign * (sine < 1e-6 ? t : Math.Sin(t * angle) / sine);
            return new Quaternion(
                (float)((before * a.x) + (after * b.x)), (float)((before * a.y) + (after * b.y)),
                (float)((before * a.z) + (after * b.z)), (float)((before * a.w) + (after * b.w)));
        }

        // The inverse of Euler, each angle in 0..360.
        public Vector3 eulerAngles
        {
            get
            {
                double sinX = Math.Max(-1.0, Math.Min(1.0, 2.0 * ((w * x) - (y * z))));
                double ax = Math.Asin(sinX);
                double ay = Math.Atan2(2.0 * ((x * z) + (w * y)), 1.0 - (2.0 * ((x * x) + (y * y))));
                double az = Math.Atan2(2.0 * ((x * y) + (w * z)), 1.0 - (2.0 * ((x * x) + (z * z))));
                return new Vector3(Degrees(ax), Degrees(ay), Degrees(az));
            }
        }

        private static float Degrees(double radians)
        {
            double degrees = radians * 180.0 / Math.PI;
            return (float)(degrees < 0 ? degrees + 360.0 : degrees);
        }

        public static Quaternion operator *(Quaternion a, Quaternion b)
        {
            return new Quaternion(
                (a.w * b.x) + (a.x * b.w) + (a.y * b.z) - (a.z * b.y),
                (a.w * b.y) + (a.y * b.w) + (a.z * b.x) - (a.x * b.z),
                (a.w * b.z) + (a.z * b.w) + (a.x * b.y) - (a.y * b.x),
                (a.w * b.w) - (a.x * b.x) - (a.y * b.y) - (a.z * b.z));
        }

        public static Vector3 operator *(Quaternion q, Vector3 v)
        {
            Quaternion turned = q * new Quaternion(v.x, v.y, v.z, 0) * Inverse(q);
            return new Vector3(turned.x, turned.y, turned.z);
        }
    }

    public struct Color
    {
        public float r;
        public float g;
        public float b;
        public float a;

        public Color(float r, float g, float b)
            : this(r, g, b, 1f)
        {
        }

        public Color(float r, float g, float b, float a)
        {
            this.r = r;
            this.g = g;
            this.b = b;
            this.a = a;
        }

        public Color linear { get { return new Color(ToLinear(r), ToLinear(g), ToLinear(b), a); } }

        private static float ToLinear(float c)
        {
            return (float)(c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4));
        }

        public static Color white { get { return new Color(1, 1, 1); } }
        public static Color green { get { return new Color(0, 1, 0); } }
        public static Color gray { get { return new Color(0.5f, 0.5f, 0.5f); } }
    }

    public struct Color32
    {
        public byte r;
        public byte g;
        public byte b;
        public byte a;

        public Color32(byte r, byte g, byte b, byte a)
        {
            this.r = r;
            this.g = g;
            this.b = b;
            this.a = a;
        }

        public static implicit operator Color(Color32 c) { return new Color(c.r / 255f, c.g / 255f, c.b / 255f, c.a / 255f); }
    }

    public struct Rect
    {
        public Rect(float x, float y, float width, float height)
        {
            this.x = x;
            this.y = y;
            this.width = width;
            this.height = height;
        }

        public float x { get; set; }
        public float y { get; set; }
        public float width { get; set; }
        public float height { get; set; }
        public float xMax { get { return x + width; } set { width = value - x; } }
    }

    public struct Bounds
    {
        public Bounds(Vector3 center, Vector3 size)
        {
            this.center = center;
            this.size = size;
        }

        public Vector3 center { get; set; }
        public Vector3 size { get; set; }
    }

    public struct Mathf
    {
        public const float Rad2Deg = 57.29578f;
        public const float Deg2Rad = 0.0174532924f;

        public static float Min(float a, float b) { return a < b ? a : b; }
        public static float Max(float a, float b) { return a > b ? a : b; }
        public static int Max(int a, int b) { return a > b ? a : b; }
        public static float Abs(float f) { return Math.Abs(f); }
        public static float Clamp(float value, float min, float max) { return value < min ? min : value > max ? max : value; }
        public static float Clamp01(float value) { return Clamp(value, 0f, 1f); }

        public static float MoveTowards(float current, float target, float maxDelta)
        {
            return Math.Abs(target - current) <= maxDelta ? target : current + (Math.Sign(target - current) * maxDelta);
        }
    }

    public struct Keyframe
    {
        public Keyframe(float time, float value)
        {
            this.time = time;
            this.value = value;
        }

        public float time { get; set; }
        public float value { get; set; }
    }

    // Straight lines between the keys; Unity's are cubic.
    public class AnimationCurve
    {
        private readonly Keyframe[] _keys;

        public AnimationCurve(params Keyframe[] keys)
        {
            _keys = keys;
        }

        public int length { get { return _keys.Length; } }
        public Keyframe[] keys { get { return _keys; } }

        public static AnimationCurve Linear(float timeStart, float valueStart, float timeEnd, float valueEnd)
        {
            return new AnimationCurve(new Keyframe(timeStart, valueStart), new Keyframe(timeEnd, valueEnd));
        }

        public float Evaluate(float time)
        {
            for (int i = 1; i < _keys.Length; i++)
            {
                if (time <= _keys[i].time)
                {
                    float span = _keys[i].time - _keys[i - 1].time;
                    float t = Mathf.Clamp01((time - _keys[i - 1].time) / span);
                    return _keys[i - 1].value + (t * (_keys[i].value - _keys[i - 1].value));
                }
            }

            return _keys[_keys.Length - 1].value;
        }
    }
}

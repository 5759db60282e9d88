using System;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    [TestFixture]
    public sealed class HeadRotationTests
    {
        [Test]
        public void EndsAreReached()
        {
            HeadRotation from = AboutY(0.3);
            HeadRotation to = AboutY(-0.9);
            Assert.That(HeadRotation.AngleBetween(HeadRotation.Interpolate(from, to, 0f), from), Is.LessThan(1e-6));
            Assert.That(HeadRotation.AngleBetween(HeadRotation.Interpolate(from, to, 1f), to), Is.LessThan(1e-6));
        }

        [TestCase(0.001)]
        [TestCase(0.5)]
        [TestCase(2.5)]
        public void TurnsAtConstantSpeed(double angle)
        {
            HeadRotation from = AboutY(0.2);
            HeadRotation to = AboutY(0.2 + angle);
            for (int i = 1; i < 8; i++)
            {
                HeadRotation between = HeadRotation.Interpolate(from, to, i / 8f);
                Assert.That(HeadRotation.AngleBetween(from, between), Is.EqualTo(angle * i / 8.0).Within(1e-6));
            }
        }

        [Test]
        public void TakesTheShortestPathAlsoBetweenOppositeSigns()
        {
            HeadRotation from = AboutY(0.2);
            HeadRotation to = AboutY(0.4);
            HeadRotation same = new HeadRotation(-to.X, -to.Y, -to.Z, -to.W);
            HeadRotation between = HeadRotation.Interpolate(from, same, 0.5f);
            Assert.That(HeadRotation.AngleBetween(between, AboutY(0.3)), Is.LessThan(1e-6));
        }

        [Test]
        public void CrossesTheHalfTurnOnTheShortSide()
        {
            HeadRotation between = HeadRotation.Interpolate(AboutY(Math.PI - 0.1), AboutY(Math.PI + 0.1), 0.5f);
            Assert.That(HeadRotation.AngleBetween(between, AboutY(Math.PI)), Is.LessThan(1e-6));
        }

        [Test]
        public void ResultHasLengthOneAndIsANumber()
        {
            Random random = new Random(11);
            for (int i = 0; i < 1000; i++)
            {
                HeadRotation between = HeadRotation.Interpolate(Any(random), Any(random), (float)random.NextDouble());
                double length = between.X * between.X + between.Y * between.Y + between.Z * between.Z + between.W * between.W;
                Assert.That(length, Is.EqualTo(1.0).Within(1e-5));
            }
        }

        private static HeadRotation Any(Random random)
        {
            HeadRotation aside = new HeadRotation((float)Math.Sin(random.NextDouble() * 3.0), 0f, 0f, 0f);
            aside.W = (float)Math.Sqrt(1.0 - aside.X * aside.X);
            return HeadRotation.Interpolate(AboutY(random.NextDouble() * 6.3), aside, 0.5f);
        }

        private static HeadRotation AboutY(double angle)
        {
            return new HeadRotation(0f, (float)Math.Sin(angle / 2.0), 0f, (float)Math.Cos(angle / 2.0));
        }
    }
}

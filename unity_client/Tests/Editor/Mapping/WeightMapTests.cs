using System;
using System.Collections.Generic;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    [TestFixture]
    public sealed class WeightMapTests
    {
        [Test]
        public void SourcesReachTheirTargets()
        {
            FaceFrame face = new FaceFrame();
            face.Blendshapes[17] = 0.5f;
            face.ActionUnits[15] = 5f;
            float[] targets = { 7f, 7f, 7f, 7f };
            WeightMap map = Map(3, Bind(17, 1, 1f, 0f), Bind(52 + 15, 2, 0.5f, 0f));
            map.Apply(face, targets);
            Assert.That(targets, Is.EqualTo(new[] { 0f, 0.5f, 0.5f, 7f }));
        }

        [Test]
        public void ManyBindingsAddUp()
        {
            FaceFrame face = new FaceFrame();
            face.Blendshapes[0] = 0.25f;
            face.Blendshapes[7] = 0.5f;
            float[] targets = new float[2];
            Map(2, Bind(0, 0, 1f, 0f), Bind(7, 0, 1f, 0f), Bind(7, 1, -1f, 1f)).Apply(face, targets);
            Assert.That(targets[0], Is.EqualTo(0.75f));
            Assert.That(targets[1], Is.EqualTo(0.5f));
        }

        [Test]
        public void CurveGainOffsetAndLimitsComeInThisOrder()
        {
            float[] curve = { 0f, 1f, 0f };
            WeightBinding binding = new WeightBinding(0, 0, 2f, -0.5f, 0f, 1f, curve);
            Assert.That(binding.Evaluate(0f), Is.EqualTo(0f), "-0.5 is limited");
            Assert.That(binding.Evaluate(0.25f), Is.EqualTo(0.5f));
            Assert.That(binding.Evaluate(0.5f), Is.EqualTo(1f), "1.5 is limited");
            Assert.That(binding.Evaluate(0.75f), Is.EqualTo(0.5f));
            Assert.That(binding.Evaluate(1f), Is.EqualTo(0f));
            Assert.That(binding.Evaluate(9f), Is.EqualTo(0f), "beyond the curve's end");
        }

        [Test]
        public void ImpossibleBindingsAreRefused()
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => Bind(70, 0, 1f, 0f));
            Assert.Throws<ArgumentOutOfRangeException>(() => Bind(-1, 0, 1f, 0f));
            Assert.Throws<ArgumentOutOfRangeException>(() => Bind(0, -1, 1f, 0f));
            Assert.Throws<ArgumentOutOfRangeException>(() => Map(1, Bind(0, 1, 1f, 0f)));
            Assert.Throws<ArgumentOutOfRangeException>(() => new WeightBinding(0, 0, 1f, 0f, 0f, 1f, new float[1]));
        }

        private static WeightBinding Bind(int source, int target, float gain, float offset)
        {
            return new WeightBinding(source, target, gain, offset, 0f, 1f, null);
        }

        private static WeightMap Map(int targets, params WeightBinding[] bindings)
        {
            return new WeightMap(new List<WeightBinding>(bindings), targets);
        }
    }
}

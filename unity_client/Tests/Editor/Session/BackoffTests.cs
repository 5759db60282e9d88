using System;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    [TestFixture]
    public sealed class BackoffTests
    {
        [Test]
        public void WaitsDoubleUpToTheLimitWithHalfByChance()
        {
            Backoff backoff = new Backoff(0.5, 15.0, 1);
            for (int attempt = 0; attempt < 2000; attempt++)
            {
                double step = Math.Min(15.0, 0.5 * Math.Pow(2.0, attempt));
                double wait = backoff.NextSeconds();
                Assert.That(wait, Is.GreaterThanOrEqualTo(step / 2.0));
                Assert.That(wait, Is.LessThanOrEqualTo(step));
            }
        }

        [Test]
        public void ClientsDoNotComeBackTogether()
        {
            Assert.That(new Backoff(1.0, 8.0, 1).NextSeconds(), Is.Not.EqualTo(new Backoff(1.0, 8.0, 2).NextSeconds()));
        }

        [Test]
        public void ResetBeginsAnew()
        {
            Backoff backoff = new Backoff(0.5, 15.0, 1);
            for (int i = 0; i < 8; i++)
            {
                backoff.NextSeconds();
            }

            backoff.Reset();
            Assert.That(backoff.NextSeconds(), Is.LessThanOrEqualTo(0.5));
        }
    }
}

using System;
using System.Collections.Generic;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    /// <summary>What a viewer sees of streams that arrive badly.</summary>
    [TestFixture]
    public sealed class PlaybackTests
    {
        private const double SourceSpeed = Math.PI; // of the signal, per second: a weight from 0 to 1 and back each second

        [TestCase(60.0)]
        [TestCase(90.0)]
        [TestCase(144.0)]
        public void SteadyStreamIsPlayedSmoothly(double rate)
        {
            Playback played = new Playback { RenderRate = rate }.Run();
            AssertNeverBack(played);
            Assert.That(played.LargestStep, Is.LessThan(1.1 * SourceSpeed / rate));
            Assert.That(played.Clock.Jumps, Is.EqualTo(0));
        }

        [Test]
        public void DelayBecomesOneIntervalAndTheJitter()
        {
            Playback played = new Playback().Run();
            Assert.That(played.Clock.DelaySeconds, Is.EqualTo(1.0 / 30.0).Within(0.003), "no jitter: one interval");
            Random random = new Random(1);
            Playback jittered = new Playback { DelayOf = index => 0.03 + 0.04 * random.NextDouble() }.Run();
            Assert.That(jittered.Clock.JitterSeconds, Is.EqualTo(0.04 / 3.0).Within(0.005), "the mean distance of two uniform numbers");
            Assert.That(jittered.Clock.DelaySeconds, Is.EqualTo(1.0 / 30.0 + 0.04).Within(0.015));
        }

        [TestCase(0.02)]
        [TestCase(0.06)]
        [TestCase(0.12)]
        public void JitteredStreamStaysSmooth(double jitter)
        {
            Random random = new Random(7);
            Playback played = new Playback { DelayOf = index => 0.03 + jitter * random.NextDouble(), Seconds = 12.0 }.Run();
            AssertNeverBack(played);
            Assert.That(played.LargestStep, Is.LessThan(1.25 * SourceSpeed / 60.0));
        }

        [Test]
        public void FaceThatAppearsComesFromRest()
        {
            Playback played = new Playback { Signal = t => 1.0, Seconds = 1.0 }.Run();
            Assert.That(played.Weights[0], Is.EqualTo(0.0));
            Assert.That(played.Weights[played.Weights.Count - 1], Is.EqualTo(1.0));
            Assert.That(played.LargestStepAfter(0.0), Is.LessThan(1.6 / 0.15 / 60.0));
        }

        [Test]
        public void ShownMomentStaysCloseBehindTheSending()
        {
            Random random = new Random(3);
            Playback played = new Playback { DelayOf = index => 0.03 + 0.02 * random.NextDouble(), Seconds = 10.0 }.Run();
            List<double> settled = played.Behind.GetRange(120, played.Behind.Count - 120);
            settled.Sort();
            Assert.That(settled[settled.Count - 1], Is.LessThan(0.12), "transit 0.05, interval 0.033, jitter 0.02");
            Assert.That(settled[0], Is.GreaterThan(0.05), "never ahead of what has arrived");
            double mean = 0.0;
            settled.ForEach(behind => mean += behind / settled.Count);
            Assert.That(mean, Is.EqualTo(0.03 + 1.0 / 30.0 + 0.02).Within(0.005), "fastest transit, interval, 3 x jitter / 3");
        }

        [Test]
        public void PlaysAFewPercentFasterOrSlowerAndNoMore()
        {
            Random random = new Random(9);
            Playback played = new Playback
            {
                DelayOf = index => 0.03 + 0.04 * random.NextDouble() + (index >= 90 && index < 94 ? (94 - index) / 30.0 : 0.0),
                Seconds = 12.0,
            }.Run();
            double deviation = 0.0;
            for (int i = 30; i < played.Positions.Count; i++)
            {
                double speed = (played.Positions[i] - played.Positions[i - 1]) * 60.0;
                Assert.That(speed, Is.LessThan(1.0501), "catching up after a short stall");
                deviation += i < 480 ? 0.0 : Math.Abs(speed - 1.0) / (played.Positions.Count - 480);
            }

            Assert.That(deviation, Is.LessThan(0.02), "settled, it hardly moves, whatever the jitter");
        }

        [Test]
        public void SlowerPathGetsItsDelayBack()
        {
            Playback played = new Playback { DelayOf = index => index < 90 ? 0.03 : 0.43, Seconds = 9.0 }.Run();
            int still = 0;
            for (int i = 7 * 60; i < played.Positions.Count; i++)
            {
                still += played.Positions[i] == played.Positions[i - 1] ? 1 : 0;
            }

            List<double> restored = played.Behind.GetRange(6 * 60 + 20, 40);
            restored.Sort();
            Assert.That(restored[0], Is.GreaterThan(0.455), "the delay is there again, a second after it was noticed");
            Assert.That(still, Is.EqualTo(0), "and nothing stands still any more");
        }

        [Test]
        public void FaceThatIsMissedInAFewPacketsDoesNotSnap()
        {
            for (int missed = 1; missed < 20; missed++)
            {
                Playback played = new Playback { HasFace = index => index < 60 || index >= 60 + missed, Seconds = 4.0 }.Run();
                Assert.That(played.LargestStep, Is.LessThan((1.6 / 0.15 + SourceSpeed) / 60.0), missed + " packets");
                AssertCaptureNeverBack(played);
            }
        }

        [Test]
        public void StreamThatChangesItsRateDoesNotSnap()
        {
            Playback played = new Playback
            {
                TimeOf = index => 100.0 + (index < 12 ? index / 3.0 : 4.0 + (index - 12) / 30.0),
                Signal = t => 0.5 + 0.5 * Math.Sin(t),
                DelayOf = index => index % 5 == 0 && index > 12 ? -1.0 : 0.03,
                Seconds = 10.0,
            }.Run();
            Assert.That(played.LargestStep, Is.LessThan((1.6 / 0.15 + 0.5) / 60.0));
            AssertCaptureNeverBack(played);
        }

        [TestCase(3.0)]
        [TestCase(5.0)]
        public void SlowStreamIsOneMovementToo(double rate)
        {
            Playback played = new Playback
            {
                TimeOf = index => 100.0 + index / rate,
                Signal = t => 0.5 + 0.5 * Math.Sin(t),
                Seconds = 20.0,
            }.Run();
            AssertNeverBack(played);
            Assert.That(played.LargestStepAfter(10.0), Is.LessThan(1.1 * 0.5 / 60.0), "no faster than the signal");
        }

        [Test]
        public void LostPacketsAreBridged()
        {
            Random random = new Random(5);
            Playback played = new Playback { DelayOf = index => random.NextDouble() < 0.2 ? -1.0 : 0.03, Seconds = 10.0 }.Run();
            AssertNeverBack(played);
            Assert.That(played.LargestStep, Is.LessThan(1.3 * SourceSpeed / 60.0));
        }

        [Test]
        public void ReorderedAndDuplicatedPacketsChangeNothing()
        {
            Playback straight = new Playback { DelayOf = index => 0.06 }.Run();
            Playback shuffled = new Playback
            {
                TimeOf = index => 100.0 + index / 2 / 30.0, // each packet twice
                SentAt = index => 100.0 + index / 2 / 30.0,
                DelayOf = index => 0.06 - (index / 2 % 3 == 1 ? 0.04 : 0.0), // overtakes the one before
            }.Run();
            AssertNeverBack(shuffled);
            Assert.That(shuffled.LargestStep, Is.LessThan(1.2 * straight.LargestStep));
        }

        [TestCase(0.0005)]
        [TestCase(-0.0005)]
        public void DriftingClocksAreFollowed(double drift)
        {
            Playback played = new Playback
            {
                TimeOf = index => 100.0 + index / 30.0,
                SentAt = index => 100.0 + index / 30.0 * (1.0 + drift),
                Seconds = 120.0,
            }.Run();
            AssertNeverBack(played);
            Assert.That(played.Clock.Jumps, Is.EqualTo(0));
            double behind = played.Clock.NewestSeconds - played.Clock.PositionSeconds;
            Assert.That(behind, Is.EqualTo(played.Clock.DelaySeconds).Within(0.04), "after two minutes as after one second");
            Assert.That(played.LargestStep, Is.LessThan(1.15 * SourceSpeed / 60.0));
        }

        [Test]
        public void ClocksOfAnyOriginAreTaken()
        {
            Playback played = new Playback { TimeOf = index => 1.7e9 + index / 30.0, SentAt = index => 5.0 + index / 30.0 }.Run();
            AssertNeverBack(played);
            Assert.That(played.LargestStep, Is.LessThan(1.1 * SourceSpeed / 60.0));
        }

        [Test]
        public void PublisherThatStopsIsHeldAndThenFadesWithoutASnap()
        {
            Playback played = new Playback { Signal = t => 0.8, Packets = 60, Seconds = 5.0 }.Run();
            int fades = played.Presences.FindIndex(60, presence => presence < 1.0);
            int faded = played.Presences.FindIndex(presence => presence == 0.0);
            int rest = played.Presences.FindIndex(60, presence => presence == 0.0);
            Assert.That(faded, Is.Not.EqualTo(-1));
            Assert.That(fades / 60.0, Is.EqualTo(2.0 + 0.03 + 0.4).Within(0.15), "held for 0.4 s after the last arrival");
            Assert.That((rest - fades) / 60.0, Is.EqualTo(0.6).Within(0.05), "fades for 0.6 s");
            Assert.That(played.Weights[played.Weights.Count - 1], Is.EqualTo(0.0));
            Assert.That(played.LargestStep, Is.LessThan(0.8 * 1.6 / 0.6 / 60.0), "no step larger than the fade's own");
        }

        [Test]
        public void PublisherThatComesBackIsCrossedOverTo()
        {
            Playback played = new Playback
            {
                Signal = t => t < 102.0 ? 0.9 : 0.6,
                TimeOf = index => 100.0 + index / 30.0 + (index >= 60 ? 4.0 : 0.0),
                Seconds = 9.0,
            }.Run();
            AssertNeverBack(played);
            Assert.That(played.Presences[5 * 60], Is.EqualTo(0.0));
            Assert.That(played.Weights[played.Weights.Count - 1], Is.EqualTo(0.6).Within(1e-3));
            Assert.That(played.LargestStep, Is.LessThan(0.9 * 1.6 / 0.15 / 60.0));
        }

        [Test]
        public void StallAndBurstAreCrossedOver()
        {
            Playback played = new Playback
            {
                DelayOf = index => index >= 60 && index < 90 ? 0.03 + (90 - index) / 30.0 : 0.03, // a second of silence, then all at once
                Seconds = 8.0,
            }.Run();
            AssertNeverBack(played);
            Assert.That(played.LargestStep, Is.LessThan(1.0 * 1.6 / 0.15 / 60.0), "as soft as the cross-fade");
            Assert.That(played.Behind[played.Behind.Count - 1], Is.LessThan(0.2), "caught up");
            Assert.That(played.MostBuffered, Is.LessThanOrEqualTo(64));
        }

        [Test]
        public void ShortStallIsCaughtUpWithoutAJump()
        {
            Playback played = new Playback
            {
                DelayOf = index => index >= 60 && index < 64 ? 0.03 + (64 - index) / 30.0 : 0.03,
                Seconds = 12.0,
            }.Run();
            AssertNeverBack(played);
            Assert.That(played.Clock.Jumps, Is.EqualTo(0));
            Assert.That(played.LargestStep, Is.LessThan(1.2 * SourceSpeed / 60.0), "a few per cent faster, and no more");
        }

        [Test]
        public void SlowerPathIsFollowedAndFasterPathIsTaken()
        {
            Playback played = new Playback
            {
                DelayOf = index => index >= 90 && index < 300 ? 0.43 : 0.03,
                Seconds = 20.0,
            }.Run();
            AssertNeverBack(played);
            Assert.That(played.Behind[9 * 60], Is.GreaterThan(0.43));
            Assert.That(played.Behind[played.Behind.Count - 1], Is.LessThan(0.15));
        }

        [TestCase(5000.0, 3.0)]
        [TestCase(3.0, 5000.0)]
        public void RestartedPublisherGoesOnWithoutGoingBack(double first, double second)
        {
            Playback played = new Playback
            {
                TimeOf = index => (index < 90 ? first : second) + index / 30.0, // another process, another clock
                SentAt = index => 100.0 + index / 30.0,
                Seconds = 8.0,
            }.Run();
            AssertNeverBack(played);
            Assert.That(played.Presences[played.Presences.Count - 1], Is.EqualTo(1.0).Within(1e-3));
            Assert.That(played.LargestStep, Is.LessThan((1.6 / 0.15 + SourceSpeed) / 60.0));
        }

        [Test]
        public void BreaksOfEveryLengthAreCrossedOver()
        {
            for (double cut = 0.05; cut < 3.0; cut += 0.05)
            {
                for (int late = 0; late < 3; late++)
                {
                    double end = 102.0 + cut;
                    double more = 0.15 * late; // the path is slower after the break
                    Playback played = new Playback
                    {
                        TimeOf = index => 100.0 + index / 12.0,
                        DelayOf = index => index < 24 ? 0.05 : 100.0 + index / 12.0 < end ? -1.0 : 0.05 + more,
                        Signal = t => 0.5 + 0.4 * Math.Sin(2.0 * t),
                        Seconds = 7.0,
                    }.Run();
                    AssertNeverBack(played);
                    Assert.That(played.LargestStep, Is.LessThan(1.6 / 0.15 / 60.0), "a cut of " + cut + " s, then " + more + " s slower");
                }
            }
        }

        [Test]
        public void WhateverTheNetworkDoesNothingSnaps()
        {
            for (int seed = 0; seed < 100; seed++)
            {
                Random random = new Random(seed);
                double rate = 8.0 + 52.0 * random.NextDouble();
                double jitter = 0.15 * random.NextDouble();
                double loss = 0.3 * random.NextDouble();
                bool isFlickering = seed % 3 == 0;
                double[] stalls = new double[40];
                for (int i = 0; i < stalls.Length; i++)
                {
                    stalls[i] = random.NextDouble() < 0.2 ? 1.5 * random.NextDouble() : 0.0; // at the start of each half second
                }

                Playback played = new Playback
                {
                    DelayOf = index =>
                    {
                        double time = index / rate;
                        double held = Math.Max(0.0, stalls[(int)(2.0 * time) % stalls.Length] - time % 0.5);
                        return random.NextDouble() < loss ? -1.0 : 0.02 + jitter * random.NextDouble() + held;
                    },
                    TimeOf = index => 100.0 + index / rate + (index / rate > 7.0 ? 2.0 * (index / rate - 7.0) : 0.0), // slower then
                    HasFace = index => !isFlickering || index % 7 > index / 40 % 5,
                    Signal = t => 0.5 + 0.5 * Math.Sin(3.0 * t),
                    Seconds = 15.0,
                }.Run();
                AssertNeverBack(played);
                AssertCaptureNeverBack(played);
                Assert.That(played.LargestStep, Is.LessThan((1.6 / 0.15 + 3.0) / 60.0), "seed " + seed);
                Assert.That(played.MostBuffered, Is.LessThanOrEqualTo(64));
            }
        }

        [TestCase(10.0)]
        [TestCase(15.0)]
        [TestCase(24.0)]
        public void BlinkSurvivesSlowRendering(double rate)
        {
            for (int start = 0; start < 30; start++)
            {
                double blink = 102.0 + start / 30.0; // in every phase of the two rates
                Playback played = new Playback
                {
                    Signal = t => Math.Abs(t - blink) < 0.01 ? 1.0 : 0.0, // closed in a single packet
                    RenderRate = rate,
                    Seconds = 5.0,
                }.Run();
                Assert.That(Largest(played.Weights), Is.EqualTo(1.0).Within(1e-6), "a blink at " + blink);
            }
        }

        [Test]
        public void LipsThatCloseForAMomentSurviveSlowRendering()
        {
            Playback played = new Playback
            {
                Signal = t => Math.Abs(t - 102.5) < 0.01 ? 0.1 : 0.7,
                RenderRate = 10.0,
                Seconds = 5.0,
            }.Run();
            double least = 1.0;
            for (int i = 15; i < played.Weights.Count; i++)
            {
                least = Math.Min(least, played.Weights[i]);
            }

            Assert.That(least, Is.EqualTo(0.1).Within(1e-6));
        }

        [Test]
        public void PeaksAreLeftAloneWhenTheyAreNotAskedFor()
        {
            Playback played = new Playback
            {
                Options = new PlaybackOptions { PreservePeaks = false },
                Signal = t => Math.Abs(t - 102.0) < 0.01 ? 1.0 : 0.0,
                RenderRate = 7.0,
                Seconds = 5.0,
            }.Run();
            Assert.That(Largest(played.Weights), Is.LessThan(0.9));
        }

        private static double Largest(List<double> values)
        {
            double largest = 0.0;
            foreach (double value in values)
            {
                largest = Math.Max(largest, value);
            }

            return largest;
        }

        /// <summary>The moment shown, as the output itself tells it, never goes back either.</summary>
        private static void AssertCaptureNeverBack(Playback played)
        {
            for (int i = (int)(0.5 * played.RenderRate); i < played.Behind.Count; i++) // after the face has appeared
            {
                Assert.That(played.Behind[i] - played.Behind[i - 1], Is.LessThan(1.0 / played.RenderRate + 2e-6), "frame " + i);
            }
        }

        private static void AssertNeverBack(Playback played)
        {
            Assert.That(played.Positions.Count, Is.GreaterThan(100), "expected frames");
            for (int i = 1; i < played.Positions.Count; i++)
            {
                Assert.That(played.Positions[i], Is.GreaterThanOrEqualTo(played.Positions[i - 1]));
            }
        }
    }
}

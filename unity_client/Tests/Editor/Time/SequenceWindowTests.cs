using NUnit.Framework;

namespace Facecast.Core.Tests
{
    [TestFixture]
    public sealed class SequenceWindowTests
    {
        [Test]
        public void NothingIsLostInARow()
        {
            SequenceWindow window = new SequenceWindow();
            for (uint i = 5; i < 500; i++)
            {
                Assert.That(window.Add(i), Is.True);
                Assert.That(window.LossRatio, Is.EqualTo(0.0));
            }
        }

        [Test]
        public void MissingNumbersAreCountedAndForgottenAgain()
        {
            SequenceWindow window = new SequenceWindow();
            for (uint i = 0; i < 400; i += 4)
            {
                window.Add(i);
            }

            Assert.That(window.LossRatio, Is.EqualTo(0.75).Within(1e-9));
            for (uint i = 400; i < 480; i++)
            {
                window.Add(i);
            }

            Assert.That(window.LossRatio, Is.EqualTo(0.0));
        }

        [Test]
        public void DuplicatesAreFound()
        {
            SequenceWindow window = new SequenceWindow();
            window.Add(10);
            window.Add(12);
            Assert.That(window.Add(12), Is.False);
            Assert.That(window.Add(10), Is.False);
            Assert.That(window.Add(11), Is.True, "late, but new");
            Assert.That(window.Add(11), Is.False);
            Assert.That(window.LossRatio, Is.EqualTo(0.0));
        }

        [Test]
        public void NumbersWrap()
        {
            SequenceWindow window = new SequenceWindow();
            window.Add(uint.MaxValue - 1);
            window.Add(uint.MaxValue);
            Assert.That(window.Add(0), Is.True);
            Assert.That(window.Add(1), Is.True);
            Assert.That(window.Add(uint.MaxValue), Is.False);
            Assert.That(window.LossRatio, Is.EqualTo(0.0));
        }

        [Test]
        public void FarJumpBeginsAnew()
        {
            SequenceWindow window = new SequenceWindow();
            window.Add(4000000);
            Assert.That(window.Add(1), Is.True);
            Assert.That(window.LossRatio, Is.EqualTo(0.0));
        }
    }
}

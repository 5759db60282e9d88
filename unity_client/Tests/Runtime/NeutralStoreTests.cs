using System;
using NUnit.Framework;

namespace Facecast.Unity.Tests
{
    /// <summary>Where the neutral calibration is kept.</summary>
    [TestFixture]
    public sealed class NeutralStoreTests
    {
        private static readonly byte[] Bytes = { 0, 1, 127, 128, 255 };

        [TestCase(NeutralStorage.PlayerPrefs)]
        [TestCase(NeutralStorage.File)]
        public void WhatWasSavedIsLoadedUntilItIsDeleted(NeutralStorage storage)
        {
            var store = new NeutralStore(storage, "test/" + Guid.NewGuid());
            Assert.That(store.Load(), Is.Null);

            store.Save(Bytes);
            Assert.That(store.Load(), Is.EqualTo(Bytes));

            store.Delete();
            Assert.That(store.Load(), Is.Null);
        }

        [Test]
        public void KeysAreKeptApart()
        {
            var mine = new NeutralStore(NeutralStorage.PlayerPrefs, "mine");
            var yours = new NeutralStore(NeutralStorage.PlayerPrefs, "yours");
            mine.Save(Bytes);

            Assert.That(yours.Load(), Is.Null);
            mine.Delete();
        }

        [Test]
        public void NowhereKeepsNothing()
        {
            var store = new NeutralStore(NeutralStorage.None, "test");
            store.Save(Bytes);

            Assert.That(store.Load(), Is.Null);
        }

        [Test]
        public void DamagedPreferencesCountAsNone()
        {
            UnityEngine.PlayerPrefs.SetString("facecast.neutral.damaged", "not base64!");

            Assert.That(new NeutralStore(NeutralStorage.PlayerPrefs, "damaged").Load(), Is.Null);
            UnityEngine.PlayerPrefs.DeleteKey("facecast.neutral.damaged");
        }
    }
}

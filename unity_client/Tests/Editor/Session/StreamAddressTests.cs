using System;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    [TestFixture]
    public sealed class StreamAddressTests
    {
        [TestCase("ws://host:8000", "ws://host:8000/v1/stream?room=lobby&role=viewer")]
        [TestCase("ws://host:8000/", "ws://host:8000/v1/stream?room=lobby&role=viewer")]
        [TestCase("host:8000", "ws://host:8000/v1/stream?room=lobby&role=viewer")]
        [TestCase("http://host:8000", "ws://host:8000/v1/stream?room=lobby&role=viewer")]
        [TestCase("https://host", "wss://host/v1/stream?room=lobby&role=viewer")]
        [TestCase(" wss://host/behind/a/proxy ", "wss://host/behind/a/proxy?room=lobby&role=viewer")]
        public void AddressIsCompleted(string url, string expected)
        {
            Assert.That(StreamAddress.Build(new SessionOptions { Url = url }), Is.EqualTo(expected));
        }

        [Test]
        public void TextIsEscaped()
        {
            SessionOptions options = new SessionOptions { Room = "a&b =c", Name = "Größe/1", Token = "t+/=", Role = ParticipantRole.Both };
            string address = StreamAddress.Build(options);
            Assert.That(address.EndsWith("?room=a%26b%20%3Dc&role=both&name=Gr%C3%B6%C3%9Fe%2F1&token=t%2B%2F%3D", StringComparison.Ordinal), Is.True, address);
        }

        [TestCase("")]
        [TestCase(null)]
        [TestCase("ftp://host")]
        [TestCase("ws://")]
        [TestCase("not an address")]
        public void WhatIsNoAddressIsRefused(string url)
        {
            Assert.Throws<ArgumentException>(() => StreamAddress.Build(new SessionOptions { Url = url }));
        }
    }
}

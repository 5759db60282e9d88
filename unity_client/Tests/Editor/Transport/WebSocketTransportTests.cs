using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using NUnit.Framework;

namespace Facecast.Core.Tests
{
    /// <summary>What the transport does when the network does not play along. Against a real server: tests/unity/test_live.py.</summary>
    [TestFixture]
    public sealed class WebSocketTransportTests
    {
        [Test]
        public void RefusedConnectionIsReported()
        {
            TcpListener free = new TcpListener(IPAddress.Loopback, 0);
            free.Start();
            int port = ((IPEndPoint)free.LocalEndpoint).Port;
            free.Stop();
            using (WebSocketTransport transport = new WebSocketTransport())
            {
                transport.Open("ws://127.0.0.1:" + port + "/", WireTables.Subprotocol);
                TransportMessage report = WaitForReport(transport);
                Assert.That(report.Kind, Is.EqualTo(TransportMessageKind.Closed));
                Assert.That(report.Text, Is.Not.Empty);
                Assert.That(transport.Send(new byte[1], 0, 1), Is.False);
                Assert.That(transport.SendFrame(new byte[1], 0, 1), Is.False);
                Assert.That(transport.IsFrameWaiting, Is.False);
            }
        }

        [Test]
        public void ServerThatIsNoWebSocketIsReported()
        {
            TcpListener listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            Thread server = new Thread(() =>
            {
                using (TcpClient client = listener.AcceptTcpClient())
                {
                    client.GetStream().Read(new byte[4096], 0, 4096);
                    byte[] answer = System.Text.Encoding.ASCII.GetBytes("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
                    client.GetStream().Write(answer, 0, answer.Length);
                }
            });
            server.Start();
            using (WebSocketTransport transport = new WebSocketTransport())
            {
                transport.Open("ws://127.0.0.1:" + ((IPEndPoint)listener.LocalEndpoint).Port + "/", WireTables.Subprotocol);
                TransportMessage report = WaitForReport(transport);
                Assert.That(report.Kind, Is.EqualTo(TransportMessageKind.Closed));
                Assert.That(report.Text, Is.Not.Empty);
            }

            Assert.That(server.Join(5000), Is.True);
            listener.Stop();
        }

        [Test]
        public void CallsReturnAtOnceWhileNobodyAnswers()
        {
            TcpListener silent = new TcpListener(IPAddress.Loopback, 0);
            silent.Start(); // takes the connection, and never says a word
            string url = "ws://127.0.0.1:" + ((IPEndPoint)silent.LocalEndpoint).Port + "/";
            double start = MonotonicClock.NowSeconds;
            using (WebSocketTransport transport = new WebSocketTransport())
            {
                for (int i = 0; i < 5; i++)
                {
                    transport.Open(url, WireTables.Subprotocol);
                    TransportMessage report;
                    Assert.That(transport.TryReceive(out report), Is.False);
                    transport.Close();
                }
            }

            Assert.That(MonotonicClock.NowSeconds - start, Is.LessThan(1.0));
            silent.Stop();
        }

        private static TransportMessage WaitForReport(WebSocketTransport transport)
        {
            TransportMessage report;
            for (double end = MonotonicClock.NowSeconds + 10.0; MonotonicClock.NowSeconds < end; Thread.Sleep(5))
            {
                if (transport.TryReceive(out report))
                {
                    return report;
                }
            }

            throw new TimeoutException("expected a report within 10 s");
        }
    }
}

using System;
using System.Collections.Generic;
using Facecast.Core;
using Facecast.Unity;

namespace Facecast.Editor
{
    /// <summary>Keeps the last events of one client as lines of text.</summary>
    public sealed class EventLog : IDisposable
    {
        private const int MaximumLines = 200;

        private readonly List<string> _lines = new List<string>();
        private readonly FacecastClient _client;

        /// <summary>Begin to listen to a client.</summary>
        public EventLog(FacecastClient client)
        {
            _client = client;
            client.StateChanged += OnStateChanged;
            client.ParticipantJoined += OnJoined;
            client.ParticipantLeft += OnLeft;
            client.FaceAppeared += OnFaceAppeared;
            client.FaceLost += OnFaceLost;
            client.Calibrated += OnCalibrated;
            client.FaultRaised += OnFault;
        }

        /// <summary>The lines, the oldest first.</summary>
        public IReadOnlyList<string> Lines
        {
            get { return _lines; }
        }

        /// <summary>Forget all lines.</summary>
        public void Clear()
        {
            _lines.Clear();
        }

        /// <summary>Stop listening.</summary>
        public void Dispose()
        {
            _client.StateChanged -= OnStateChanged;
            _client.ParticipantJoined -= OnJoined;
            _client.ParticipantLeft -= OnLeft;
            _client.FaceAppeared -= OnFaceAppeared;
            _client.FaceLost -= OnFaceLost;
            _client.Calibrated -= OnCalibrated;
            _client.FaultRaised -= OnFault;
        }

        private void Add(string line)
        {
            if (_lines.Count == MaximumLines)
            {
                _lines.RemoveAt(0);
            }

            _lines.Add(DateTime.Now.ToString("HH:mm:ss ") + line);
        }

        private void OnStateChanged(SessionState state)
        {
            Add("connection: " + state);
        }

        private void OnJoined(Participant participant)
        {
            Add(participant.Name + " joined as " + participant.Role);
        }

        private void OnLeft(Participant participant)
        {
            Add(participant.Name + " left");
        }

        private void OnFaceAppeared(Participant participant, TrackedFace face)
        {
            Add(participant.Name + ": face " + face.Track + " appeared");
        }

        private void OnFaceLost(Participant participant, TrackedFace face)
        {
            Add(participant.Name + ": face " + face.Track + " lost");
        }

        private void OnCalibrated(byte[] neutral)
        {
            Add("neutral face captured, " + neutral.Length + " bytes");
        }

        private void OnFault(WireFault fault)
        {
            Add("error " + fault.Code + ": " + fault.Text);
        }
    }
}

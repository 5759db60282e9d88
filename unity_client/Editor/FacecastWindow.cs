using System.Collections.Generic;
using Facecast.Core;
using Facecast.Unity;
using UnityEditor;
using UnityEngine;

namespace Facecast.Editor
{
    /// <summary>The connection window: rate, latency, loss and buffer delay of everybody, and the last events.</summary>
    public sealed class FacecastWindow : EditorWindow
    {
        private readonly Dictionary<FacecastClient, EventLog> _logs = new Dictionary<FacecastClient, EventLog>();
        private Vector2 _scroll;

        /// <summary>Open the window.</summary>
        [MenuItem("Window/Facecast/Connection")]
        public static void Open()
        {
            GetWindow<FacecastWindow>("Facecast");
        }

        private void OnInspectorUpdate()
        {
            Repaint(); // ten times a second, in play mode and out of it
        }

        private void OnDisable()
        {
            foreach (EventLog log in _logs.Values)
            {
                log.Dispose();
            }

            _logs.Clear();
        }

        private void OnGUI()
        {
            _scroll = EditorGUILayout.BeginScrollView(_scroll);
            if (!Application.isPlaying || FacecastClient.Active.Count == 0)
            {
                EditorGUILayout.HelpBox("Press Play with a Facecast Client in the scene.", MessageType.Info);
            }

            for (int i = 0; i < FacecastClient.Active.Count; i++)
            {
                DrawClient(FacecastClient.Active[i]);
            }

            EditorGUILayout.EndScrollView();
        }

        private void DrawClient(FacecastClient client)
        {
            EditorGUILayout.LabelField(client.name, EditorStyles.boldLabel);
            EditorGUILayout.LabelField("State", client.State + ": " + client.Status);
            FacecastSession session = client.Session;
            if (session != null)
            {
                DrawSession(session);
                for (int i = 0; i < session.Room.Participants.Count; i++)
                {
                    DrawParticipant(session.Room.Participants[i]);
                }
            }

            DrawLog(LogOf(client));
        }

        private static void DrawSession(FacecastSession session)
        {
            SessionStatistics statistics = session.Statistics;
            EditorGUILayout.LabelField("Round trip", Milliseconds(statistics.RoundTripSeconds));
            EditorGUILayout.LabelField("Frames sent / replaced by newer", statistics.FramesSent + " / " + statistics.FramesReplaced);
            EditorGUILayout.LabelField("Messages in / dropped / bad",
                statistics.MessagesReceived + " / " + statistics.MessagesDropped + " / " + statistics.BadMessages);
            EditorGUILayout.LabelField("Reconnections", statistics.Reconnections.ToString());
            if (session.Manifest != null)
            {
                EditorGUILayout.LabelField("Server",
                    session.Manifest.Server + ", " + session.Manifest.Profile + " on " + session.Manifest.Backend);
            }
        }

        private static void DrawParticipant(Participant participant)
        {
            string who = participant.Name + " (" + participant.Role + (participant.IsSelf ? ", you)" : ")");
            EditorGUILayout.LabelField(who, EditorStyles.boldLabel);
            if (participant.Role == ParticipantRole.Viewer)
            {
                return;
            }

            StreamStatistics stream = participant.Statistics;
            EditorGUILayout.LabelField("Faces", participant.Faces.Count.ToString());
            EditorGUILayout.LabelField("Packets", stream.PacketsPerSecond.ToString("0.0") + " per second");
            EditorGUILayout.LabelField("Lost", (stream.LossRatio * 100.0).ToString("0.0") + " %");
            EditorGUILayout.LabelField("Buffer delay / jitter",
                Milliseconds(stream.BufferDelaySeconds) + " / " + Milliseconds(stream.JitterSeconds));
            EditorGUILayout.LabelField("Camera to here / to the screen",
                Milliseconds(stream.LatencySeconds) + " / " + Milliseconds(stream.DisplayLatencySeconds));
        }

        private static void DrawLog(EventLog log)
        {
            EditorGUILayout.LabelField("Events", EditorStyles.boldLabel);
            for (int i = log.Lines.Count - 1; i >= 0; i--)
            {
                EditorGUILayout.LabelField(log.Lines[i]);
            }

            if (log.Lines.Count > 0 && GUILayout.Button("Clear"))
            {
                log.Clear();
            }
        }

        private EventLog LogOf(FacecastClient client)
        {
            EventLog log;
            if (!_logs.TryGetValue(client, out log))
            {
                log = new EventLog(client);
                _logs[client] = log;
            }

            return log;
        }

        private static string Milliseconds(double seconds)
        {
            return double.IsNaN(seconds) ? "not known yet" : (seconds * 1000.0).ToString("0") + " ms";
        }
    }
}

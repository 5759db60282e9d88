using Facecast.Core;
using Facecast.Unity;
using UnityEngine;

namespace Facecast.Samples
{
    /// <summary>The panel of the Shared room scene: where to connect, as whom, and who is there.</summary>
    public sealed class SharedRoomControls : MonoBehaviour
    {
        [SerializeField] private FacecastClient client;
        [SerializeField] private FacecastRoom room;

        private void OnGUI()
        {
            GUILayout.BeginArea(new Rect(10, 10, 320, 400), GUI.skin.box);
            client.Url = Field("Server", client.Url);
            client.RoomName = Field("Room", client.RoomName);
            client.DisplayName = Field("Your name", client.DisplayName);
            GUILayout.BeginHorizontal();
            if (GUILayout.Button("Connect"))
            {
                client.Connect();
            }

            if (GUILayout.Button("Disconnect"))
            {
                client.Disconnect();
            }

            if (GUILayout.Button("Calibrate"))
            {
                client.Calibrate();
            }

            GUILayout.EndHorizontal();
            GUILayout.Label(client.Status);
            room.IncludeYourself = GUILayout.Toggle(room.IncludeYourself, "Show yourself too");
            DrawParticipants();
            GUILayout.EndArea();
        }

        private void DrawParticipants()
        {
            FacecastSession session = client.Session;
            if (session == null)
            {
                return;
            }

            for (int i = 0; i < session.Room.Participants.Count; i++)
            {
                Participant participant = session.Room.Participants[i];
                string line = participant.Name + (participant.IsSelf ? " (you)" : "") + ": " + participant.Faces.Count + " faces";
                if (participant.Role != ParticipantRole.Viewer)
                {
                    line += ", " + participant.Statistics.PacketsPerSecond.ToString("0") + " packets a second";
                }

                GUILayout.Label(line);
            }
        }

        private static string Field(string label, string text)
        {
            GUILayout.BeginHorizontal();
            GUILayout.Label(label, GUILayout.Width(80));
            string typed = GUILayout.TextField(text);
            GUILayout.EndHorizontal();
            return typed;
        }
    }
}

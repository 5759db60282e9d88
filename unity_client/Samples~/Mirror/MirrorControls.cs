using Facecast.Core;
using Facecast.Unity;
using UnityEngine;

namespace Facecast.Samples
{
    /// <summary>The panel of the Mirror scene: state, calibration, mirror, and a strength for each region.</summary>
    public sealed class MirrorControls : MonoBehaviour
    {
        [SerializeField] private FacecastClient client;
        [SerializeField] private FacecastAvatar avatar;

        private void OnGUI()
        {
            GUILayout.BeginArea(new Rect(10, 10, 300, 420), GUI.skin.box);
            GUILayout.Label("Server " + client.Url + ", room " + client.RoomName);
            GUILayout.Label(client.Status);
            DrawStatistics();
            if (GUILayout.Button("Calibrate: look straight, relax, press"))
            {
                client.Calibrate();
            }

            if (GUILayout.Button("Recentre the head"))
            {
                avatar.Recentre();
            }

            avatar.Mirror = GUILayout.Toggle(avatar.Mirror, "Mirror");
            GroupStrengths strengths = avatar.Strengths;
            strengths.eye = Slider("Eyes", strengths.eye);
            strengths.brow = Slider("Brows", strengths.brow);
            strengths.jaw = Slider("Jaw", strengths.jaw);
            strengths.mouth = Slider("Mouth", strengths.mouth);
            strengths.cheek = Slider("Cheeks", strengths.cheek);
            strengths.nose = Slider("Nose", strengths.nose);
            strengths.tongue = Slider("Tongue", strengths.tongue);
            GUILayout.EndArea();
        }

        private void DrawStatistics()
        {
            Participant shown = avatar.Participant;
            if (shown == null)
            {
                return;
            }

            StreamStatistics stream = shown.Statistics;
            GUILayout.Label(
                stream.PacketsPerSecond.ToString("0") + " packets a second, "
                + (stream.LossRatio * 100.0).ToString("0.0") + " % lost, "
                + (stream.DisplayLatencySeconds * 1000.0).ToString("0") + " ms from camera to screen");
        }

        private static float Slider(string label, float value)
        {
            GUILayout.BeginHorizontal();
            GUILayout.Label(label, GUILayout.Width(70));
            float chosen = GUILayout.HorizontalSlider(value, 0f, 2f);
            GUILayout.EndHorizontal();
            return chosen;
        }
    }
}

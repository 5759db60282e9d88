using System;
using UnityEditor;

namespace Facecast.Editor
{
    /// <summary>Imports the Character sample when a sample scene that needs it was imported alone.</summary>
    internal sealed class SampleDependencies : AssetPostprocessor
    {
        private static void OnPostprocessAllAssets(
            string[] importedAssets, string[] deletedAssets, string[] movedAssets, string[] movedFromAssetPaths)
        {
            foreach (string path in importedAssets)
            {
                bool scene = path.EndsWith("/Mirror.unity", StringComparison.Ordinal)
                    || path.EndsWith("/SharedRoom.unity", StringComparison.Ordinal);
                if (scene && path.Contains("Facecast") && PackageSamples.FindHead() == null)
                {
                    // Not from within an import.
                    EditorApplication.delayCall += ImportCharacter;
                    return;
                }
            }
        }

        private static void ImportCharacter()
        {
            if (PackageSamples.FindHead() == null)
            {
                PackageSamples.Import(PackageSamples.Character);
            }
        }
    }
}

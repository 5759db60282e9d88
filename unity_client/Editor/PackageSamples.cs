using System.Linq;
using UnityEditor;
using UnityEditor.PackageManager.UI;
using UnityEngine;

namespace Facecast.Editor
{
    /// <summary>Finds and imports the package's samples.</summary>
    internal static class PackageSamples
    {
        /// <summary>The package's name.</summary>
        internal const string Package = "com.facecast.unity";

        /// <summary>The sample with the head, which the two scenes need.</summary>
        internal const string Character = "Character";

        // From the .meta beside the prefab, which travels with the sample.
        private const string HeadPrefabGuid = "e8875b98aafb9603cc0c7d16ed7dda0d";

        /// <summary>Give the imported head's prefab, or null.</summary>
        internal static GameObject FindHead()
        {
            string path = AssetDatabase.GUIDToAssetPath(HeadPrefabGuid);
            return string.IsNullOrEmpty(path) ? null : AssetDatabase.LoadAssetAtPath<GameObject>(path);
        }

        /// <summary>Import a sample if it is not there yet; false when the package has no such sample.</summary>
        internal static bool Import(string displayName)
        {
            Sample sample = Sample.FindByPackage(Package, null).FirstOrDefault(one => one.displayName == displayName);
            return sample.displayName == displayName
                && (sample.isImported || sample.Import(Sample.ImportOptions.HideImportWindow));
        }
    }
}

using UnityEngine;

namespace Facecast.Samples
{
    /// <summary>Puts the sample head's meshes, blendshapes included, on the renderers below this object.</summary>
    /// <remarks>
    /// The head needs no imported art: each renderer that has the name of a part of the file gets that part's mesh when
    /// the object is enabled, in edit mode too, and nothing of it is saved. The head looks along +z; its origin is the
    /// base of the skull.
    /// </remarks>
    [ExecuteAlways]
    [DefaultExecutionOrder(-200)]
    public sealed class CharacterBuilder : MonoBehaviour
    {
        [SerializeField] private TextAsset headFile;
        [SerializeField] private Material material;

        private HeadMeshes _meshes;

        private void OnEnable()
        {
            _meshes = HeadMeshes.Acquire(headFile, material);
            foreach (SkinnedMeshRenderer renderer in GetComponentsInChildren<SkinnedMeshRenderer>(true))
            {
                _meshes.Fill(renderer);
            }
        }

        private void OnDisable()
        {
            _meshes.Release();
            _meshes = null;
        }
    }
}

using System;
using System.Collections.Generic;
using Facecast.Core;
using Facecast.Unity;
using UnityEngine;

namespace Facecast.Editor
{
    /// <summary>Shows a face on a character in the editor and puts every weight back afterwards.</summary>
    /// <remarks>
    /// Weights are set without the undo system, so the scene does not become dirty; the owner must dispose the
    /// preview before the scene is saved, scripts are reloaded or play mode begins.
    /// </remarks>
    public sealed class MappingPreview : IDisposable
    {
        private readonly FaceMapping _mapping;
        private readonly IReadOnlyList<SkinnedMeshRenderer> _renderers;
        private readonly FaceFrame _face = new FaceFrame();
        private BakedMapping _baked;
        private int _version;

        /// <summary>Begin to show a mapping on renderers.</summary>
        public MappingPreview(FaceMapping mapping, IReadOnlyList<SkinnedMeshRenderer> renderers)
        {
            _mapping = mapping;
            _renderers = renderers;
            Bake();
        }

        /// <summary>Bindings that this character does not have.</summary>
        public IReadOnlyList<string> Unresolved
        {
            get { return _baked.Unresolved; }
        }

        /// <summary>Give a source's value, 0..1.</summary>
        public float Get(int source)
        {
            int unit = source - WireTables.BlendshapeCount;
            return unit < 0 ? _face.Blendshapes[source] : _face.ActionUnits[unit] / WireTables.ActionUnitMax;
        }

        /// <summary>Set a source's value, 0..1; an action unit's is scaled to its intensity.</summary>
        public void Set(int source, float value)
        {
            int unit = source - WireTables.BlendshapeCount;
            if (unit < 0)
            {
                _face.Blendshapes[source] = value;
            }
            else
            {
                _face.ActionUnits[unit] = value * WireTables.ActionUnitMax;
            }
        }

        /// <summary>Set every source to 0.</summary>
        public void Clear()
        {
            _face.SetNeutral();
        }

        /// <summary>Put the face on the character; reads the mapping again when it changed.</summary>
        public void Apply()
        {
            if (_mapping.Version != _version)
            {
                _baked.Restore();
                Bake();
            }

            _baked.Apply(_face);
        }

        /// <summary>Put every weight back.</summary>
        public void Dispose()
        {
            _baked.Restore();
        }

        private void Bake()
        {
            _baked = new BakedMapping(_mapping, _renderers);
            _version = _mapping.Version;
        }
    }
}

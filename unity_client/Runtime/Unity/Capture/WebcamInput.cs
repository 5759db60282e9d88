using System;
using UnityEngine;
#if UNITY_ANDROID && !UNITY_EDITOR
using UnityEngine.Android;
#endif

namespace Facecast.Unity
{
    /// <summary>Opens a camera of this device, asking for permission where the platform wants that.</summary>
    internal sealed class WebcamInput : IDisposable
    {
        private const float LookSeconds = 1f; // listing the cameras is slow on some systems

        private readonly string _device;
        private readonly int _width;
        private readonly int _height;
        private readonly int _rate;
        private WebCamTexture _texture;
        private float _nextLook;
        private bool _asked;
        private bool _warned;

        internal WebcamInput(string device, int width, int height, int rate)
        {
            _device = device;
            _width = width;
            _height = height;
            _rate = rate;
        }

        /// <summary>The camera's picture, null until it runs.</summary>
        internal WebCamTexture Texture
        {
            get { return _texture; }
        }

        /// <summary>Start as soon as that is allowed; call every frame. True when there is a new picture.</summary>
        internal bool HasNewPicture()
        {
            if (_texture == null && !TryStart())
            {
                return false;
            }

            // Until the first picture arrives Unity reports a size of 16 x 16.
            return _texture.didUpdateThisFrame && _texture.width > 16;
        }

        public void Dispose()
        {
            if (_texture != null)
            {
                _texture.Stop();
                UnityEngine.Object.Destroy(_texture);
                _texture = null;
            }
        }

        private bool TryStart()
        {
            if (!IsAllowed() || Time.unscaledTime < _nextLook)
            {
                return false;
            }

            _nextLook = Time.unscaledTime + LookSeconds;

            if (WebCamTexture.devices.Length == 0)
            {
                Warn("no camera found.");
                return false;
            }

            _texture = new WebCamTexture(_device.Length == 0 ? FrontCamera() : _device, _width, _height, _rate);
            _texture.Play();
            return true;
        }

        private bool IsAllowed()
        {
#if UNITY_ANDROID && !UNITY_EDITOR
            if (Permission.HasUserAuthorizedPermission(Permission.Camera))
            {
                return true;
            }

            if (!_asked)
            {
                Permission.RequestUserPermission(Permission.Camera);
            }
#else
            if (Application.HasUserAuthorization(UserAuthorization.WebCam))
            {
                return true;
            }

            if (!_asked)
            {
                Application.RequestUserAuthorization(UserAuthorization.WebCam);
            }
#endif
            _asked = true;
            return false;
        }

        private static string FrontCamera()
        {
            foreach (WebCamDevice device in WebCamTexture.devices)
            {
                if (device.isFrontFacing)
                {
                    return device.name;
                }
            }

            return WebCamTexture.devices[0].name;
        }

        private void Warn(string what)
        {
            if (!_warned)
            {
                _warned = true;
                Debug.LogWarning("Facecast: " + what);
            }
        }
    }
}

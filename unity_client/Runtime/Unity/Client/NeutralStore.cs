using System;
using System.IO;
using UnityEngine;

namespace Facecast.Unity
{
    /// <summary>Keeps the bytes of a neutral calibration. They are opaque: the server made them and reads them.</summary>
    public sealed class NeutralStore
    {
        private readonly NeutralStorage _storage;
        private readonly string _key;

        /// <summary>Keep a calibration under a key; people who share a device need a key each.</summary>
        public NeutralStore(NeutralStorage storage, string key)
        {
            _storage = storage;
            _key = "facecast.neutral." + key;
        }

        /// <summary>Give the stored bytes, or null when there are none or they cannot be read.</summary>
        public byte[] Load()
        {
            try
            {
                switch (_storage)
                {
                    case NeutralStorage.PlayerPrefs:
                        string text = PlayerPrefs.GetString(_key, "");
                        return text.Length == 0 ? null : Convert.FromBase64String(text);
                    case NeutralStorage.File:
                        return File.Exists(FilePath()) ? File.ReadAllBytes(FilePath()) : null;
                    default:
                        return null;
                }
            }
            catch (Exception error) when (error is FormatException || error is IOException || error is UnauthorizedAccessException)
            {
                Debug.LogWarning("Facecast: the stored neutral calibration cannot be read: " + error.Message);
                return null;
            }
        }

        /// <summary>Store the bytes; a failure is a warning, the running session keeps its calibration.</summary>
        public void Save(byte[] neutral)
        {
            try
            {
                switch (_storage)
                {
                    case NeutralStorage.PlayerPrefs:
                        PlayerPrefs.SetString(_key, Convert.ToBase64String(neutral));
                        PlayerPrefs.Save();
                        break;
                    case NeutralStorage.File:
                        File.WriteAllBytes(FilePath(), neutral);
                        break;
                }
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                Debug.LogWarning("Facecast: the neutral calibration cannot be stored: " + error.Message);
            }
        }

        /// <summary>Forget the stored bytes.</summary>
        public void Delete()
        {
            if (_storage == NeutralStorage.PlayerPrefs)
            {
                PlayerPrefs.DeleteKey(_key);
            }
            else if (_storage == NeutralStorage.File && File.Exists(FilePath()))
            {
                File.Delete(FilePath());
            }
        }

        private string FilePath()
        {
            string name = _key;
            foreach (char bad in Path.GetInvalidFileNameChars())
            {
                name = name.Replace(bad, '_');
            }

            return Path.Combine(Application.persistentDataPath, name + ".bin");
        }
    }
}

using System;

namespace Facecast.Core
{
    /// <summary>Makes the address of the stream from what the user gave.</summary>
    internal static class StreamAddress
    {
        /// <summary>Build the address. Raises ArgumentException when the server's address is not one.</summary>
        public static string Build(SessionOptions options)
        {
            Uri server;
            string text = options.Url == null ? string.Empty : options.Url.Trim();
            text = text.Contains("://") ? text : "ws://" + text;
            text = text.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? "ws" + text.Substring(4) : text;
            bool isAddress = Uri.TryCreate(text, UriKind.Absolute, out server) && server.Host.Length > 0;
            if (!isAddress || (server.Scheme != "ws" && server.Scheme != "wss"))
            {
                throw new ArgumentException("expected an address such as ws://127.0.0.1:8000, got \"" + options.Url + "\"");
            }

            string path = server.AbsolutePath == "/" ? WireTables.StreamPath : server.AbsolutePath;
            string address = server.Scheme + "://" + server.Authority + path + "?room=" + Uri.EscapeDataString(options.Room ?? string.Empty)
                + "&role=" + WireNames.OfRole(options.Role);
            address += Parameter("name", options.Name) + Parameter("token", options.Token);
            return address;
        }

        private static string Parameter(string key, string value)
        {
            return string.IsNullOrEmpty(value) ? string.Empty : "&" + key + "=" + Uri.EscapeDataString(value);
        }
    }
}

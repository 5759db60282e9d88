using System.Globalization;
using System.Text;

namespace Facecast.Live
{
    /// <summary>Writes JSON, just enough for a report.</summary>
    public sealed class JsonText
    {
        private readonly StringBuilder _text = new StringBuilder();

        public JsonText Open(char bracket)
        {
            Separate();
            _text.Append(bracket);
            return this;
        }

        public JsonText Close(char bracket)
        {
            _text.Append(bracket);
            return this;
        }

        public JsonText Key(string name)
        {
            Text(name);
            _text.Append(':');
            return this;
        }

        public JsonText Text(string value)
        {
            Separate();
            _text.Append('"');
            foreach (char letter in value ?? string.Empty)
            {
                _text.Append(letter < ' ' || letter == '"' || letter == '\\' ? "\\u" + ((int)letter).ToString("x4") : letter.ToString());
            }

            _text.Append('"');
            return this;
        }

        public JsonText Number(double value)
        {
            Separate();
            bool isNumber = !double.IsNaN(value) && !double.IsInfinity(value);
            _text.Append(isNumber ? value.ToString("0.######", CultureInfo.InvariantCulture) : "null");
            return this;
        }

        public JsonText Bool(bool value)
        {
            Separate();
            _text.Append(value ? "true" : "false");
            return this;
        }

        public override string ToString()
        {
            return _text.ToString();
        }

        private void Separate()
        {
            char last = _text.Length == 0 ? '[' : _text[_text.Length - 1];
            if (last != '[' && last != '{' && last != ':')
            {
                _text.Append(',');
            }
        }
    }
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Facecast.Core.Tests
{
    /// <summary>Reads the JSON of the test vectors: maps, lists, text, double precision, true, false, null.</summary>
    internal sealed class JsonReader
    {
        private readonly string _text;
        private int _position;

        private JsonReader(string text)
        {
            _text = text;
        }

        public static Dictionary<string, object> ReadMap(string text)
        {
            return (Dictionary<string, object>)new JsonReader(text).ReadValue();
        }

        private object ReadValue()
        {
            SkipSpace();
            switch (_text[_position])
            {
                case '{': return ReadMapValue();
                case '[': return ReadList();
                case '"': return ReadText();
                case 't': return ReadWord("true", true);
                case 'f': return ReadWord("false", false);
                case 'n': return ReadWord("null", null);
                default: return ReadNumber();
            }
        }

        private Dictionary<string, object> ReadMapValue()
        {
            Dictionary<string, object> map = new Dictionary<string, object>();
            _position++;
            while (!TryTake('}'))
            {
                TryTake(',');
                SkipSpace();
                string key = ReadText();
                Expect(':');
                map[key] = ReadValue();
            }

            return map;
        }

        private List<object> ReadList()
        {
            List<object> list = new List<object>();
            _position++;
            while (!TryTake(']'))
            {
                TryTake(',');
                list.Add(ReadValue());
            }

            return list;
        }

        private string ReadText()
        {
            StringBuilder text = new StringBuilder();
            for (_position++; _text[_position] != '"'; _position++)
            {
                if (_text[_position] != '\\')
                {
                    text.Append(_text[_position]);
                    continue;
                }

                char code = _text[++_position];
                if (code == 'u')
                {
                    text.Append((char)int.Parse(_text.Substring(_position + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    _position += 4;
                }
                else
                {
                    text.Append(code == 'n' ? '\n' : code == 't' ? '\t' : code == 'r' ? '\r' : code);
                }
            }

            _position++;
            return text.ToString();
        }

        private object ReadWord(string word, object value)
        {
            if (string.CompareOrdinal(_text, _position, word, 0, word.Length) != 0)
            {
                throw new FormatException("expected " + word + " at " + _position);
            }

            _position += word.Length;
            return value;
        }

        private object ReadNumber()
        {
            int start = _position;
            while (_position < _text.Length && "+-.eE0123456789".IndexOf(_text[_position]) >= 0)
            {
                _position++;
            }

            return double.Parse(_text.Substring(start, _position - start), CultureInfo.InvariantCulture);
        }

        private bool TryTake(char expected)
        {
            SkipSpace();
            bool isThere = _text[_position] == expected;
            _position += isThere ? 1 : 0;
            return isThere;
        }

        private void Expect(char expected)
        {
            if (!TryTake(expected))
            {
                throw new FormatException("expected " + expected + " at " + _position + ", got " + _text[_position]);
            }
        }

        private void SkipSpace()
        {
            while (char.IsWhiteSpace(_text[_position]))
            {
                _position++;
            }
        }
    }
}

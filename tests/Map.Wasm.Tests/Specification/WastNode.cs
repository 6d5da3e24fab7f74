using System.Globalization;
using System.Text;

namespace Map.Wasm.Tests.Specification;

/// <summary>A word, a string or a list of the text format, with the text that it was read from.</summary>
internal sealed record WastNode(string Text, int Line, bool IsString = false)
{
    public List<WastNode>? Items { get; init; }

    /// <summary>The first word of a list.</summary>
    public string Head => Items is { Count: > 0 } ? Items[0].Text : "";

    /// <summary>The bytes that a string stands for.</summary>
    public byte[] Unescaped()
    {
        var bytes = new List<byte>();
        for (var i = 1; i < Text.Length - 1; i++)
        {
            if (Text[i] != '\\')
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(Text[i].ToString()));
                continue;
            }

            i++;
            switch (Text[i])
            {
                case 'n': bytes.Add((byte)'\n'); break;
                case 'r': bytes.Add((byte)'\r'); break;
                case 't': bytes.Add((byte)'\t'); break;
                case '\\' or '"' or '\'': bytes.Add((byte)Text[i]); break;
                default: bytes.Add(byte.Parse(Text.AsSpan(i++, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)); break;
            }
        }

        return [.. bytes];
    }
}

/// <summary>Reads the lists of a script. Modules inside of it are left to a parser of the text format.</summary>
internal sealed class WastReader(string source)
{
    private int _at;
    private int _line = 1;

    public IEnumerable<WastNode> ReadAll()
    {
        while (SkipSpace()) yield return Read();
    }

    private WastNode Read()
    {
        var (start, line) = (_at, _line);
        if (source[_at] == '"') return new WastNode(ReadString(), line, IsString: true);
        if (source[_at] != '(')
        {
            while (_at < source.Length && !char.IsWhiteSpace(source[_at]) && source[_at] is not ('(' or ')' or ';' or '"')) _at++;
            return new WastNode(source[start.._at], line);
        }

        _at++;
        var items = new List<WastNode>();
        while (SkipSpace() && source[_at] != ')') items.Add(Read());
        _at++;
        return new WastNode(source[start.._at], line) { Items = items };
    }

    private string ReadString()
    {
        var start = _at++;
        for (; source[_at] != '"'; _at++)
            if (source[_at] == '\\') _at++;
        return source[start..++_at];
    }

    /// <summary>Passes over space and comments; false at the end.</summary>
    private bool SkipSpace()
    {
        while (_at < source.Length)
        {
            if (source[_at] == '\n') _line++;
            if (char.IsWhiteSpace(source[_at])) _at++;
            else if (source.AsSpan(_at).StartsWith(";;")) _at = Math.Max(source.IndexOf('\n', _at), _at + 2);
            else if (source.AsSpan(_at).StartsWith("(;")) SkipComment();
            else return true;
        }

        return false;
    }

    private void SkipComment()
    {
        var depth = 0;
        do
        {
            var next = source.AsSpan(_at);
            depth += next.StartsWith("(;") ? 1 : next.StartsWith(";)") ? -1 : 0;
            if (source[_at] == '\n') _line++;
            _at += next.StartsWith("(;") || next.StartsWith(";)") ? 2 : 1;
        }
        while (depth > 0);
    }
}

using System.Text;
using Map.V1;

namespace Map.Daemon.CommandLine.Queries;

/// <summary>Reads a condition in one line, as <c>PublicationYear >= 1850</c>, as the object that says the same.</summary>
internal static class ConditionText
{
    // Longer ones first, as "<" begins "<=".
    private static readonly (string Sign, string Comparison)[] Signs =
    [
        ("!=", "not"), ("<=", "atMost"), (">=", "atLeast"), ("^=", "startsWith"),
        ("=", "equals"), ("<", "less"), (">", "greater"), ("~", "contains"),
    ];

    private static readonly char[] SignStarts = ['=', '!', '<', '>', '~', '^'];

    /// <summary>Reads one.</summary>
    /// <param name="text">The condition.</param>
    /// <param name="place">Where it is written.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public static QueryNode Read(string text, QueryPlace place, List<QueryProblem> problems)
    {
        try
        {
            return Read(text.Trim(), place);
        }
        catch (FormatException e)
        {
            problems.Add(new QueryProblem(place, e.Message));
            return new QueryUnreadable(place);
        }
    }

    private static QueryObject Read(string text, QueryPlace place)
    {
        if (FindList(text) is { } list)
            return Compare(place, list.Name, "oneOf", new QueryList(place, [.. Values(list.Values, place)]));
        var isAbsent = text.StartsWith('!');
        var at = text.IndexOfAny(SignStarts, isAbsent ? 1 : 0);
        if (at < 0)
            return Compare(place, isAbsent ? text[1..] : text, "exists", new QueryScalar(place, new BaseValue { BoolValue = !isAbsent }));
        if (isAbsent) throw new FormatException("'!' stands before a name alone; what differs from a value is NAME != VALUE.");
        var (sign, comparison) = Signs.FirstOrDefault(each => text.AsSpan(at).StartsWith(each.Sign));
        if (sign is null) throw new FormatException($"'{text[at]}' compares nothing. {Usage}");
        var rest = text[(at + sign.Length)..];
        var value = ReadValue(rest, place, out var length);
        if (rest[length..].Trim().Length > 0) throw new FormatException($"after the value stands more: {rest[length..].Trim()}");
        return Compare(place, text[..at], comparison, value);
    }

    private static string Usage => $"Comparisons are {string.Join(' ', Signs.Select(each => each.Sign))} and in (…).";

    private static QueryObject Compare(QueryPlace place, string name, string comparison, QueryNode value)
    {
        name = name.Trim();
        if (name.Length == 0) throw new FormatException("the name of a property is missing, as in \"Form = Novel\".");
        // Names that mean something else in a condition do so in this spelling only.
        if (name is "all" or "any" or "not" or "isA") name = char.ToUpperInvariant(name[0]) + name[1..];
        var compared = new QueryObject(place, [new QueryField(comparison, place, value)]);
        return new QueryObject(place, [new QueryField(name, place, compared)]);
    }

    /// <summary>The name and the values of <c>NAME in (A, B)</c>; null when it is none.</summary>
    private static (string Name, string Values)? FindList(string text)
    {
        var open = text.IndexOf('(');
        if (open < 0 || !text.EndsWith(')')) return null;
        var words = text[..open].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words is [.., _, "in"] && text.IndexOfAny(SignStarts, 0, open) < 0
            ? (string.Join(' ', words[..^1]), text[(open + 1)..^1])
            : null;
    }

    private static IEnumerable<QueryNode> Values(string text, QueryPlace place)
    {
        while (true)
        {
            var value = ReadValue(text, place, out var length, ',');
            yield return value;
            text = text[length..].TrimStart();
            if (text.Length == 0) yield break;
            if (text[0] != ',') throw new FormatException($"between values stands a comma, not: {text}");
            text = text[1..];
        }
    }

    /// <summary>Reads a value from the begin of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="place">Where it is written.</param>
    /// <param name="length">Where the value ends.</param>
    /// <param name="end">Ends a value that is not quoted.</param>
    private static QueryScalar ReadValue(string text, QueryPlace place, out int length, char? end = null)
    {
        var start = text.Length - text.TrimStart().Length;
        if (start < text.Length && text[start] is '"' or '\'') return new QueryScalar(place, Quoted(text, start, out length));
        length = end is { } mark && text.IndexOf(mark) is >= 0 and var found ? found : text.Length;
        var bare = text[..length].Trim();
        if (bare.Length == 0) throw new FormatException("a value is missing. Empty text is ''.");
        if (bare[0] is '=' or '<' or '>' or '~' or '^') throw new FormatException($"'{bare[0]}' begins no value; put text in quotes. {Usage}");
        return new QueryScalar(place, Bare(bare));
    }

    /// <summary>Text in quotes; a quote within is written twice.</summary>
    private static BaseValue Quoted(string text, int start, out int end)
    {
        var quote = text[start];
        var value = new StringBuilder();
        for (end = start + 1; end < text.Length; end++)
        {
            if (text[end] != quote) value.Append(text[end]);
            else if (end + 1 < text.Length && text[end + 1] == quote) value.Append(text[end++]);
            else
            {
                end++;
                return new BaseValue { StringValue = value.ToString() };
            }
        }

        throw new FormatException($"the text {text[start..]} has no closing {quote}.");
    }

    private static BaseValue Bare(string text) => text switch
    {
        "true" => new BaseValue { BoolValue = true },
        "false" => new BaseValue { BoolValue = false },
        _ => (LooksLikeNumber(text) ? QueryNumber.Read(Encoding.UTF8.GetBytes(text)) : null) ?? new BaseValue { StringValue = text },
    };

    /// <summary>What begins with a zero before other digits is a number of something, and text.</summary>
    private static bool LooksLikeNumber(string text)
    {
        var digits = text.AsSpan(text[0] == '-' ? 1 : 0);
        return digits.Length > 0 && char.IsAsciiDigit(digits[0]) && (digits[0] != '0' || digits.Length == 1 || !char.IsAsciiDigit(digits[1]));
    }
}

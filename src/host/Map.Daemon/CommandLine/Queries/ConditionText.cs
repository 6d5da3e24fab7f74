using System.Text;
using System.Text.RegularExpressions;
using Map.V1;

namespace Map.Daemon.CommandLine.Queries;

/// <summary>Reads a condition in one line, as <c>PublicationYear >= 1850</c>, as the object that says the same.</summary>
internal static partial class ConditionText
{
    // Longer ones first, as "<" begins "<=".
    private static readonly (string Sign, string Comparison)[] Signs =
    [
        ("!=", "not"), ("<=", "atMost"), (">=", "atLeast"), ("^=", "startsWith"),
        ("=", "equals"), ("<", "less"), (">", "greater"), ("~", "contains"),
    ];

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
        if (OneOf().Match(text) is { Success: true } match)
            return Compare(place, match.Groups["name"].Value, "oneOf", new QueryList(place, [.. Values(match.Groups["values"].Value, place)]));
        var isAbsent = text.StartsWith('!');
        var at = text.IndexOfAny(['=', '!', '<', '>', '~', '^'], isAbsent ? 1 : 0);
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
        if (Quoted().Match(text) is { Success: true } quoted)
        {
            length = quoted.Length;
            var quote = quoted.Groups["quote"].Value;
            return new QueryScalar(place, new BaseValue { StringValue = quoted.Groups["text"].Value.Replace(quote + quote, quote) });
        }

        length = end is { } mark && text.IndexOf(mark) is >= 0 and var found ? found : text.Length;
        var bare = text[..length].Trim();
        if (bare.Length == 0) throw new FormatException("a value is missing. Empty text is ''.");
        if (bare[0] is '"' or '\'') throw new FormatException($"the text {bare} has no closing {bare[0]}.");
        if (bare[0] is '=' or '<' or '>' or '~' or '^') throw new FormatException($"'{bare[0]}' begins no value; put text in quotes. {Usage}");
        return new QueryScalar(place, Bare(bare));
    }

    private static BaseValue Bare(string text) => text switch
    {
        "true" => new BaseValue { BoolValue = true },
        "false" => new BaseValue { BoolValue = false },
        _ => (Number().IsMatch(text) ? QueryNumber.Read(Encoding.UTF8.GetBytes(text)) : null) ?? new BaseValue { StringValue = text },
    };

    [GeneratedRegex(@"^(?<name>[^=!<>~^()""']+?)\s+in\s*\((?<values>.*)\)\s*$", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex OneOf();

    // A quote within is written twice.
    [GeneratedRegex(@"^\s*(?<quote>[""'])(?<text>(\k<quote>\k<quote>|(?!\k<quote>).)*)\k<quote>", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Number();
}

using Map.V1;

namespace Map.Daemon.CommandLine.Queries;

/// <summary>
/// Takes the parts of a query apart: finds fields by their names and reads them as what they have to be. Collects what is wrong, and
/// where each part of the message is written.
/// </summary>
internal sealed class QueryParts
{
    /// <summary>Places by the path of the part in the message, as `field` of errors has it.</summary>
    public Dictionary<string, QueryPlace> Places { get; } = new(StringComparer.Ordinal);

    public List<QueryProblem> Problems { get; } = [];

    public void Report(QueryPlace place, string message) => Problems.Add(new QueryProblem(place, message));

    /// <summary>Finds the fields of an object; reports those that it may not have.</summary>
    /// <param name="node">The object; anything else is reported.</param>
    /// <param name="rule">What it has to be, as a sentence.</param>
    /// <param name="names">Fields that it may have.</param>
    /// <returns>Null when it is not an object.</returns>
    public IReadOnlyDictionary<string, QueryField>? Fields(QueryNode node, string rule, params string[] names)
    {
        if (node is not QueryObject parts)
        {
            ReportKind(node, rule);
            return null;
        }

        foreach (var field in parts.Fields.Where(field => !names.Contains(field.Name)))
            Report(field.Place, $"Unknown field \"{field.Name}\".{NearestWord.Suggest(field.Name, names)}");
        return parts.Fields.Where(field => names.Contains(field.Name)).ToDictionary(field => field.Name);
    }

    /// <summary>Reads text; empty when it is none.</summary>
    /// <param name="node">The text.</param>
    /// <param name="path">Its path in the message.</param>
    /// <param name="rule">What it has to be, as a sentence.</param>
    public string Text(QueryNode node, string path, string rule)
    {
        Places[path] = node.Place;
        if (node is QueryScalar { Value: { KindCase: BaseValue.KindOneofCase.StringValue } text }) return text.StringValue;
        ReportKind(node, rule);
        return "";
    }

    /// <summary>Reads the name of a type.</summary>
    public TypeSelector Type(QueryNode node, string path, string rule) => new() { Name = Text(node, path, rule) };

    /// <summary>Reads true or false; false when it is neither.</summary>
    public bool Boolean(QueryField field)
    {
        if (field.Value is QueryScalar { Value: { KindCase: BaseValue.KindOneofCase.BoolValue } value }) return value.BoolValue;
        ReportKind(field.Value, $"\"{field.Name}\" is true or false.");
        return false;
    }

    /// <summary>Reads a whole number; 0 when it is none, or not in range.</summary>
    public ulong Whole(QueryNode node, ulong most, string rule)
    {
        var number = node is QueryScalar { Value: { KindCase: BaseValue.KindOneofCase.IntegerValue } value } ? value.IntegerValue : -1;
        if (number >= 0 && (ulong)number <= most) return (ulong)number;
        ReportKind(node, rule);
        return 0;
    }

    /// <summary>Reads the items of a list; one by itself is a list of it.</summary>
    public void OneOrMore(QueryField field, string path, Action<QueryNode, string> read)
    {
        Places[path] = field.Place;
        var items = field.Value is QueryList list ? list.Items : [field.Value];
        if (items.Count == 0) Report(field.Value.Place, $"\"{field.Name}\" is empty. Name one at least.");
        for (var i = 0; i < items.Count; i++) read(items[i], $"{path}[{i}]");
    }

    /// <summary>Reads the items of a list, which may be empty.</summary>
    public void Each(QueryField field, string path, string rule, Action<QueryNode, string> read)
    {
        Places[path] = field.Place;
        if (field.Value is not QueryList list) ReportKind(field.Value, rule);
        else
            for (var i = 0; i < list.Items.Count; i++) read(list.Items[i], $"{path}[{i}]");
    }

    /// <summary>Reports that a part is something else than it has to be, unless it was reported already.</summary>
    public void ReportKind(QueryNode node, string rule)
    {
        if (node is not QueryUnreadable) Report(node.Place, rule);
    }
}

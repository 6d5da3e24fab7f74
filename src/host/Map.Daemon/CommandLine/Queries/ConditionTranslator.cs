using Map.V1;

namespace Map.Daemon.CommandLine.Queries;

/// <summary>Makes the messages of conditions.</summary>
/// <param name="parts">Takes them apart.</param>
internal sealed class ConditionTranslator(QueryParts parts)
{
    private const string ConditionRule = """A condition is an object, as {"Form": "Novel"} or {"PublicationYear": {"atLeast": 1850}}.""";
    private const string ValueRule = "A value is text, a number, true, false or a list of these.";

    private static readonly Dictionary<string, Comparison> Comparisons = new()
    {
        ["equals"] = Comparison.Equal,
        ["not"] = Comparison.NotEqual,
        ["less"] = Comparison.Less,
        ["atMost"] = Comparison.AtMost,
        ["greater"] = Comparison.Greater,
        ["atLeast"] = Comparison.AtLeast,
        ["oneOf"] = Comparison.OneOf,
        ["startsWith"] = Comparison.StartsWith,
        ["contains"] = Comparison.Contains,
        ["exists"] = Comparison.Exists,
    };

    /// <summary>Makes a condition; its path in the message hangs on how many stand beside it.</summary>
    private delegate TraverseCondition Maker(string path);

    public TraverseCondition Condition(QueryNode node, string path)
    {
        parts.Places[path] = node.Place;
        if (node is QueryObject { Fields: { Count: > 0 } fields }) return Join(fields.SelectMany(Conditions), path, "all");
        parts.ReportKind(node, node is QueryObject ? "The condition says nothing. Leave the step out, or compare a property." : ConditionRule);
        return new TraverseCondition();
    }

    private IEnumerable<Maker> Conditions(QueryField field)
    {
        switch (field.Name)
        {
            case "all" or "any":
                return [path => Several(field, path)];
            case "not":
                return [path => At(field, path, new TraverseCondition { Not = Condition(field.Value, $"{path}.not") })];
            case "isA":
                return [path => At(field, path, new TraverseCondition { IsA = new TypeCondition { Type = IsA(field, path) } })];
            default:
                if (field.Value is not QueryObject comparisons) return [path => Compare(field, Comparison.Equal, field.Place, [field.Value], path)];
                if (comparisons.Fields.Count == 0) parts.Report(comparisons.Place, $"The property \"{field.Name}\" is compared with nothing.");
                return comparisons.Fields.Select<QueryField, Maker>(comparison => path => Compare(field, comparison, path));
        }
    }

    private TypeSelector IsA(QueryField field, string path) =>
        parts.Type(field.Value, $"{path}.is_a.type", "\"isA\" is the key of a type.");

    private TraverseCondition Several(QueryField field, string path)
    {
        parts.Places[path] = field.Place;
        if (field.Value is QueryList { Items: { Count: > 0 } items })
            return Join(items.Select<QueryNode, Maker>(item => at => Condition(item, at)), path, field.Name);
        parts.ReportKind(field.Value, $"\"{field.Name}\" is a list of conditions, of one at least.");
        return new TraverseCondition();
    }

    /// <summary>One stands alone; several are joined.</summary>
    private static TraverseCondition Join(IEnumerable<Maker> makers, string path, string word)
    {
        var all = makers.ToArray();
        if (all is [var only]) return only(path);
        var conditions = new TraverseConditions { Conditions = { all.Select((make, i) => make($"{path}.{word}.conditions[{i}]")) } };
        return word == "all" ? new TraverseCondition { All = conditions } : new TraverseCondition { Any = conditions };
    }

    private TraverseCondition Compare(QueryField property, QueryField comparison, string path)
    {
        if (!Comparisons.TryGetValue(comparison.Name, out var kind))
        {
            parts.Report(comparison.Place, $"Unknown comparison \"{comparison.Name}\".{NearestWord.Suggest(comparison.Name, [.. Comparisons.Keys])}");
            return new TraverseCondition();
        }

        if (kind == Comparison.Exists)
        {
            return parts.Boolean(comparison)
                ? Compare(property, kind, comparison.Place, [], path)
                : At(property, path, new TraverseCondition { Not = Compare(property, kind, comparison.Place, [], $"{path}.not") });
        }

        if (kind != Comparison.OneOf) return Compare(property, kind, comparison.Place, [comparison.Value], path);
        if (comparison.Value is QueryList list) return Compare(property, kind, comparison.Place, list.Items, path);
        parts.ReportKind(comparison.Value, "\"oneOf\" is a list of values.");
        return new TraverseCondition();
    }

    private TraverseCondition Compare(QueryField property, Comparison kind, QueryPlace at, IEnumerable<QueryNode> values, string path)
    {
        var inner = $"{path}.property";
        parts.Places[$"{inner}.name"] = property.Place;
        parts.Places[$"{inner}.comparison"] = at;
        var comparison = new PropertyComparison { Name = property.Name, Comparison = kind };
        foreach (var value in values)
        {
            parts.Places[$"{inner}.values[{comparison.Values.Count}]"] = value.Place;
            comparison.Values.Add(Value(value));
        }

        return At(property, path, new TraverseCondition { Property = comparison });
    }

    private TraverseCondition At(QueryField field, string path, TraverseCondition condition)
    {
        parts.Places[path] = field.Place;
        return condition;
    }

    private BaseValue Value(QueryNode node)
    {
        if (node is QueryScalar scalar) return scalar.Value;
        if (node is QueryList list) return new BaseValue { ArrayValue = Items(list) };
        parts.ReportKind(node, ValueRule);
        return new BaseValue();
    }

    private ArrayValue Items(QueryList list)
    {
        foreach (var item in list.Items.Where(item => item is not QueryScalar)) parts.ReportKind(item, "A list of values has no lists in it.");
        var values = list.Items.OfType<QueryScalar>().Select(item => item.Value).ToArray();
        if (values.Any(value => value.HasDoubleValue)) values = [.. values.Select(Widen)];
        if (values.DistinctBy(value => value.KindCase).Count() > 1) parts.Report(list.Place, "The items of a list of values are of one kind.");
        return new ArrayValue { Items = { values } };
    }

    /// <summary>Beside fractions, whole numbers are doubles too.</summary>
    private static BaseValue Widen(BaseValue value) => value.HasIntegerValue ? new BaseValue { DoubleValue = value.IntegerValue } : value;
}

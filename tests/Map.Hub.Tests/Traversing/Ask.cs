using Google.Protobuf;
using Map.V1;

namespace Map.Hub.Tests.Traversing;

/// <summary>Writes a query of a test in a line.</summary>
internal sealed class Ask
{
    private readonly List<Func<TestTransaction, TraverseSeed>> _seeds = [];
    private readonly TraverseQuery _query = new();

    /// <summary>All holons of a type and of those that extend it.</summary>
    public static Ask Type(string type, string? prefix = null, bool exact = false) =>
        new Ask().Seed(_ => List(new ListSeed { Type = Named(type), ExactType = exact }, prefix));

    /// <summary>All holons, of whatever type.</summary>
    public static Ask All(string? prefix = null) => new Ask().Seed(_ => List(new ListSeed(), prefix));

    public static Ask Key(string key, string? type = null) =>
        new Ask().Seed(_ => new TraverseSeed { Key = new KeySeed { Key = key, Type = type is null ? null : Named(type) } });

    /// <summary>By the reference that the transaction gives for a key.</summary>
    public static Ask Reference(string key) => new Ask().Seed(transaction => new TraverseSeed { Holon = transaction.ByKey(key) });

    /// <summary>By the id of the holon of a key.</summary>
    public static Ask Id(string key) =>
        new Ask().Seed(transaction => new TraverseSeed { HolonId = transaction.Content(transaction.ByKey(key)).HolonId });

    public static TypeSelector Named(string type) => new() { Name = type };

    /// <summary>These seeds, then those of another.</summary>
    public Ask And(Ask other)
    {
        _seeds.AddRange(other._seeds);
        return this;
    }

    public Ask Follow(params string[] names) => Follow(null, null, names);

    /// <summary>By exactly so many links.</summary>
    public Ask Hop(uint depth, params string[] names) => Follow(depth, depth, names);

    public Ask Hops(uint min, uint max, params string[] names) => Follow(min, max, names);

    public Ask Follow(uint? min, uint? max, params string[] names)
    {
        var expand = new TraverseExpand { Relationships = { names } };
        if (min is { } least) expand.MinDepth = least;
        if (max is { } most) expand.MaxDepth = most;
        return Step(new TraverseStep { Expand = expand });
    }

    public Ask Where(TraverseCondition condition) => Step(new TraverseStep { Where = condition });

    public Ask Where(string property, Comparison comparison, params object[] values) => Where(If.Is(property, comparison, values));

    public Ask Once() => With(query => query.Distinct = true);

    public Ask By(string property) => With(query => query.OrderBy.Add(new TraverseOrder { Property = property }));

    public Ask Down(string property) => With(query => query.OrderBy.Add(new TraverseOrder { Property = property, Descending = true }));

    public Ask Limit(ulong limit) => With(query => query.Limit = limit);

    public Ask Select(params string[] names) => With(query => query.Select.AddRange(names));

    /// <summary>Anything else.</summary>
    public Ask With(Action<TraverseQuery> change)
    {
        change(_query);
        return this;
    }

    public TraverseQuery In(TestTransaction transaction)
    {
        var query = _query.Clone();
        query.Seeds.AddRange(_seeds.Select(seed => seed(transaction)));
        return query;
    }

    private static TraverseSeed List(ListSeed list, string? prefix)
    {
        if (prefix is not null) list.KeyPrefix = prefix;
        return new TraverseSeed { List = list };
    }

    private Ask Seed(Func<TestTransaction, TraverseSeed> seed)
    {
        _seeds.Add(seed);
        return this;
    }

    private Ask Step(TraverseStep step) => With(query => query.Steps.Add(step));
}

/// <summary>Conditions of queries.</summary>
internal static class If
{
    public static TraverseCondition Is(string property, Comparison comparison, params object[] values) =>
        new() { Property = new PropertyComparison { Name = property, Comparison = comparison, Values = { values.Select(Value) } } };

    public static TraverseCondition All(params TraverseCondition[] conditions) =>
        new() { All = new TraverseConditions { Conditions = { conditions } } };

    public static TraverseCondition Any(params TraverseCondition[] conditions) =>
        new() { Any = new TraverseConditions { Conditions = { conditions } } };

    public static TraverseCondition Not(TraverseCondition condition) => new() { Not = condition };

    public static TraverseCondition IsA(string type) => new() { IsA = new TypeCondition { Type = Ask.Named(type) } };

    public static BaseValue Value(object value) => value switch
    {
        string text => new BaseValue { StringValue = text },
        bool truth => new BaseValue { BoolValue = truth },
        int whole => new BaseValue { IntegerValue = whole },
        long whole => new BaseValue { IntegerValue = whole },
        double number => new BaseValue { DoubleValue = number },
        byte[] bytes => new BaseValue { BytesValue = ByteString.CopyFrom(bytes) },
        DateTimeOffset moment => new BaseValue { TimestampValue = new Timestamp { UnixMicros = moment.UtcTicks / 10 - 62_135_596_800_000_000 } },
        string[] items => new BaseValue { ArrayValue = new ArrayValue { Items = { items.Select(Value) } } },
        BaseValue wire => wire,
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, "No such value."),
    };
}

using Google.Protobuf;
using Map.Core.Loading;
using Map.Core.Transactions;
using Map.Hub.Spaces;
using Map.Hub.Tests.Rules;
using Map.V1;
using static Map.Hub.Tests.Rules.Part;

namespace Map.Hub.Tests.Exports;

/// <summary>
/// A graph of everything that holons may be: values of all kinds under types and without, keys of all forms, the same key
/// under two types, holons without a key in circles, members that are ordered and that stand more than once.
/// </summary>
internal sealed class GeneratedGraph
{
    private const string Sample = "Sample.Book";
    private const string Colour = "Colour.MapEnumValueType";
    private const int MaxTargets = 4;

    private static readonly string[] _stranges = ["#hash", "@at", "id:that", "ext:that", "#", "\"quoted\" \\ ü 字 😀", " ", "a\nb"];

    private readonly Random _random;
    private readonly List<Node> _nodes = [];

    /// <param name="seed">Of what is made.</param>
    /// <param name="count">How many holons.</param>
    public GeneratedGraph(int seed, int count)
    {
        _random = new Random(seed);
        for (var i = 0; i < count; i++) _nodes.Add(NewNode(i));
        foreach (var node in _nodes) AddLinks(node);
    }

    /// <summary>A type of books with properties of all kinds, beside the types of <see cref="TestSchema"/>.</summary>
    public static ImportSource Types => TestSchema.File("sample.json", [.. ((Part[])
    [
        TheSchema,
        Type("Sample", extends: TestSchema.Book, properties: [.. _typed.Keys.Select(name => $"{name}.PropertyType")], says: new { AllowsAdditionalRelationships = true }),
        Enumeration("Colour", "Red", "Green", "Blue"),
        Part.List("Colours", Colour),
        Part.List("Ratios", "MapDoubleValueType.DoubleValueType"),
        Part.List("Moments", "MapTimestampValueType.TimestampValueType"),
        .. _typed.Select(property => Property(property.Key, property.Value)),
    ]).SelectMany(part => part.Holons)]);

    private static readonly Dictionary<string, string> _typed = new()
    {
        ["Colour"] = Colour,
        ["Colours"] = "Colours.MapValueArrayType",
        ["Count"] = "MapIntegerValueType.IntegerValueType",
        ["Data"] = "MapBytesValueType.BytesValueType",
        ["Moment"] = "MapTimestampValueType.TimestampValueType",
        ["Moments"] = "Moments.MapValueArrayType",
        ["Ratio"] = "MapDoubleValueType.DoubleValueType",
        ["Ratios"] = "Ratios.MapValueArrayType",
        ["Words"] = "MapStringValueType.StringValueType",
    };

    /// <summary>Options of a hub that takes a large graph in one transaction.</summary>
    public static HubOptions Options => TestHub.Options(new TransactionLimits { MaxSteps = int.MaxValue, MaxHistoryBytes = long.MaxValue });

    /// <summary>Makes it, command by command, and commits.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="space">A space with the types.</param>
    /// <param name="order">Shuffles what is done; all in order when null.</param>
    public void Make(TestHub hub, HolonSpaceManager space, Random? order = null)
    {
        var transaction = hub.Begin(space);
        var holons = new HolonReference[_nodes.Count];
        var types = _nodes.Select(node => node.Type).Distinct().ToDictionary(type => type, type => transaction.ByKey(type));
        foreach (var node in InOrder(order)) holons[node.Number] = transaction.Stage(node.Key, types[node.Type], node.Properties);
        foreach (var (source, name, targets) in Links(order))
            transaction.Add(holons[source], name, [.. targets.Select(target => holons[target])]);
        transaction.Commit();
    }

    private List<Node> InOrder(Random? order)
    {
        if (order is null) return _nodes;
        // Those without a key are told apart by their order alone.
        var keyless = new Queue<Node>(_nodes.Where(node => node.Key is null));
        var shuffled = _nodes.ToArray();
        order.Shuffle(shuffled);
        return [.. shuffled.Select(node => node.Key is null ? keyless.Dequeue() : node)];
    }

    private IEnumerable<(int Source, string Name, int[] Targets)> Links(Random? order)
    {
        var links = _nodes.SelectMany(node => node.Links.Select(link => (node.Number, link.Key, link.Value)));
        if (order is null) return links;
        var single = links.SelectMany(link => IsOrdered(link.Key) ? [link] : link.Value.Select(target => (link.Number, link.Key, (int[])[target]))).ToArray();
        order.Shuffle(single);
        return single;
    }

    private static bool IsOrdered(string name) => name is TestSchema.Authors or TestSchema.Credits;

    private Node NewNode(int number)
    {
        var type = (number % 4) switch { 0 => TestSchema.Person, 1 => TestSchema.Book, 2 => TestSchema.Novel, _ => Sample };
        // Of each ten two share a key, and one has none.
        var key = (number % 10) switch
        {
            7 => null,
            8 => $"Shared {number:D6}",
            9 => $"Shared {number - 1:D6}",
            _ when number / 10 < _stranges.Length && number % 10 == 1 => _stranges[number / 10],
            _ => $"{_random.Next(1_000):D3} of {number}",
        };
        var properties = type == Sample
            ? _typed.Keys.Where(_ => _random.Next(2) == 0).Select(name => (name, TypedValue(name))).ToList()
            : [];
        if (type != Sample)
            for (var i = _random.Next(5); i > 0; i--) properties.Add(($"Value{i}", _random.Next(6) == 0 ? AnyList() : Scalar(_random.Next(7))));
        return new Node(number, key, type, [.. properties], []);
    }

    private void AddLinks(Node node)
    {
        if (node.Type == TestSchema.Person)
        {
            Add(node, TestSchema.Remarks, isPerson: false);
        }
        else
        {
            foreach (var name in (string[])[TestSchema.Authors, TestSchema.Credits, TestSchema.Readers]) Add(node, name, isPerson: true);
            Add(node, TestSchema.Similar, isPerson: false);
        }

        Add(node, TestSchema.Friends, isPerson: null);
        // Circles of holons without a key, of one and of many.
        if (node.Key is null) Link(node, TestSchema.Friends, node.Number);
        if (node.Key is null) Link(node, TestSchema.Friends, (node.Number + 10) % _nodes.Count);
    }

    private void Add(Node node, string name, bool? isPerson)
    {
        for (var i = _random.Next(MaxTargets); i > 0; i--)
        {
            var target = _random.Next(_nodes.Count);
            if (isPerson is not { } person || person == (_nodes[target].Type == TestSchema.Person)) Link(node, name, target);
        }
    }

    private static void Link(Node node, string name, int target)
    {
        var targets = node.Links.GetValueOrDefault(name, []);
        var mayRepeat = name is TestSchema.Credits or TestSchema.Readers;
        if (mayRepeat || !targets.Contains(target)) node.Links[name] = [.. targets, target];
    }

    private BaseValue TypedValue(string name) => name switch
    {
        "Colour" => Variant(),
        "Colours" => Of(Variant),
        "Count" => Scalar(2),
        "Data" => Scalar(4),
        "Moment" => Moment(),
        "Moments" => Of(Moment),
        "Ratio" => Scalar(3),
        "Ratios" => Of(() => Scalar(3)),
        _ => Scalar(0),
    };

    private BaseValue AnyList()
    {
        var kind = _random.Next(7);
        return Of(() => Scalar(kind));
    }

    private BaseValue Of(Func<BaseValue> item)
    {
        var array = new ArrayValue();
        for (var i = _random.Next(4); i > 0; i--) array.Items.Add(item());
        return new BaseValue { ArrayValue = array };
    }

    private BaseValue Variant() => new() { EnumValue = Pick("Red", "Green", "Blue") };

    private BaseValue Moment() => new() { TimestampValue = new Timestamp { UnixMicros = _random.NextInt64(-1L << 53, 1L << 53) } };

    private BaseValue Scalar(int kind) => kind switch
    {
        0 => new BaseValue { StringValue = Pick("", "text", "2026-03-02T10:15:00Z", "AAAA", "Red", "{\"$double\"}", "ä\u0001\n😀") },
        1 => new BaseValue { BoolValue = _random.Next(2) == 0 },
        2 => new BaseValue { IntegerValue = Pick(0, 4, -1, long.MaxValue, long.MinValue, _random.NextInt64()) },
        3 => new BaseValue { DoubleValue = Number() },
        4 => new BaseValue { BytesValue = ByteString.CopyFrom([.. Enumerable.Range(0, _random.Next(5)).Select(i => (byte)(i * 77))]) },
        5 => new BaseValue { EnumValue = Pick("Red", "Free") },
        _ => new BaseValue { TimestampValue = new Timestamp { UnixMicros = Pick(0, 1_772_446_500_000_000, long.MaxValue, long.MinValue, -1) } },
    };

    private double Number() => Pick(
        0.0, -0.0, 4, -1e15, 1e16, 0.1, double.Epsilon, double.MaxValue, double.NaN, BitConverter.Int64BitsToDouble(0x7FF8000000000000),
        BitConverter.Int64BitsToDouble(0x7FF0000000000123), double.PositiveInfinity, double.NegativeInfinity, _random.NextDouble());

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    /// <summary>A holon.</summary>
    private sealed record Node(
        int Number, string? Key, string Type, (string Name, BaseValue Value)[] Properties, Dictionary<string, int[]> Links);
}

using Google.Protobuf;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests.Traversing;

/// <summary>Random commands that make a graph of <see cref="GraphSchema"/> and change it. Some are refused.</summary>
internal sealed class GraphEdits(TestTransaction transaction, Random random)
{
    private static readonly string[] Texts = ["", "a", "ab", "b", "Z", "é", "éa", "\uFFFD", "😀", "round"];
    private static readonly long[] Wholes = [-7, 0, 1, 2, 3, 1L << 53, (1L << 53) + 1, long.MaxValue];
    private static readonly double[] Numbers = [-2.5, 0, 0.5, 1, 2, 3.25, 1L << 53, 9.3e18];
    private static readonly string[] Moments = ["1999-12-31T23:59:59Z", "2024-02-29T00:00:00Z", "2024-02-29T01:00:00+01:00", "2024-02-29T00:00:01Z"];

    private readonly List<(ByteString Id, string Type)> _known = [];
    private int _keys;

    /// <summary>Numbers the keys that are given from here on.</summary>
    public GraphEdits From(int firstKey)
    {
        _keys = firstKey;
        return this;
    }

    /// <summary>Learns the holons that there are.</summary>
    public GraphEdits Know(GraphView view)
    {
        _known.AddRange(view.Instances.Select(holon => (RandomEdits.Id(holon.Reference), holon.Type)));
        return this;
    }

    /// <summary>Makes holons, then links between them.</summary>
    public void Grow(int holons, int links)
    {
        for (var i = 0; i < holons; i++) Stage();
        for (var i = 0; i < links; i++) Link();
    }

    /// <summary>Any command.</summary>
    public void Step()
    {
        switch (random.Next(20))
        {
            case 0 or 1 or 2:
                Stage();
                break;
            case < 8:
                Link();
                break;
            case < 11:
                Unlink();
                break;
            case < 14:
                if (Draft() is { } changed) Try(SetCommand(changed.Holon, PropertyOf(changed.Type, out var value), value));
                break;
            case 14 when Draft() is { } emptied:
                var remove = new RemovePropertyValueCommand { Holon = emptied.Holon, Names = { PropertyOf(emptied.Type, out _) } };
                Try(new MutationCommand { RemovePropertyValue = remove });
                break;
            case 15 or 16 when Known() is { } deleted:
                Try(DeleteCommand(deleted.Holon));
                break;
            case 17 when Known() is { } abandoned:
                Try(AbandonCommand(abandoned.Holon));
                break;
            case 18:
                // Within the family, so that links go on to lead where they may.
                if (Draft() is { } retyped && GraphSchema.Lineage(retyped.Type).Contains(GraphSchema.Thing))
                    Try(DescribeCommand(retyped.Holon, transaction.ByKey(Pick(GraphSchema.Family(GraphSchema.Thing)))));
                break;
            case 19:
                Try(random.Next(3) == 0 ? RedoMutation : UndoMutation);
                break;
        }
    }

    private void Stage()
    {
        var type = Pick(GraphSchema.Types.Keys);
        var content = new HolonContent { Descriptor_ = transaction.ByKey(type) };
        if (random.Next(6) > 0) content.Key = $"{(char)('a' + random.Next(3))}{_keys++}";
        foreach (var name in Enumerable.Range(0, random.Next(6)).Select(_ => PropertyOf(type, out var _)).Distinct())
            if (name != "Key") content.Properties.Add(new Property { Name = name, Value = ValueOf(type, name) });
        var isTransient = random.Next(12) == 0;
        var response = transaction.Send(isTransient
            ? new MutationCommand { NewHolon = new NewHolonCommand { Content = content } }
            : new MutationCommand { StageNewHolon = new StageNewHolonCommand { Content = content } });
        if (!response.Success) Fail(response);
        else if (!isTransient) _known.Add((response.Body.Reference.Staged.LocalId, type));
    }

    private void Link()
    {
        if (Draft() is not { } source) return;
        var links = GraphSchema.Links.Where(link => GraphSchema.Lineage(source.Type).Contains(link.Source)).ToList();
        var link = source.Type == GraphSchema.Slip || links.Count == 0 ? null : Pick(links);
        var name = link?.Name ?? GraphSchema.Mentions;
        if (link is null && source.Type != GraphSchema.Slip) return;
        var targets = Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Known(link?.Target)).OfType<(HolonReference Holon, string Type)>()
            .Select(target => target.Holon).ToArray();
        if (targets.Length == 0) return;
        var add = AddCommand(source.Holon, name, targets);
        if (link is { IsOrdered: true } && random.Next(4) == 0) add.AddRelatedHolons.Position = new Position { First = new Edge() };
        Try(add);
    }

    private void Unlink()
    {
        if (Draft() is not { } source) return;
        var names = GraphSchema.Links.Where(link => GraphSchema.Lineage(source.Type).Contains(link.Source)).Select(link => link.Name)
            .Append(GraphSchema.Mentions).ToList();
        var query = new RelatedHolonsQuery { Holon = source.Holon, Name = Pick(names) };
        var members = transaction.Send(new QueryCommand { RelatedHolons = query });
        if (!members.Success || members.Body.Page.Members.Count == 0) return;
        var remove = RemoveCommand(source.Holon, query.Name, Pick(members.Body.Page.Members).Reference);
        if (random.Next(2) == 0) remove.RemoveRelatedHolons.Occurrence = 0;
        Try(remove);
    }

    /// <summary>A name that holons of a type may have, with a value of its kind; slips bring what they like.</summary>
    private string PropertyOf(string type, out BaseValue value)
    {
        var names = GraphSchema.Properties.Where(each => GraphSchema.Lineage(type).Contains(each.Type)).Select(each => each.Name).ToList();
        var name = type == GraphSchema.Slip ? Pick(["Name", "Size", "Weight", "Done", "Colour", "Colour"]) : Pick(names);
        value = ValueOf(type, name);
        return name;
    }

    private BaseValue ValueOf(string type, string name) => name switch
    {
        "Name" => If.Value(Pick(Texts)),
        // Numbers of both kinds under one name, where no type says which.
        "Size" or "Weight" when type == GraphSchema.Slip => random.Next(2) == 0 ? If.Value(Pick(Wholes)) : If.Value(Pick(Numbers)),
        "Size" or "Age" => If.Value(Pick(Wholes)),
        "Weight" => If.Value(Pick(Numbers)),
        "Done" => If.Value(random.Next(2) == 0),
        "Shape" => new BaseValue { EnumValue = Pick(GraphSchema.ShapeNames) },
        "Made" => If.Value(DateTimeOffset.Parse(Pick(Moments), System.Globalization.CultureInfo.InvariantCulture)),
        "Mark" => If.Value(Enumerable.Range(0, random.Next(3)).Select(_ => (byte)(random.Next(2) * 255)).ToArray()),
        "Tags" => If.Value(Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Pick(Texts)).ToArray()),
        _ => random.Next(3) switch { 0 => If.Value(Pick(Texts)), 1 => If.Value(Pick(Wholes)), _ => If.Value(true) },
    };

    /// <summary>A value such as a query may ask for: of the kind, or such that nothing is lost.</summary>
    public BaseValue Asked(string name)
    {
        if (name == "Key") return If.Value(Pick(["a", "b", "a1", "b2", "c3"]));
        if (name == "Weight" && random.Next(3) == 0) return If.Value(random.Next(4));
        if (name == "Shape" && random.Next(2) == 0) return If.Value(Pick(GraphSchema.ShapeNames));
        if (name == "Made" && random.Next(2) == 0) return If.Value(Pick(Moments));
        if (name == "Mark" && random.Next(2) == 0) return If.Value(Pick(["", "AA==", "AP8="]));
        return ValueOf(GraphSchema.Thing, name);
    }

    /// <summary>An item such as the values of a list.</summary>
    public BaseValue AskedText() => If.Value(Pick(Texts));

    /// <summary>A staged holon, mostly; else one is staged.</summary>
    private (HolonReference Holon, string Type)? Draft()
    {
        if (Known() is not { } known) return null;
        if (known.Holon.Staged is not null) return known;
        var version = transaction.Send(new MutationCommand { StageNewVersion = new StageNewVersionCommand { Holon = known.Holon } });
        return version.Success ? (version.Body.Reference, known.Type) : null;
    }

    /// <summary>One of the holons that are in view, with its type as it is now.</summary>
    private (HolonReference Holon, string Type)? Known(string? type = null)
    {
        var fitting = _known.Where(each => type is null || GraphSchema.Lineage(each.Type).Contains(type)).ToList();
        if (fitting.Count == 0) return null;
        var id = new HolonId { SpaceId = Hub.Binding.WireWriter.ToWire(transaction.Id).SpaceId, LocalId = Pick(fitting).Id };
        var found = transaction.Send(new QueryCommand { GetById = new GetByIdQuery { HolonId = id } });
        if (!found.Success) return null;
        var descriptor = transaction.Content(found.Body.Reference).Descriptor_;
        return (found.Body.Reference, transaction.Content(descriptor).Key);
    }

    private void Try(MutationCommand command)
    {
        var response = transaction.Send(command);
        if (!response.Success) Fail(response);
    }

    private static void Fail(MapResponse refused) => Assert.NotEqual(ErrorCode.Internal, refused.Errors[0].Code);

    private T Pick<T>(IEnumerable<T> items)
    {
        var list = items as IReadOnlyList<T> ?? [.. items];
        return list[random.Next(list.Count)];
    }
}

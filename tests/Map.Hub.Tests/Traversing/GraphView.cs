using Google.Protobuf;
using Map.V1;

namespace Map.Hub.Tests.Traversing;

/// <summary>A holon as single queries tell it.</summary>
internal sealed class GraphHolon
{
    public required int Place { get; init; }

    public required HolonReference Reference { get; init; }

    public required HolonId Id { get; init; }

    public required string? Key { get; init; }

    /// <summary>The key of its type.</summary>
    public required string Type { get; init; }

    public required IReadOnlyDictionary<string, BaseValue> Properties { get; init; }

    /// <summary>The ids of its members, by the names under which it has some.</summary>
    public required IReadOnlyDictionary<string, List<ByteString>> Members { get; init; }
}

/// <summary>
/// Everything that a transaction sees, read holon by holon with the queries that are for one: plain dictionaries, over which
/// a query can be worked out without the engine.
/// </summary>
internal sealed class GraphView
{
    private const uint PageSize = 1_000;
    private const uint MembersAtOnce = 100;

    private readonly TestTransaction _transaction;

    /// <param name="transaction">The transaction.</param>
    /// <param name="schema">An earlier view, from which what no test changes is taken: the types and what they are made of.</param>
    public GraphView(TestTransaction transaction, GraphView? schema = null)
    {
        _transaction = transaction;
        var members = Pages(token => new QueryCommand { GetAll = new GetAllQuery { Page = Page(token) } }).ToList();
        var keys = members.Where(member => member.HasKey).GroupBy(member => RandomEdits.Id(member.Reference))
            .ToDictionary(each => each.Key, each => each.First().Key);
        foreach (var member in members)
        {
            var id = RandomEdits.Id(member.Reference);
            var known = schema?.Holons.GetValueOrDefault(id);
            Holons[id] = known is not null && !IsChanging(known) ? known : Read(member.Reference, keys);
        }
    }

    /// <summary>In order of creation.</summary>
    public Dictionary<ByteString, GraphHolon> Holons { get; } = [];

    /// <summary>Those of the types of the schema, and not the types themselves.</summary>
    public IEnumerable<GraphHolon> Instances => Holons.Values.Where(holon => GraphSchema.Types.ContainsKey(holon.Type));

    public GraphHolon OfKey(string key) => Holons.Values.Single(holon => holon.Key == key);

    /// <summary>Whether it is an instance, or a type of which there are.</summary>
    private static bool IsChanging(GraphHolon holon) =>
        GraphSchema.Types.ContainsKey(holon.Type) || (holon.Key is { } key && GraphSchema.Types.ContainsKey(key));

    private GraphHolon Read(HolonReference reference, Dictionary<ByteString, string> keys)
    {
        var content = _transaction.Content(reference);
        var type = content.Descriptor_ is null ? "" : keys.GetValueOrDefault(RandomEdits.Id(content.Descriptor_), "");
        return new GraphHolon
        {
            Place = Holons.Count,
            Reference = reference,
            Id = content.HolonId,
            Key = content.HasKey ? content.Key : null,
            Type = type,
            Properties = content.Properties.ToDictionary(property => property.Name, property => property.Value),
            Members = Members(reference),
        };
    }

    private Dictionary<string, List<ByteString>> Members(HolonReference holon)
    {
        var query = new AllRelatedHolonsQuery { Holon = holon, MembersEach = MembersAtOnce };
        return _transaction.Ok(new QueryCommand { AllRelatedHolons = query }).Relationships.Relationships
            .Where(each => GraphSchema.LinkNames.Contains(each.Name))
            .ToDictionary(each => each.Name, each => Ids(each.Count <= MembersAtOnce ? each.Members : All(holon, each.Name)));
    }

    private IEnumerable<HolonMember> All(HolonReference holon, string name) => Pages(
        token => new QueryCommand { RelatedHolons = new RelatedHolonsQuery { Holon = holon, Name = name, Page = Page(token) } });

    private static List<ByteString> Ids(IEnumerable<HolonMember> members) => [.. members.Select(member => RandomEdits.Id(member.Reference))];

    private IEnumerable<HolonMember> Pages(Func<ByteString, QueryCommand> query)
    {
        var token = ByteString.Empty;
        do
        {
            var page = _transaction.Ok(query(token)).Page;
            foreach (var member in page.Members) yield return member;
            token = page.NextToken;
        }
        while (!token.IsEmpty);
    }

    private static PageRequest Page(ByteString token) => new() { Size = PageSize, Token = token };
}

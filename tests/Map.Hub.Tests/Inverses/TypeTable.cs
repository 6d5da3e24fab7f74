using Google.Protobuf;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests.Inverses;

/// <summary>The types of <see cref="InverseSchema"/> as they are saved in a space, and those added since.</summary>
internal sealed class TypeTable
{
    private readonly Dictionary<ByteString, string> _names = [];
    private readonly Dictionary<string, ByteString> _ids = [];
    private readonly Dictionary<string, string?> _extends = [];
    private readonly HashSet<ByteString> _parts = [];

    /// <param name="transaction">One that sees nothing but the schema.</param>
    public TypeTable(TestTransaction transaction)
    {
        var query = new GetAllQuery { Page = new PageRequest { Size = 1_000 } };
        _parts.UnionWith(transaction.Ok(new QueryCommand { GetAll = query }).Page.Members.Select(each => SeenHolon.IdOf(each.Reference)));
        foreach (var (name, extends) in InverseSchema.Types.Concat(InverseSchema.Fields))
            Add(SeenHolon.IdOf(transaction.ByKey(name)), name, extends);
        foreach (var name in InverseSchema.Fields.Keys) _parts.Remove(_ids[name]);
    }

    /// <summary>The types whose instances commands make.</summary>
    public List<string> Names => [.. _names.Values.Where(name => !InverseSchema.Fields.ContainsKey(name))];

    public void Add(ByteString id, string name, string? extends)
    {
        (_names[id], _ids[name], _extends[name]) = (name, id, extends);
        _parts.Add(id);
    }

    /// <summary>Whether a holon is part of the schema, and not a target of the relationships.</summary>
    public bool IsPart(ByteString id) => _parts.Contains(id);

    /// <summary>The type that a holon is, and what it extends; empty when it is none.</summary>
    public IReadOnlyList<string> Lineage(ByteString id) => _names.TryGetValue(id, out var name) ? Lineage(name) : [];

    public IReadOnlyList<string> Lineage(string name)
    {
        var lineage = new List<string>();
        for (var type = name; type is not null; type = _extends[type]) lineage.Add(type);
        return lineage;
    }

    public HolonReference Reference(TestTransaction transaction, string name) => new()
    {
        TransactionId = Binding.WireWriter.ToWire(transaction.Id),
        Smart = new SmartRef { HolonId = new HolonId { SpaceId = Binding.WireWriter.ToWire(transaction.Id).SpaceId, LocalId = _ids[name] } },
    };
}

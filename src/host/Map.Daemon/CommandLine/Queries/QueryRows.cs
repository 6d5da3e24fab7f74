using System.Runtime.CompilerServices;
using Map.Core.Types;
using Map.Core.Values;
using Map.Hub.Binding;
using Map.V1;
using BaseValue = Map.V1.BaseValue;

namespace Map.Daemon.CommandLine.Queries;

/// <summary>One holon that a query found.</summary>
/// <param name="Id">Its id, as a query takes it.</param>
/// <param name="Key">Null for a keyless holon.</param>
/// <param name="Type">The key of its type; null where properties were selected.</param>
/// <param name="Properties">What was selected of it, by canonical names; it may have less.</param>
internal sealed record QueryRow(string Id, string? Key, string? Type, IReadOnlyDictionary<string, BaseValue> Properties);

/// <summary>The daemon refused a query.</summary>
internal sealed class QueryRefusedException(MapResponse response) : Exception(response.Errors[0].Message)
{
    public MapResponse Response => response;
}

/// <summary>Asks a query page by page.</summary>
/// <param name="client">The daemon.</param>
/// <param name="transaction">The transaction to ask in.</param>
/// <param name="asked">The query. Keys are selected beside what it selects, since rows have no other name for a person.</param>
internal sealed class QueryRows(DaemonClient client, TransactionId transaction, TraverseQuery asked)
{
    // The most that a daemon gives unless it is told otherwise.
    private const uint PageSize = 1_000;

    private readonly Dictionary<HolonReference, string?> _typeKeys = [];

    /// <summary>Canonical names of the properties selected, but not of the key.</summary>
    public IReadOnlyList<string> Selected { get; } =
        [.. asked.Select.Select(name => Names.Canonicalise(name) ?? name).Where(name => name != Names.Key).Distinct()];

    /// <summary>Whether rows tell their types: where nothing is selected.</summary>
    public bool HasTypes => asked.Select.Count == 0;

    /// <summary>The rows, in pages; there is always one, which may be empty.</summary>
    /// <exception cref="QueryRefusedException">The daemon refused the query.</exception>
    public async IAsyncEnumerable<IReadOnlyList<QueryRow>> PagesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var query = asked.Clone();
        if (!query.Select.Any(name => Names.Canonicalise(name) == Names.Key)) query.Select.Add(Names.Key);
        query.Page = new PageRequest { Size = PageSize };
        do
        {
            var page = await AskAsync(query, cancellation);
            var types = HasTypes ? await TypesOfAsync(page, cancellation) : [];
            yield return [.. page.Rows.Select((row, i) => ToRow(row, HasTypes ? types[i] : null))];
            query.Page.Token = page.NextToken;
        }
        while (!query.Page.Token.IsEmpty);
    }

    /// <summary>Runs the query up to its first page, for its plan with what that read.</summary>
    /// <exception cref="QueryRefusedException">The daemon refused the query.</exception>
    public async Task<TraversePlan> ExplainAsync(CancellationToken cancellation)
    {
        var query = asked.Clone();
        query.Page = new PageRequest { Size = PageSize };
        query.Explain = TraverseExplain.Run;
        return (await AskAsync(query, cancellation)).Plan;
    }

    /// <summary>A value as plain text.</summary>
    public static string Text(BaseValue value) => ValueText.Of(WireReader.ToValue(value, "value"));

    /// <summary>The keys of the types of a page's rows, in their order; null for a holon that has none.</summary>
    private async Task<string?[]> TypesOfAsync(TraverseResult page, CancellationToken cancellation)
    {
        var types = await Task.WhenAll(page.Rows.Select(async row =>
            (await QueryAsync(new V1.QueryCommand { Descriptor_ = new DescriptorQuery { Holon = row.Reference } }, cancellation)).Reference));
        foreach (var type in types.Where(type => type is not null).Distinct().Where(type => !_typeKeys.ContainsKey(type)))
            _typeKeys[type] = (await QueryAsync(new V1.QueryCommand { Key = new KeyQuery { Holon = type } }, cancellation)).Key.Key;
        return [.. types.Select(type => type is null ? null : _typeKeys[type])];
    }

    private static QueryRow ToRow(TraverseRow row, string? type)
    {
        var properties = row.Properties.DistinctBy(property => property.Name).ToDictionary(property => property.Name, property => property.Value);
        // Nothing is staged in a transaction that only reads.
        var id = row.Reference.Smart.HolonId;
        var key = properties.Remove(Names.Key, out var value) ? value.StringValue : null;
        return new QueryRow($"{Output.Id(id.SpaceId)}/{Output.Id(id.LocalId)}", key, type, properties);
    }

    private async Task<TraverseResult> AskAsync(TraverseQuery query, CancellationToken cancellation)
    {
        var command = new V1.QueryCommand { Traverse = query };
        var response = await client.QueryAsync(transaction, command, cancellation);
        if (!response.Success && response.Errors[0] is { Code: ErrorCode.TooLarge, Field: "page.size", Details.HasLimit: true } error)
        {
            query.Page.Size = (uint)error.Details.Limit;
            response = await client.QueryAsync(transaction, command, cancellation);
        }

        return BodyOf(response).Traverse;
    }

    private async Task<CommandResponse> QueryAsync(V1.QueryCommand query, CancellationToken cancellation) =>
        BodyOf(await client.QueryAsync(transaction, query, cancellation));

    private static CommandResponse BodyOf(MapResponse response) => response.Success ? response.Body : throw new QueryRefusedException(response);
}

using Map.V1;

namespace Map.Daemon.CommandLine.Queries;

/// <summary>A query as a message, with what is wrong with it and where its parts are written.</summary>
internal sealed class ParsedQuery
{
    private readonly QueryParts _parts;

    private ParsedQuery(TraverseQuery message, QueryParts parts) => (Message, _parts) = (message, parts);

    /// <summary>The message; of use only where there are no problems.</summary>
    public TraverseQuery Message { get; }

    /// <summary>All that is wrong, in order of the text.</summary>
    public IReadOnlyList<QueryProblem> Problems =>
        [.. _parts.Problems.OrderBy(problem => problem.Place.Line).ThenBy(problem => problem.Place.Column)];

    /// <summary>Reads JSON.</summary>
    /// <param name="source">What places call it.</param>
    /// <param name="text">The object that docs/queries.md describes, in UTF-8.</param>
    public static ParsedQuery FromJson(string source, ReadOnlyMemory<byte> text)
    {
        var parts = new QueryParts();
        var node = QueryReader.Read(source, text, parts.Problems);
        return new ParsedQuery(node is null ? new TraverseQuery() : new QueryTranslator(parts).Query(node), parts);
    }

    /// <summary>Takes a query that was read already.</summary>
    /// <param name="node">The query.</param>
    /// <param name="problems">What was found wrong with it meanwhile.</param>
    public static ParsedQuery FromNode(QueryNode node, IEnumerable<QueryProblem> problems)
    {
        var parts = new QueryParts();
        parts.Problems.AddRange(problems);
        return new ParsedQuery(new QueryTranslator(parts).Query(node), parts);
    }

    /// <summary>Where the part is written that an error of the daemon is about.</summary>
    /// <param name="field">Its path in the message, as <c>steps[1].expand.relationships[0]</c>.</param>
    /// <returns>The place of what is around it where it has none of its own; null when it is no part of the query.</returns>
    public QueryPlace? Find(string field)
    {
        while (field.Length > 0)
        {
            if (_parts.Places.TryGetValue(field, out var place)) return place;
            field = field[..Math.Max(0, field.LastIndexOfAny(['.', '[']))];
        }

        return null;
    }
}

using Map.V1;

namespace Map.Daemon.CommandLine.Queries;

/// <summary>Where a part of a query is written.</summary>
/// <param name="Source">A file, or an option with its value.</param>
/// <param name="Line">From 1; 0 for an option.</param>
/// <param name="Column">In bytes, from 1; 0 for an option.</param>
internal sealed record QueryPlace(string Source, int Line = 0, int Column = 0)
{
    public override string ToString() => Line == 0 ? Source : $"{Source}:{Line}:{Column}";
}

/// <summary>What is wrong with a part of a query.</summary>
/// <param name="Place">Where it is.</param>
/// <param name="Message">What is wrong, and what to do.</param>
internal sealed record QueryProblem(QueryPlace Place, string Message);

/// <summary>A part of a query as it is written, in JSON or as options.</summary>
/// <param name="Place">Where it begins.</param>
internal abstract record QueryNode(QueryPlace Place);

/// <summary>Named parts.</summary>
internal sealed record QueryObject(QueryPlace Place, IReadOnlyList<QueryField> Fields) : QueryNode(Place);

/// <summary>A named part.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Place">Where the name is.</param>
/// <param name="Value">The part.</param>
internal sealed record QueryField(string Name, QueryPlace Place, QueryNode Value);

/// <summary>Parts in order.</summary>
internal sealed record QueryList(QueryPlace Place, IReadOnlyList<QueryNode> Items) : QueryNode(Place);

/// <summary>Text, a number, true or false.</summary>
internal sealed record QueryScalar(QueryPlace Place, BaseValue Value) : QueryNode(Place);

/// <summary>A part that was reported as wrong already.</summary>
internal sealed record QueryUnreadable(QueryPlace Place) : QueryNode(Place);

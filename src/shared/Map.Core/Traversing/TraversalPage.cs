using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Values;

namespace Map.Core.Traversing;

/// <summary>One page of the rows of a query.</summary>
/// <param name="Rows">The rows in order.</param>
/// <param name="Next">The position after which the next page begins; null when this was the last page.</param>
/// <param name="Plan">How they were found, with what each step read.</param>
public sealed record TraversalPage(
    IReadOnlyList<TraversalRow> Rows, TraversalPosition? Next, IReadOnlyList<TraversalPlanStep> Plan);

/// <summary>One holon found.</summary>
/// <param name="Reference">The holon.</param>
/// <param name="Properties">Those selected that it has, in the order in which they were asked for.</param>
public sealed record TraversalRow(HolonReference Reference, IReadOnlyList<KeyValuePair<string, BaseValue>> Properties);

/// <summary>The position of a row.</summary>
/// <param name="Told">How many rows were told up to it.</param>
/// <param name="Holon">Its holon.</param>
/// <param name="Nth">How many rows of this holon were told up to it.</param>
/// <param name="Values">What it stands in order by.</param>
public sealed record TraversalPosition(ulong Told, LocalId Holon, ulong Nth, IReadOnlyList<BaseValue?> Values);

/// <summary>A step of a plan.</summary>
/// <param name="Text">What is done, in a sentence.</param>
/// <param name="Place">The part of the query that it is for.</param>
/// <param name="Index">What it reads by: <c>keys</c>, <c>types</c>, <c>holons</c>, <c>links</c>, or empty.</param>
/// <param name="MostRows">How many rows it reads at most.</param>
/// <param name="RowsRead">How many it read; null when it was not run.</param>
public sealed record TraversalPlanStep(string Text, string Place, string Index, long MostRows, long? RowsRead = null);

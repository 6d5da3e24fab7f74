using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;

namespace Map.Core.Views;

/// <summary>Which holons to list.</summary>
public sealed record ListFilter
{
    /// <summary>Only those described by this type; null for all.</summary>
    public LocalId? Type { get; init; }

    /// <summary>Also those of types that extend it.</summary>
    public bool WithSubtypes { get; init; }

    /// <summary>Those types, where they were found out before; else null.</summary>
    internal SortedSet<LocalId>? Types { get; init; }

    /// <summary>Only those whose key starts with this, ordered by key; null for all, ordered by creation.</summary>
    public string? KeyPrefix { get; init; }
}

/// <summary>Lists the live holons in view, staged over saved.</summary>
internal sealed class HolonListing(TransactionView view)
{
    private static readonly IComparer<ListPosition> ByKey = Comparer<ListPosition>.Create(static (a, b) =>
    {
        var order = KeyEntry.CompareKeys(a.Key, b.Key);
        if (order == 0) order = a.Type.CompareTo(b.Type);
        return order == 0 ? a.Holon.CompareTo(b.Holon) : order;
    });

    private TransactionState State => view.State;

    private IHolonService Saved => view.Saved;

    public IEnumerable<(ListPosition Position, LocalId Id)> Holons(ListFilter filter, ListPosition? after)
    {
        var positions = filter switch
        {
            { KeyPrefix: { } prefix } => WithPrefix(prefix, Types(filter), after),
            { Type: not null } => Unkeyed(OfTypes([.. Types(filter)!], after?.Holon)),
            _ => Unkeyed(All(after?.Holon)),
        };
        return positions.Select(position => (position, position.Holon));
    }

    private static IEnumerable<ListPosition> Unkeyed(IEnumerable<LocalId> ids) => ids.Select(id => new ListPosition("", default, id));

    private IEnumerable<LocalId> All(LocalId? after)
    {
        var saved = Saved.ScanHolons(after, State.Snapshot).Where(IsNotStaged);
        return MergeIds(saved, State.Nursery.After(after).Where(draft => draft.IsLive).Select(draft => draft.Id));
    }

    /// <summary>Holons of any of the types, in order of creation whichever type they are of.</summary>
    private IEnumerable<LocalId> OfTypes(ReadOnlySpan<LocalId> types, LocalId? after)
    {
        if (types.Length > 1) return MergeIds(OfTypes(types[..(types.Length / 2)], after), OfTypes(types[(types.Length / 2)..], after));
        var saved = Saved.ScanInstances(types[0], after, State.Snapshot).Where(IsNotStaged);
        return MergeIds(saved, State.Nursery.OfType(types[0], after));
    }

    private IEnumerable<ListPosition> WithPrefix(string prefix, SortedSet<LocalId>? types, ListPosition? after)
    {
        var savedAfter = after is { } s ? new KeyMatch(s.Key, s.Type, s.Holon) : (KeyMatch?)null;
        var stagedAfter = after is { } t ? new KeyEntry(t.Key, t.Type, t.Holon) : (KeyEntry?)null;
        // The scan goes on behind a key and type. A staged holon may have those of a saved one, which is younger.
        var beside = after is { } at
            ? Saved.FindByKey(at.Key, State.Snapshot).Where(match => match.Type == at.Type && match.Holon.CompareTo(at.Holon) > 0)
            : [];
        var saved = beside.Concat(Saved.ScanKeys(prefix, savedAfter, State.Snapshot))
            .Where(match => IsNotStaged(match.Holon))
            .Select(match => new ListPosition(match.Key, match.Type, match.Holon));
        var staged = State.Nursery.ScanKeys(prefix, stagedAfter)
            .TakeWhile(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(entry => new ListPosition(entry.Key, entry.Type, entry.Holon));
        return Sequences.MergeSorted(saved, staged, ByKey).Where(position =>
        {
            // Of many keys only few may be of the type asked for.
            view.Cancellation.ThrowIfCancellationRequested();
            return types?.Contains(position.Type) ?? true;
        });
    }

    private static IEnumerable<LocalId> MergeIds(IEnumerable<LocalId> saved, IEnumerable<LocalId> staged) =>
        Sequences.MergeSorted(saved, staged, Comparer<LocalId>.Default);

    private bool IsNotStaged(LocalId id) => State.Nursery.Find(id) is null;

    private SortedSet<LocalId>? Types(ListFilter filter)
    {
        if (filter.Types is not null || filter.Type is not { } type) return filter.Types;
        return filter.WithSubtypes ? view.Descriptors.WithSubtypes(type) : [type];
    }
}

using Map.Core.Errors;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Transactions;

namespace Map.Core.Views;

/// <summary>The saved versions of a holon, as of a transaction's snapshot.</summary>
internal sealed class HolonVersions(TransactionView view)
{
    private TransactionState State => view.State;

    /// <summary>A page of the versions, newest first. A position is the commit that saved the version.</summary>
    public Page<long> History(HolonReference holon, long? after, int size)
    {
        view.RequireOwn(holon);
        if (holon is TransientReference)
            throw new HolonException(HolonErrorCode.WrongReferenceKind, "A transient holon is never saved, so it has no versions.", holon);
        if (holon is not SmartReference { Version: null }) view.Resolve(holon);
        var page = new List<HolonMember>();
        long? last = null;
        foreach (var version in view.Saved.Versions(holon.Id, after - 1 ?? State.Snapshot))
        {
            // One more than asked for: only then is there a next page.
            if (page.Count == size) return new Page<long>(page, last);
            page.Add(new HolonMember(Pinned(version), TransactionView.KeyOf(version)));
            last = version.Commit;
        }

        // The versions of a deleted holon are still told; one that never was is not known at all.
        if (page.Count == 0 && after is null && holon is SmartReference) throw TransactionView.NotFound(holon, holon.Id);
        return new Page<long>(page, null);
    }

    /// <summary>The version before, or where the first version came from; null if none.</summary>
    public HolonReference? Predecessor(HolonReference holon)
    {
        var current = view.Resolve(holon);
        if (current.Draft is { } draft) return draft.Base is { } saved ? Pinned(saved) : OriginOf(draft);
        var version = view.Saved.FindVersion(current.Id, current.Version, State.Snapshot);
        Invariant.Holds(version is not null);
        if (version.Version > 1) return new SmartReference(State.Transaction, current.Id, version.Version - 1);
        return version.Predecessor is { } origin ? new SmartReference(State.Transaction, origin) : null;
    }

    private HolonReference? OriginOf(DraftHolon draft) =>
        draft.Predecessor is { } origin && !view.IsHidden(origin) ? view.ReferenceTo(origin) : null;

    private SmartReference Pinned(SavedHolon version) => new(State.Transaction, version.Id, version.Version);
}

using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Views;

namespace Map.Hub.Transactions;

/// <summary>Says in words why a commit conflicts.</summary>
internal static class Conflicts
{
    /// <summary>Says it of all conflicts.</summary>
    /// <param name="view">What the transaction sees.</param>
    /// <param name="latest">The same over the latest commit, for the names of what came between.</param>
    /// <param name="conflicts">The conflicts.</param>
    public static HolonException ToException(
        TransactionView view, TransactionView latest, IReadOnlyList<CommitConflict> conflicts) =>
        new(ErrorLists.Cut([.. conflicts.Select(conflict => ToError(view, latest, conflict))]));

    private static HolonError ToError(TransactionView view, TransactionView latest, CommitConflict conflict)
    {
        var holon = view.Display(conflict.Holon);
        var other = conflict.Other is { } id ? Display(view, latest, id) : "another holon";
        var code = conflict.Kind == ConflictKind.KeyTaken ? HolonErrorCode.DuplicateKey : HolonErrorCode.Conflict;
        var message = conflict.Kind switch
        {
            ConflictKind.Changed =>
                $"{holon} was changed by commit {conflict.CommitNumber}, after this transaction read it.",
            ConflictKind.Deleted => Deleted(holon, conflict),
            // A link whose own source is gone has no other end to name.
            ConflictKind.LinkEndGone when conflict.Other is null => Deleted(holon, conflict),
            ConflictKind.LinkEndGone => $"{holon} has a new link to {other}, which is no longer there.",
            ConflictKind.DescriptorGone => $"The descriptor of {holon}, {other}, is no longer there.",
            ConflictKind.NewLink =>
                $"{holon} is to be deleted, but commit {conflict.CommitNumber} linked it with {other}, after this transaction read it.",
            ConflictKind.NewInstance =>
                $"{holon} is to be deleted, but commit {conflict.CommitNumber} made it the type of a holon.",
            ConflictKind.KeyTaken => $"Another holon of its type has the key \"{conflict.Key}\" already.",
            _ => throw new InvariantException($"No such kind of conflict: {conflict.Kind}"),
        };
        return new HolonError(code, message)
        {
            Subject = new StagedReference(view.State.Transaction, conflict.Holon),
            ConflictingCommit = conflict.CommitNumber > 0 ? conflict.CommitNumber : null,
        };
    }

    private static string Display(TransactionView view, TransactionView latest, LocalId id)
    {
        var name = view.Display(id);
        return name == id.ToString() ? latest.Display(id) : name;
    }

    private static string Deleted(string holon, CommitConflict conflict) =>
        $"{holon} was deleted by commit {conflict.CommitNumber}.";
}

using Map.Core.Errors;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Views;

namespace Map.Hub.Transactions;

/// <summary>Says in words why a commit conflicts.</summary>
internal static class Conflicts
{
    public static HolonException ToException(TransactionView view, IReadOnlyList<CommitConflict> conflicts) =>
        new(ErrorLists.Cut([.. conflicts.Select(conflict => ToError(view, conflict))]));

    private static HolonError ToError(TransactionView view, CommitConflict conflict)
    {
        var holon = view.Display(conflict.Holon);
        var other = conflict.Other is { } id ? view.Display(id) : "another holon";
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
            ConflictKind.KeyTaken => $"Another holon of its type has the key \"{conflict.Key}\" already.",
            _ => throw new InvariantException($"No such kind of conflict: {conflict.Kind}"),
        };
        return new HolonError(code, message)
        {
            Subject = new StagedReference(view.State.Transaction, conflict.Holon),
            ConflictingCommit = conflict.CommitNumber > 0 ? conflict.CommitNumber : null,
        };
    }

    private static string Deleted(string holon, CommitConflict conflict) =>
        $"{holon} was deleted by commit {conflict.CommitNumber}.";
}

using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Storage.Encoding;
using Map.Storage.Journaling;
using Map.Storage.Native;

namespace Map.Storage.Verifying;

/// <summary>Reads the journals of open transactions: that their rows decode and have no holes.</summary>
internal sealed class JournalCheck : FamilyCheck
{
    private readonly SpaceId _space;
    private readonly SavedVersions _saved;
    private readonly List<StateChange> _changes = [];
    private LocalId? _transaction;
    private uint _next;
    private bool _goesOn;

    internal JournalCheck(VerifyScene scene, SpaceId space) : base(scene, ColumnFamily.Journal)
    {
        _space = space;
        _saved = new SavedVersions(scene.FindSaved);
    }

    protected override void Check(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var (transaction, sequence) = JournalRow.ReadKey(key);
        if (transaction != _transaction) (_transaction, _next, _goesOn) = (transaction, 0, false);
        if (sequence != _next) Report($"The journal of transaction {transaction} has row {sequence} in place of row {_next}.");
        _next = sequence + 1;
        _changes.Clear();
        if (sequence == 0) _ = JournalRow.ReadOrigin(new TransactionId(_space, transaction), value);
        else if (_goesOn) JournalRow.ReadMore(value, _saved, _changes, out _goesOn);
        else _ = JournalRow.ReadStart(value, _saved, _changes, out _goesOn);
    }
}

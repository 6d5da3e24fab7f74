using Map.Core.Identity;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Verifying;

/// <summary>Walks the outcomes of transactions: each that tells of a commit is told of by that commit's record.</summary>
internal sealed class OutcomeCheck(VerifyScene scene) : FamilyCheck(scene, ColumnFamily.Transactions)
{
    protected override void Check(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.Length != LocalId.Size)
        {
            Report($"Row {Convert.ToHexStringLower(key)} has no key of a transaction.");
            return;
        }

        var transaction = LocalId.Read(key);
        if (TransactionRow.Read(value).CommitNumber is not { } number) return;
        Span<byte> commit = stackalloc byte[RowKeys.CommitSize];
        RowKeys.WriteCommit(commit, number, chunk: 0);
        using var record = Scene.Get(ColumnFamily.Commits, commit);
        if (number > Scene.Head.Number || !record.Exists)
            Report($"Transaction {transaction} is said to be commit {number}, which is not there.");
        else if (CommitRecord.ReadFirst(record.Bytes, out _, out _, out _).Transaction != transaction)
            Report($"Transaction {transaction} is said to be commit {number}, which is of another transaction.");
    }
}

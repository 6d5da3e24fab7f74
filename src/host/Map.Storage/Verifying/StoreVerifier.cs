using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Verifying;

/// <summary>
/// Reads everything that a store has, as of one moment, and checks it against itself; docs/operations.md lists the
/// findings. Memory does not grow with the store, except with its largest commit.
/// </summary>
internal static class StoreVerifier
{
    /// <summary>Checks a database.</summary>
    /// <param name="db">The database; commits may go on.</param>
    /// <param name="space">Which space it should be.</param>
    /// <param name="headFile">Its head file; null where none belongs to it, as in a backup.</param>
    /// <param name="nowUnixMicros">The time, in microseconds since 1970.</param>
    /// <param name="progress">Is told now and then how far it is; may be null.</param>
    /// <param name="cancellation">Ends it early.</param>
    internal static StoreReport Verify(
        Database db, SpaceId space, string? headFile, long nowUnixMicros, Action<StepProgress>? progress,
        CancellationToken cancellation)
    {
        var findings = new Findings();

        // Before the snapshot: what the head file says then is in it.
        var told = headFile is null ? null : ReadHeadFile(headFile, findings);
        LocalId spaceHolon;
        CommitState head;
        using var rows = db.TakeSnapshot();
        try
        {
            (spaceHolon, _) = StoreHead.Read(db, space);
            head = ReadHead(rows);
        }
        catch (StoreException failure)
        {
            findings.Add("store", failure.Message);
            return new StoreReport(null, 0, findings.Count, findings.Kept);
        }

        using var scene = new VerifyScene(rows, head, nowUnixMicros, findings, progress, cancellation);
        if (told is { } file) CheckHeadFile(rows, head, file, findings);
        var recorded = new RecordedRows();
        new MetaCheck(scene).Run();
        new EmptyCheck(scene).Run();
        new ChainCheck(scene, recorded).Run();
        new NodeCheck(scene, recorded, spaceHolon).Run();
        using (var links = new LinkCheck(scene, recorded)) links.Run();
        new KeyCheck(scene).Run();
        using (var types = new TypeCheck(scene)) types.Run();
        new OutcomeCheck(scene).Run();
        new JournalCheck(scene, space).Run();
        return new StoreReport(head.Number, scene.RowsRead, findings.Count, findings.Kept);
    }

    /// <summary>What to answer for a store that cannot be opened.</summary>
    internal static StoreReport Unopened(StoreException failure) =>
        new(null, 0, 1, [new StoreFinding("store", failure.Message)]);

    private static CommitState ReadHead(RowSnapshot rows)
    {
        using var row = rows.Get(ColumnFamily.Meta, MetaRows.HeadKey);
        if (!row.Exists) throw new StoreException("The store has no head row. Restore it from a backup.");
        return MetaRows.ReadHead(row.Bytes);
    }

    private static (long Number, string Hash)? ReadHeadFile(string path, Findings findings)
    {
        if (File.Exists(path))
        {
            using var file = HeadFile.Open(path);
            if (file.Read() is { } told) return told;
        }

        findings.Add(
            "head file",
            $"{path} is missing or damaged. It is written anew when the space is opened; until then a lost log would not "
            + "be noticed.");
        return null;
    }

    private static void CheckHeadFile(
        RowSnapshot rows, CommitState head, (long Number, string Hash) told, Findings findings)
    {
        if (told.Number > head.Number)
        {
            findings.Add(
                "head file",
                $"Commit {told.Number} was saved, but the store ends with commit {head.Number}. Something removed or "
                + "replaced files of the store. Restore the space from a backup.");
            return;
        }

        Span<byte> key = stackalloc byte[RowKeys.CommitSize];
        RowKeys.WriteCommit(key, told.Number, chunk: 0);
        try
        {
            using var record = rows.Get(ColumnFamily.Commits, key);
            if (!record.Exists) return;
            CommitRecord.ReadFirst(record.Bytes, out var hash, out _, out _);
            if (HeadFile.HashText(hash) != told.Hash)
                findings.Add(
                    "head file",
                    $"Commit {told.Number} of the store is not the one that was saved: it has another history. "
                    + "Restore the space from a backup.");
        }
        catch (StoreException)
        {
            // The chain's check tells of it.
        }
    }
}

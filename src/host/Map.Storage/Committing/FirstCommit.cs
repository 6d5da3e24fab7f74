using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>Commit 0, which makes a space.</summary>
internal static class FirstCommit
{
    /// <summary>Writes it to a new database.</summary>
    /// <returns>The state after it.</returns>
    internal static CommitState Write(Database db, SpaceRecord space)
    {
        var plan = new CommitPlan
        {
            Transaction = new TransactionId(space.Id, space.SpaceHolon),
            Label = "Space created",
            Snapshot = 0,
            JudgedAsOf = 0,
            TouchesSchema = false,
            Links = [],
            Nodes =
            [
                new NodeChange(NodeChangeKind.Create, space.SpaceHolon, null, null, PropertyMap.Empty, null),
            ],
        };
        var prepared = CommitPreparer.Prepare(
            db, plan, before: null, space.SpaceHolon, space.CreatedUnixMicros, out _);
        Invariant.Require(prepared is not null, "an empty store has nothing to conflict with");
        var value = new ByteWriter();
        MetaRows.WriteFormat(value, MetaRows.FormatVersion);
        prepared.Rows.Put(ColumnFamily.Meta, MetaRows.FormatKey, value.Written);
        value.Clear();
        MetaRows.WriteSpace(value, space.Id, space.SpaceHolon);
        prepared.Rows.Put(ColumnFamily.Meta, MetaRows.SpaceKey, value.Written);
        using var batch = prepared.Rows.ToBatch(db);
        db.WriteSynced(batch);
        return prepared.After;
    }
}

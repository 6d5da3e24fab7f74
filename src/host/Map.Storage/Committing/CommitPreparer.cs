using System.Runtime.ExceptionServices;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>A commit that was checked and is ready to be written.</summary>
/// <param name="draft">What it is made of.</param>
/// <param name="after">The state of the space after it.</param>
internal sealed class PreparedCommit(CommitDraft draft, CommitState after)
{
    /// <summary>All its rows.</summary>
    internal RowBatch Rows => draft.Rows;

    /// <summary>The state of the space after it.</summary>
    internal CommitState After => after;

    /// <summary>The holons that it changes, or links to or from which it changes, and maybe others.</summary>
    internal ReadOnlySpan<(LocalId Id, Standing Standing)> Holons => draft.Holons;
}

/// <summary>
/// Checks a plan against what is written so far and makes the rows of its commit. Writes nothing itself: a group of
/// commits can be prepared and written one after the other, and then be synced and published together.
/// </summary>
internal static class CommitPreparer
{
    /// <summary>Prepares a plan.</summary>
    /// <param name="db">The database.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="before">The state after the last commit that is written; null before commit 0.</param>
    /// <param name="spaceHolon">The space's own holon, which is not counted and cannot be deleted.</param>
    /// <param name="nowUnixMicros">The time of the commit.</param>
    /// <param name="refusal">Why it cannot be committed: conflicts, or it is stale.</param>
    /// <returns>The commit; null where it is refused.</returns>
    internal static PreparedCommit? Prepare(
        Database db, CommitPlan plan, CommitState? before, LocalId spaceHolon, long nowUnixMicros,
        out CommitOutcome? refusal)
    {
        refusal = CommitOutcome.Stale;
        if (before?.SchemaEpoch > plan.JudgedAsOf) return null;
        var number = before is null ? 0 : before.Number + 1;
        Invariant.Require(plan.Snapshot < Math.Max(number, 1), "a plan reads a commit that exists");
        using var latest = new LatestRows(db);
        Invariant.Require(
            OutcomeRows.Find(db, plan.Transaction.Local) is null, "a transaction that has ended is not committed again");
        var draft = new CommitDraft(latest, number, plan.Nodes.Count);
        refusal = Stage(draft, plan, spaceHolon, out var liveDelta);
        if (refusal is not null) return null;
        var state = new CommitState(
            number, [], (before?.LiveHolons ?? -1) + liveDelta, plan.TouchesSchema ? number : before?.SchemaEpoch ?? 0);
        Invariant.Require(state.LiveHolons >= 0, "no more holons end than live");
        state = PutRecord(draft, plan, before, state, nowUnixMicros);
        OutcomeRows.Put(draft.Rows, plan.Transaction.Local, new TransactionOutcome(number, nowUnixMicros));
        return new PreparedCommit(draft, state);
    }

    /// <summary>
    /// Makes the rows of holons and links. What is stale and conflicts is told as conflicts: those do not go away when it
    /// is judged anew.
    /// </summary>
    /// <returns>Why it is refused, or null.</returns>
    private static CommitOutcome? Stage(CommitDraft draft, CommitPlan plan, LocalId spaceHolon, out long liveDelta)
    {
        var nodes = new NodeStage(draft, plan.Nodes);
        var links = new LinkStage(draft, plan.Links.Count);
        var isStale = false;
        nodes.Check();
        // From here on they share nothing but the numbers of holons, which the links alone ask for.
        AtOnce(plan.Nodes.Count + plan.Links.Count >= RowBatch.ManyRows, nodes.Run, StageLinks);
        liveDelta = nodes.LiveDelta;
        if (nodes.Conflicts.Count + links.Conflicts.Count > 0)
            return new CommitOutcome(null, [.. nodes.Conflicts, .. links.Conflicts]);
        return isStale ? CommitOutcome.Stale : null;

        void StageLinks()
        {
            links.Run(plan.Links);
            foreach (var node in plan.Nodes)
            {
                if (node.Kind != NodeChangeKind.Delete) continue;
                Invariant.Require(node.Id != spaceHolon, "the space's own holon stays");
                links.RemoveAll(node.Id, plan.Snapshot);
            }

            if (links.Conflicts.Count > 0) return;
            isStale = !new ReliedCheck(draft, links.Groups, plan.JudgedAsOf).Holds(plan.Relied);
            if (!isStale) links.Finish();
        }
    }

    /// <summary>Does two things, at once where they are large. A failure of either is thrown when both have ended.</summary>
    private static void AtOnce(bool isLarge, Action one, Action other)
    {
        try
        {
            if (isLarge)
            {
                Parallel.Invoke(one, other);
                return;
            }

            one();
            other();
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
    }

    private static CommitState PutRecord(
        CommitDraft draft, CommitPlan plan, CommitState? before, CommitState state, long nowUnixMicros)
    {
        var bodyWriter = new ByteWriter(draft.Body.Length);
        var body = draft.Body.Finish(bodyWriter);
        var headerWriter = new ByteWriter();
        CommitRecord.WriteHeader(headerWriter, new CommitHeader(
            state.Number, plan.Transaction.Local, plan.Snapshot, nowUnixMicros, plan.Label, plan.TouchesSchema,
            draft.Body.NodeCount, draft.Body.LinkCount, state.LiveHolons, state.SchemaEpoch, body.Length));
        ReadOnlySpan<byte> previous = before is null ? new byte[MetaRows.HashSize] : before.Hash;
        state = state with { Hash = CommitRecord.Hash(previous, headerWriter.Written, body) };

        Span<byte> key = stackalloc byte[RowKeys.CommitSize];
        RowKeys.WriteCommit(key, state.Number, chunk: 0);
        var value = new ByteWriter();
        CommitRecord.WriteFirst(value, state.Hash, headerWriter.Written, body);
        draft.Rows.Put(ColumnFamily.Commits, key, value);
        for (var chunk = 1; chunk < CommitRecord.ChunkCount(body.Length); chunk++)
        {
            RowKeys.WriteCommit(key, state.Number, chunk);
            draft.Rows.Put(ColumnFamily.Commits, key, body[CommitRecord.ChunkRange(chunk, body.Length)]);
        }

        MetaRows.WriteHead(value, state);
        draft.Rows.Put(ColumnFamily.Meta, MetaRows.HeadKey, value);
        return state;
    }
}

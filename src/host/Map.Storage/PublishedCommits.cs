using System.Diagnostics;
using Map.Core.Identity;
using Map.Storage.Encoding;

namespace Map.Storage;

/// <summary>What readers of a space may see, and who is told of it.</summary>
/// <param name="space">The space.</param>
/// <param name="faults">Where tests make steps fail.</param>
internal sealed class PublishedCommits(SpaceId space, Action<FaultPoint>? faults)
{
    private CommitState? _last;
    private long _told;

    /// <summary>Tells the number of each commit after it can be read.</summary>
    internal event Action<long>? Told;

    /// <summary>The state after the last commit that may be read, which is on disk; null until the store was opened.</summary>
    internal CommitState? Last => Volatile.Read(ref _last);

    /// <summary>Takes what an opening found: after a doubt that may be commits that were not published yet.</summary>
    internal void Adopt(CommitState found)
    {
        Invariant.Require(_last is null || _last.Number <= found.Number, "what was published is on disk");
        if (_last is null) _told = found.Number;
        Volatile.Write(ref _last, found);
    }

    /// <summary>Lets readers see commits that are on disk now.</summary>
    internal void Publish(OpenStore store, CommitState after)
    {
        Invariant.Require(after.Number > _last!.Number, "commits are published in order");
        // First: whoever learns of the commit must not be handed a view from before it.
        store.Views.Renew(after.Number);
        Volatile.Write(ref _last, after);
        faults?.Invoke(FaultPoint.CommitPublished);
        try
        {
            store.Head.Write(after);
        }
        catch (IOException)
        {
            // The commit is on disk; an older head file only notices less.
        }

        Tell();
    }

    /// <summary>Tells of all commits that may be read since the last time. One caller at a time.</summary>
    internal void Tell()
    {
        for (var last = _last?.Number ?? 0; _told < last;)
        {
            _told++;
            try
            {
                Told?.Invoke(_told);
            }
            catch (Exception defect)
            {
                // The commit is saved, and must be answered as such, whatever a subscriber does.
                Trace.TraceError($"A subscriber of space {space} failed at commit {_told}: {defect}");
            }
        }
    }
}

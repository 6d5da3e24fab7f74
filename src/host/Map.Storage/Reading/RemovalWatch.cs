namespace Map.Storage.Reading;

/// <summary>
/// The last commit that removed any link of the space, told before that commit is written. A reader that rented its
/// view first and then learns that nothing was removed after its commit needs no past rows, and no group's head.
/// </summary>
/// <param name="opened">The last commit when the store was opened: what came before is not known.</param>
internal sealed class RemovalWatch(long opened)
{
    private long _last = opened;

    /// <summary>Whether links may have been removed after a commit.</summary>
    internal bool MayHaveRemovedAfter(long commit) => Volatile.Read(ref _last) > commit;

    /// <summary>Tells that a commit that is about to be written removes links.</summary>
    internal void Tell(long commit) => Interlocked.Exchange(ref _last, commit);
}

using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;
using Map.Storage.Verifying;

namespace Map.Storage.Backups;

/// <summary>Checks a store that nobody has open, without changing it.</summary>
internal static class CheckedStore
{
    private const long CacheBytes = 8 << 20;

    /// <summary>Checks a directory with a database.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="space">Which space it should be.</param>
    /// <param name="options">How stores are set up.</param>
    /// <param name="nowUnixMicros">The time.</param>
    /// <param name="progress">Is told how far it is; may be null.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <param name="last">The state after the last commit; null when it cannot be opened.</param>
    /// <param name="headFile">Its head file; null where none belongs to it.</param>
    internal static StoreReport Verify(
        string path, SpaceRecord space, StorageOptions options, long nowUnixMicros, Action<StepProgress>? progress,
        CancellationToken cancellation, out CommitState? last, string? headFile = null)
    {
        last = null;
        try
        {
            using var cache = new CacheHandle(CacheBytes);
            using var db = Database.OpenReadOnly(path, cache, options);
            var (spaceHolon, head) = StoreHead.Read(db, space.Id);
            last = head;
            if (spaceHolon != space.SpaceHolon)
                throw new StoreException(
                    $"The store of space {space.Id} says that its own holon is {spaceHolon}; the list of spaces says that it "
                    + $"is {space.SpaceHolon}.");
            return StoreVerifier.Verify(db, space.Id, headFile, nowUnixMicros, progress, cancellation);
        }
        catch (StoreException failure)
        {
            return StoreVerifier.Unopened(failure);
        }
    }
}

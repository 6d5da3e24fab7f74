using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Committing;
using Map.Storage.Native;
using Map.Storage.Reading;

namespace Map.Storage;

/// <summary>
/// All spaces of a data directory, which is locked for this process as long as the catalogue is open. Safe for many
/// threads at once.
/// </summary>
public sealed class SpaceCatalog : ISpaceCatalog
{
    private readonly StorageOptions _options;
    private readonly DataDirectory _directory;
    private readonly CatalogueFile _file;
    private readonly CacheHandle _cache;
    private readonly ReadCache _recent;
    private readonly IdleClosing _idle;
    private readonly WriteBudget _budget;
    private readonly Lock _gate = new();
    private readonly Dictionary<SpaceId, SpaceRecord> _listed = [];
    private readonly Dictionary<SpaceId, SpaceRecord> _created = [];
    private readonly Dictionary<SpaceId, HolonStore> _stores = [];
    private readonly HashSet<SpaceId> _triedToPublish = [];
    private readonly Dictionary<SpaceId, string> _problems = [];
    private bool _isDisposed;

    private SpaceCatalog(StorageOptions options, DataDirectory directory)
    {
        (_options, _directory) = (options, directory);
        _file = new CatalogueFile(directory, options.Faults);
        foreach (var space in _file.Read()) _listed.Add(space.Id, space);
        foreach (var space in directory.FindUnfinished()) Settle(space);
        if (!File.Exists(directory.CataloguePath)) _file.Write([]);
        _cache = new CacheHandle(options.BlockCacheBytes);
        _recent = new ReadCache(options.RecentReadsBytes);
        _idle = new IdleClosing(options, OpenStores, RequireWritable);
        _budget = new WriteBudget(options.WriteBufferBudgetBytes, OpenStores);
    }

    /// <summary>
    /// Opens a data directory, which is made when it is missing. Spaces are opened when they are asked for.
    /// </summary>
    /// <exception cref="StoreException">Another daemon has it open, its list of spaces is damaged, or RocksDB is not
    /// installed. The message says what to do.</exception>
    public static SpaceCatalog Open(StorageOptions options)
    {
        RocksLibrary.EnsureLoaded();
        var directory = DataDirectory.Open(options.DataDirectory);
        try
        {
            return new SpaceCatalog(options, directory);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>The data directory.</summary>
    internal DataDirectory Directory => _directory;

    /// <summary>How its stores are set up.</summary>
    internal StorageOptions Options => _options;

    /// <inheritdoc/>
    public IReadOnlyList<SpaceRecord> List()
    {
        SpaceRecord[] spaces;
        lock (_gate) spaces = [.. _listed.Values];
        Array.Sort(spaces, static (x, y) => StringComparer.OrdinalIgnoreCase.Compare(x.Name, y.Name));
        return spaces;
    }

    /// <inheritdoc/>
    /// <exception cref="StoreException">The name is taken, or the store cannot be made.</exception>
    public IHolonStore Create(SpaceRecord space)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            RequireFreeName(space);
            Invariant.Require(
                !_listed.ContainsKey(space.Id) && !_created.ContainsKey(space.Id), "a new space has a new id");
            _created.Add(space.Id, space);
        }

        try
        {
            var store = Make(space);
            lock (_gate) _stores.Add(space.Id, store);
            return store;
        }
        catch (Exception failure)
        {
            Remove(space.Id);
            lock (_gate) _created.Remove(space.Id);
            if (failure is not (IOException or UnauthorizedAccessException)) throw;
            throw new StoreException($"Space {space.Name} cannot be made: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public void Publish(SpaceId space)
    {
        lock (_gate)
        {
            Invariant.Require(_created.TryGetValue(space, out var record), "a space is made before it is published");
            _triedToPublish.Add(space);
            _file.Write([.. _listed.Values, record]);
            _listed.Add(space, record);
            _created.Remove(space);
            _triedToPublish.Remove(space);
        }

        // Left behind, the marker does no harm: the next start sees that the space is listed.
        File.Delete(_directory.CreatingPath(space));
    }

    /// <inheritdoc/>
    public void Discard(SpaceId space)
    {
        HolonStore? store;
        lock (_gate)
        {
            Invariant.Require(_created.Remove(space), "only an unpublished space is discarded");
            _stores.Remove(space, out store);

            // A publication that failed may have reached the list on disk.
            if (_triedToPublish.Remove(space)) _file.Write([.. _listed.Values]);
        }

        store?.Dispose();
        Remove(space);
    }

    /// <inheritdoc/>
    public IHolonStore Open(SpaceId space)
    {
        HolonStore? store;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_listed.TryGetValue(space, out var record)) throw new StoreException($"There is no space {space}.");
            if (!_stores.TryGetValue(space, out store)) _stores.Add(space, store = NewStore(record, () => OpenDatabase(space)));
        }

        store.Open();
        return store;
    }

    /// <summary>The store of a space, if it is open, and why it could not be opened when that was last tried.</summary>
    internal (HolonStore? Store, string Problem) Peek(SpaceId space)
    {
        lock (_gate)
        {
            var store = _stores.GetValueOrDefault(space) is { IsOpen: true } open ? open : null;
            return (store, store is null ? _problems.GetValueOrDefault(space, "") : "");
        }
    }

    /// <summary>The stores that are open now.</summary>
    internal IReadOnlyList<HolonStore> OpenStores()
    {
        lock (_gate) return [.. _stores.Values.Where(static store => store.IsOpen)];
    }

    /// <summary>Closes all stores and lets the data directory go.</summary>
    public void Dispose()
    {
        HolonStore[] stores;
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            stores = [.. _stores.Values];
            _stores.Clear();
        }

        _idle.Dispose();
        _budget.Dispose();
        foreach (var store in stores) store.Dispose();
        _cache.Dispose();
        _directory.Dispose();
    }

    private HolonStore Make(SpaceRecord space)
    {
        File.WriteAllBytes(_directory.CreatingPath(space.Id), []);
        Libc.SyncDirectory(_directory.SpacesPath);
        var first = OpenFiles(space.Id, create: true, (db, head) =>
        {
            var opened = OpenStore.Create(db, head, space.SpaceHolon, FirstCommit.Write(db, space));
            Libc.SyncDirectory(_directory.SpacesPath);
            _options.Faults?.Invoke(FaultPoint.SpaceCreated);
            return opened;
        });
        var store = NewStore(space, () => Interlocked.Exchange(ref first, null) ?? OpenDatabase(space.Id));
        store.Open();
        return store;
    }

    private HolonStore NewStore(SpaceRecord space, Func<OpenStore> open) => new(
        space, new StoreFiles(open, RequireWritable, _budget.Wrote, _directory.SetAsidePath, _recent), _options.Faults);

    private OpenStore OpenDatabase(SpaceId space)
    {
        try
        {
            var path = _directory.SpacePath(space);
            if (!File.Exists(Path.Combine(path, "CURRENT")))
                throw new StoreException($"The store {path} of space {space} is missing. Restore it from a backup.");
            var store = OpenFiles(space, create: false, (db, head) => OpenStore.Check(db, head, space));
            lock (_gate) _problems.Remove(space);
            ForgetOutcomes(store.Rows);
            return store;
        }
        catch (StoreException failure)
        {
            lock (_gate) _problems[space] = failure.Message;
            throw;
        }
    }

    private void ForgetOutcomes(Database rows)
    {
        try
        {
            OutcomeRows.Forget(rows, _options.Time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000);
        }
        catch (StoreException)
        {
            // Old outcomes do no harm; a damaged row is for verify to tell, a failed write for the next one.
        }
    }

    private OpenStore OpenFiles(SpaceId space, bool create, Func<Database, HeadFile, OpenStore> take)
    {
        var db = Database.Open(_directory.SpacePath(space), create, _cache, _options);
        HeadFile? head = null;
        try
        {
            head = HeadFile.Open(_directory.HeadPath(space));
            var store = take(db, head);

            // Only now: had this one not opened, as on a full disk, those that were closed for it would not either.
            _idle.MakeRoom();
            return store;
        }
        catch
        {
            head?.Dispose();
            db.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opening a database writes: on a full or a read-only disk it would fail, and what is closed then could not even be read.
    /// </summary>
    private void RequireWritable()
    {
        var free = new DriveInfo(_directory.Path).AvailableFreeSpace;
        var needed = _options.WriteBufferBytes + StorageOptions.RecoveryMarginBytes;
        if (free < needed)
            throw new StoreException(
                $"The disk of {_directory.Path} has {free >> 20:N0} MiB free; stores go on when it has {needed >> 20:N0} MiB. Make room.");
        var probe = Path.Combine(_directory.Path, "daemon", "probe");
        try
        {
            File.WriteAllBytes(probe, []);
            Libc.SyncDirectory(Path.GetDirectoryName(probe)!);
            File.Delete(probe);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                $"The disk of {_directory.Path} does not take writes: {failure.Message} Stores go on once it does.", failure);
        }
    }

    /// <summary>Ends what an interrupted creation left: a space that is listed stays, another one goes.</summary>
    private void Settle(SpaceId space)
    {
        if (_listed.ContainsKey(space)) File.Delete(_directory.CreatingPath(space));
        else Remove(space);
    }

    private void Remove(SpaceId space)
    {
        var path = _directory.SpacePath(space);
        if (System.IO.Directory.Exists(path)) System.IO.Directory.Delete(path, recursive: true);
        File.Delete(_directory.HeadPath(space));
        File.Delete(_directory.CreatingPath(space));
    }

    private void RequireFreeName(SpaceRecord space)
    {
        foreach (var other in (IEnumerable<SpaceRecord>)[.. _listed.Values, .. _created.Values])
            if (string.Equals(other.Name, space.Name, StringComparison.OrdinalIgnoreCase))
                throw new StoreException($"There is a space named {other.Name} already. Choose another name.");
    }
}

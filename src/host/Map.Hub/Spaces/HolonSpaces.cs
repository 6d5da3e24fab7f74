using System.Collections.Concurrent;
using Map.Core.Errors;
using Map.Core.Exporting;
using Map.Core.Identity;
using Map.Core.Loading;
using Map.Core.Services;
using Map.Hub.Exporting;
using Map.Hub.Watching;
using Microsoft.Extensions.Logging;
using ExportRequest = Map.V1.ExportRequest;

namespace Map.Hub.Spaces;

/// <summary>All spaces of the daemon. To be disposed of before the data directory.</summary>
public sealed class HolonSpaces : IDisposable
{
    // Lazy: the transactions of a space come back once, however many ask for it at the same time.
    private readonly ConcurrentDictionary<SpaceId, Lazy<HolonSpaceManager>> _managers = new();
    private readonly Lock _creation = new();
    private readonly ISpaceCatalog _catalog;
    private readonly HubOptions _options;
    private readonly IdGenerator _ids;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly StreamLimit _watchers;
    private readonly StreamLimit _exports;
    private readonly Lazy<SpaceSchema> _coreSchema;
    private readonly TransactionExpiry _expiry;

    /// <summary>The spaces of a data directory.</summary>
    /// <param name="catalog">The data directory.</param>
    /// <param name="options">What the hub may use and hold.</param>
    /// <param name="ids">Makes ids.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told what becomes of transactions without their clients.</param>
    public HolonSpaces(
        ISpaceCatalog catalog, HubOptions options, IdGenerator ids, TimeProvider time, ILogger<HolonSpaces> logger)
    {
        (_catalog, _options, _ids, _time, _logger) = (catalog, options, ids, time, logger);
        _watchers = new StreamLimit(options.MaxWatchers, "The daemon", "watchers");
        _exports = new StreamLimit(options.MaxExports, "The daemon", "running exports");
        _coreSchema = new(() => new SpaceSchema(options.CoreSchema));
        _expiry = new TransactionExpiry(() => InUse, options.EmptyTransactionLifetime, time, logger);
    }

    /// <summary>
    /// Tells that a space stopped taking writes, since one failed, or takes them again. Handlers are quick and do not throw.
    /// </summary>
    public event Action<SpaceRecord, bool>? WritabilityChanged;

    /// <summary>Ends what runs by the clock.</summary>
    public void Dispose() => _expiry.Dispose();

    /// <summary>The spaces by name.</summary>
    public IReadOnlyList<SpaceRecord> List() => _catalog.List();

    /// <summary>How many transactions are open, of the spaces that are in use.</summary>
    public int OpenTransactions => InUse.Sum(manager => manager.OpenTransactions);

    /// <summary>How many transactions did not come back, of the spaces that are in use.</summary>
    public int JournalsSetAside => InUse.Sum(manager => manager.JournalsSetAside);

    private IEnumerable<HolonSpaceManager> InUse =>
        _managers.Values.Where(manager => manager.IsValueCreated).Select(manager => manager.Value);

    /// <summary>How many transactions of a space are open.</summary>
    public int CountOpenTransactions(SpaceId space) =>
        _managers.TryGetValue(space, out var manager) && manager.IsValueCreated ? manager.Value.OpenTransactions : 0;

    /// <summary>The manager of a space.</summary>
    /// <exception cref="HolonException"><see cref="HolonErrorCode.SpaceNotFound"/>.</exception>
    /// <exception cref="StoreException">Its store cannot be opened.</exception>
    public HolonSpaceManager Get(SpaceId id)
    {
        if (!_managers.TryGetValue(id, out var manager))
        {
            var space = _catalog.List().FirstOrDefault(space => space.Id == id) ?? throw NotFound(id.ToString());
            manager = _managers.GetOrAdd(id, _ => new(() => Manage(space, _catalog.Open(id))));
        }

        try
        {
            return manager.Value;
        }
        catch
        {
            // Forget the failure, so that a later call tries again.
            _managers.TryRemove(KeyValuePair.Create(id, manager));
            throw;
        }
    }

    /// <summary>The manager of a space by its name, without regard to case.</summary>
    /// <exception cref="HolonException"><see cref="HolonErrorCode.SpaceNotFound"/>.</exception>
    public HolonSpaceManager Get(string name) => Get(Require(name).Id);

    /// <summary>The record of a space by its name, without opening it.</summary>
    /// <exception cref="HolonException"><see cref="HolonErrorCode.SpaceNotFound"/>.</exception>
    public SpaceRecord Require(string name) => Find(name) ?? throw NotFound(name);

    /// <summary>Exports what a transaction sees now, all or a selection.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="request">What to export of it.</param>
    /// <param name="cancellation">Ends the export.</param>
    /// <exception cref="HolonException">There is no such transaction open, or the selection is none.</exception>
    public SpaceExport Export(TransactionId transaction, ExportRequest request, CancellationToken cancellation)
    {
        var view = Get(transaction.Space).Find(transaction).Read(cancellation).View;
        var selection = request.Selection is { } query ? new ExportSelection(query, _options, _time) : null;
        selection?.Check();
        return new SpaceExport(view, request, selection, _coreSchema.Value, _exports);
    }

    /// <summary>Makes a space and loads its schema; when that fails, there is no such space.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="enforceValidation">Whether violations fail a commit.</param>
    /// <param name="schema">Import files to load; null for the core schema, empty for none.</param>
    /// <param name="cancellation">Ends the creation before it takes effect.</param>
    /// <returns>The space's manager, and how many holons the schema has.</returns>
    /// <exception cref="HolonException">The name is taken or not allowed, or the schema has errors.</exception>
    public (HolonSpaceManager Manager, long Holons) Create(
        string name, bool enforceValidation, IReadOnlyList<ImportSource>? schema, CancellationToken cancellation)
    {
        name = SpaceNames.Check(name);
        lock (_creation)
        {
            RequireFree(name);
            var space = new SpaceRecord(
                new SpaceId(_ids.Next()), name, enforceValidation, _time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000, _ids.Next());
            var manager = Manage(space, _catalog.Create(space));
            try
            {
                var holons = LoadSchema(manager, schema ?? _options.CoreSchema, cancellation);
                // Before it is listed: who finds it must find this manager.
                _managers[space.Id] = new(manager);
                _catalog.Publish(space.Id);
                return (manager, holons);
            }
            catch
            {
                _managers.TryRemove(space.Id, out _);
                _catalog.Discard(space.Id);
                throw;
            }
        }
    }

    private HolonSpaceManager Manage(SpaceRecord space, IHolonStore store) => new(
        space, store, _options, _ids, _time, _watchers, _logger,
        (changed, isWritable) => WritabilityChanged?.Invoke(changed, isWritable));

    private long LoadSchema(HolonSpaceManager manager, IReadOnlyList<ImportSource> schema, CancellationToken cancellation)
    {
        if (schema.Count == 0) return 0;
        var id = manager.Begin(SpaceSchema.Label, "map-daemon", Caller.Owner).Id;
        var transaction = manager.Find(id);
        var holons = 0L;
        transaction.Mutate(
            editor =>
            {
                holons = editor.Load(schema, null, cancellation).Holons;
                return null;
            },
            stamp: null,
            cancellation);
        transaction.Commit(_time, cancellation);
        manager.Forget(id);
        return holons;
    }

    private void RequireFree(string name)
    {
        if (Find(name) is not null)
            throw new HolonException(HolonErrorCode.SpaceExists, $"There is a space \"{name}\" already. Choose another name.", field: "name");
        if (_catalog.List().Count < _options.MaxSpaces) return;
        throw new HolonException([new HolonError(
            HolonErrorCode.LimitReached, $"There are {_options.MaxSpaces:N0} spaces, which is as many as allowed.") { Limit = _options.MaxSpaces }]);
    }

    private SpaceRecord? Find(string name) =>
        _catalog.List().FirstOrDefault(space => string.Equals(space.Name, name.Trim(), StringComparison.OrdinalIgnoreCase));

    private static HolonException NotFound(string name) => new(
        HolonErrorCode.SpaceNotFound, $"There is no space \"{name}\". List the spaces to see which there are.", field: "space");
}

using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;

namespace Map.Storage.Tests;

/// <summary>A directory of one test, removed after it.</summary>
internal sealed class TestDirectory : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("map-storage-").FullName;

    internal StorageOptions Options(Action<FaultPoint>? faults = null) => new()
    {
        DataDirectory = System.IO.Path.Combine(Path, "data"),
        BlockCacheBytes = 8 << 20,
        WriteBufferBytes = 8 << 20,
        Faults = faults,
        Time = EarlyTime.Clock,
    };

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>The clock of the tests' commits, for which nothing is old.</summary>
internal sealed class EarlyTime : TimeProvider
{
    internal static readonly EarlyTime Clock = new();

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddDays(1);
}

/// <summary>A data directory with one space, and short ways to commit to it.</summary>
internal sealed class TestSpace : IDisposable
{
    private readonly TestDirectory _directory = new();
    private ulong _lastId;

    internal TestSpace()
        : this(NewRecord("Test"))
    {
    }

    /// <summary>A new space of the same ids, in which the commits of another can be made again.</summary>
    internal TestSpace(TestSpace other)
        : this(other.Record)
    {
    }

    private TestSpace(SpaceRecord record)
    {
        Catalog = SpaceCatalog.Open(_directory.Options(point => Faults?.Invoke(point)));
        Record = record;
        Catalog.Create(Record);
        Catalog.Publish(Record.Id);
        Store = (HolonStore)Catalog.Open(Record.Id);
    }

    internal Action<FaultPoint>? Faults { get; set; }

    internal string DataPath => _directory.Options().DataDirectory;

    internal string HeadPath => Path.Combine(DataPath, "daemon", "heads", Record.Id.ToString());

    internal string StorePath => Path.Combine(DataPath, "spaces", Record.Id.ToString());

    internal SpaceCatalog Catalog { get; private set; }

    internal SpaceRecord Record { get; }

    internal HolonStore Store { get; private set; }

    internal long Latest => Store.LatestCommit;

    internal static SpaceRecord NewRecord(string name) => new(
        new SpaceId(Id.Of(Guid.CreateVersion7())), name, EnforceValidation: true, CreatedUnixMicros: 1000,
        Id.Of(Guid.CreateVersion7()));

    internal void Close() => Catalog.Dispose();

    /// <summary>Closes the catalogue, and answers a store of the space that says itself whether there is room.</summary>
    /// <param name="requireRoom">Throws while there is none.</param>
    /// <param name="opening">Runs before each opening; what it throws fails that.</param>
    internal HolonStore Detach(Action? requireRoom = null, Action? opening = null)
    {
        Close();
        var options = _directory.Options();
        var cache = new Native.CacheHandle(options.BlockCacheBytes);
        var files = new StoreFiles(
            () =>
            {
                opening?.Invoke();
                return OpenStore.Check(
                    Native.Database.Open(StorePath, create: false, cache, options), HeadFile.Open(HeadPath), Record.Id);
            },
            requireRoom ?? (static () => { }), static _ => { }, StorePath + ".set-aside", new Reading.ReadCache(1 << 20));
        return Store = new HolonStore(Record, files, point => Faults?.Invoke(point));
    }

    internal void Reopen()
    {
        Close();
        Catalog = SpaceCatalog.Open(_directory.Options(point => Faults?.Invoke(point)));
        Store = (HolonStore)Catalog.Open(Record.Id);
    }

    /// <summary>An id like those of holons, rising.</summary>
    internal LocalId NewId() => new((UInt128)1 << 120 | (UInt128)7 << 76 | Interlocked.Increment(ref _lastId));

    internal TransactionId NewTransaction() => new(Record.Id, NewId());

    internal CommitPlan Plan(
        IReadOnlyList<NodeChange> nodes, IReadOnlyList<LinkChange>? links = null, bool schema = false, long? asOf = null,
        long? judgedAsOf = null, ReliedFacts? relied = null) => new()
        {
            Transaction = NewTransaction(),
            Label = "test",
            Snapshot = asOf ?? Latest,
            JudgedAsOf = judgedAsOf ?? asOf ?? Latest,
            Relied = relied ?? ReliedFacts.None,
            TouchesSchema = schema,
            Nodes = nodes,
            Links = links ?? [],
        };

    internal CommitOutcome TryCommit(
        IReadOnlyList<NodeChange> nodes, IReadOnlyList<LinkChange>? links = null, bool schema = false) =>
        Store.Commit(Plan(nodes, links, schema), nowUnixMicros: 1_000_000 + Latest);

    internal long Commit(params NodeChange[] nodes) => Commit(nodes, null);

    internal long Commit(IReadOnlyList<NodeChange> nodes, IReadOnlyList<LinkChange>? links, bool schema = false)
    {
        var outcome = TryCommit(nodes, links, schema);
        Assert.Empty(outcome.Conflicts);
        Assert.Equal(Latest, outcome.CommitNumber);
        return outcome.CommitNumber!.Value;
    }

    internal long Link(params LinkChange[] links) => Commit([], links);

    internal SavedHolon Head(LocalId id) => Store.FindHolon(id, Latest)!;

    internal NodeChange Create(string? key = null, LocalId? type = null, LocalId? id = null) =>
        new(NodeChangeKind.Create, id ?? NewId(), null, type, Properties(key), null);

    internal NodeChange Update(LocalId id, string? key = null, LocalId? type = null) =>
        new(NodeChangeKind.Update, id, Head(id), type, Properties(key), null);

    internal NodeChange Delete(LocalId id) =>
        new(NodeChangeKind.Delete, id, Head(id), Head(id).Descriptor, PropertyMap.Empty, null);

    internal LocalId Created(string? key = null, LocalId? type = null)
    {
        var change = Create(key, type);
        Commit(change);
        return change.Id;
    }

    internal static PropertyMap Properties(string? key) =>
        key is null ? PropertyMap.Empty : PropertyMap.Empty.With(Names.Key, new StringValue(key));

    internal List<LinkSlot> Forward(LocalId source, RelationshipFacts relationship, long? asOf = null) =>
        [.. Store.Links(source, LinkDirection.Forward, relationship.Id, null, asOf ?? Latest)];

    internal List<LinkSlot> Reverse(LocalId target, RelationshipFacts relationship, long? asOf = null) =>
        [.. Store.Links(target, LinkDirection.Reverse, relationship.Id, null, asOf ?? Latest)];

    public void Dispose()
    {
        Catalog.Dispose();
        _directory.Dispose();
    }
}

/// <summary>Ids and relationships for tests.</summary>
internal static class Id
{
    internal static LocalId Of(Guid id) => LocalId.Read(id.ToByteArray(bigEndian: true));
}

internal static class Rel
{
    internal static readonly RelationshipFacts Likes = Make("Likes", isOrdered: false, allowsDuplicates: false);
    internal static readonly RelationshipFacts Steps = Make("Steps", isOrdered: true, allowsDuplicates: false);
    internal static readonly RelationshipFacts Bag = Make("Bag", isOrdered: false, allowsDuplicates: true);
    internal static readonly RelationshipFacts List = Make("List", isOrdered: true, allowsDuplicates: true);
    internal static readonly RelationshipFacts Typed = new(
        new LocalId((UInt128)0x7777 << 64 | 5), "Typed", IsTyped: true, IsOrdered: false, AllowsDuplicates: false,
        IsDefinitional: false);

    internal static readonly RelationshipFacts[] All = [Likes, Steps, Bag, List, Typed];

    internal static LinkChange Add(this RelationshipFacts relationship, LocalId source, LocalId target) =>
        relationship.AddAt(source, target, relationship.IsOrdered ? LinkOrders.FirstProvisional : 0);

    internal static LinkChange AddAt(this RelationshipFacts relationship, LocalId source, LocalId target, ulong order) =>
        new(true, source, relationship, new LinkSlot(order, target, 0));

    internal static LinkChange Remove(this RelationshipFacts relationship, LocalId source, LinkSlot slot) =>
        new(false, source, relationship, slot);

    private static RelationshipFacts Make(string name, bool isOrdered, bool allowsDuplicates) => new(
        LocalId.OfName(name), name, IsTyped: false, isOrdered, allowsDuplicates, IsDefinitional: false);
}

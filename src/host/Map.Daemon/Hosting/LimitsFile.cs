using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Map.Core.Loading;
using Map.Core.Transactions;
using Map.Core.Traversing;
using Map.Guests.Modules;
using Map.Guests.Running;
using Map.Hub;
using Map.Rpc;
using Map.Storage;

namespace Map.Daemon.Hosting;

/// <summary>
/// The limits that a person may set, from a JSON file with any of them; those that it leaves out are as usual.
/// docs/operations.md has the list.
/// </summary>
internal sealed record LimitsFile
{
    /// <summary>Its name in the data directory.</summary>
    public const string DefaultName = "limits.json";

    /// <summary>The part of the machine's memory that the heap may take unless told otherwise.</summary>
    private const double MemoryPart = 0.5;

    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private static readonly TransactionLimits _transaction = new();
    private static readonly TraversalLimits _traversals = new();
    private static readonly HubOptions _hub = new() { CoreSchema = [] };
    private static readonly StorageOptions _storage = new() { DataDirectory = "" };
    private static readonly RpcServerOptions _rpc = new();
    private static readonly ModuleOptions _modules = new();
    private static readonly GuestOptions _guests = new();

    public long MaxMemoryBytes { get; init; } = (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * MemoryPart);

    public long BlockCacheBytes { get; init; } = _storage.BlockCacheBytes;

    public long WriteBufferBudgetBytes { get; init; } = _storage.WriteBufferBudgetBytes;

    public int MaxSpaces { get; init; } = _hub.MaxSpaces;

    public int MaxOpenSpaces { get; init; } = _storage.MaxOpenSpaces;

    public int MaxConnections { get; init; } = _rpc.MaxConnections;

    public int MaxMessageBytes { get; init; } = _rpc.MaxMessageBytes;

    public long MaxUploadedBytes { get; init; } = _hub.MaxContentBytes;

    public int MaxExports { get; init; } = _hub.MaxExports;

    public int MaxOpenTransactions { get; init; } = _hub.MaxOpenTransactions;

    public int EmptyTransactionHours { get; init; } = (int)_hub.EmptyTransactionLifetime.TotalHours;

    public int MaxStagedHolons { get; init; } = _transaction.MaxStagedHolons;

    public int MaxTransientHolons { get; init; } = _transaction.MaxTransientHolons;

    public int MaxUndoSteps { get; init; } = _transaction.MaxSteps;

    public int MaxUndoMarkers { get; init; } = _transaction.MaxMarkers;

    public long MaxHistoryBytes { get; init; } = _transaction.MaxHistoryBytes;

    public int MaxProperties { get; init; } = _transaction.MaxProperties;

    public int MaxValueBytes { get; init; } = _transaction.MaxValueBytes;

    public int MaxHolonBytes { get; init; } = _transaction.MaxHolonBytes;

    public int MaxArrayItems { get; init; } = _transaction.MaxArrayItems;

    public int MaxTargets { get; init; } = _transaction.MaxTargets;

    public int MaxPageSize { get; init; } = _hub.MaxPageSize;

    public int MaxQueryHops { get; init; } = _traversals.MaxHops;

    public int MaxQueryHolons { get; init; } = _traversals.MaxHeld;

    public long MaxQueryRows { get; init; } = _traversals.MaxRowsRead;

    public int MaxQueryMilliseconds { get; init; } = (int)_hub.TraversalTime.TotalMilliseconds;

    public int MaxModules { get; init; } = _modules.MaxModules;

    public int MaxModuleBytes { get; init; } = _modules.MaxModuleBytes;

    public long MaxGuestFuel { get; init; } = _guests.Fuel;

    public int MaxGuestMemoryPages { get; init; } = _guests.MemoryPages;

    public int MaxDanceMilliseconds { get; init; } = (int)_guests.DanceDeadline.TotalMilliseconds;

    public int MaxValidatorMilliseconds { get; init; } = (int)_guests.ValidatorDeadline.TotalMilliseconds;

    public int GuestThreads { get; init; } = _guests.Threads;

    public int MaxWaitingGuests { get; init; } = _guests.MaxWaiting;

    /// <summary>Reads the file; without one, all limits are as usual.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isRequired">Whether it has to be there.</param>
    /// <exception cref="InvalidDataException">It is not what it should be; the message has the place.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static LimitsFile Read(string path, bool isRequired)
    {
        if (!isRequired && !File.Exists(path)) return new LimitsFile();
        try
        {
            var limits = JsonSerializer.Deserialize<LimitsFile>(File.ReadAllBytes(path), _json)
                ?? throw new InvalidDataException($"{path} has no object with limits.");
            limits.Check(path);
            return limits;
        }
        catch (JsonException e)
        {
            var place = e.LineNumber is { } line ? $", line {line + 1}, column {e.BytePositionInLine + 1}" : "";
            throw new InvalidDataException($"{path}{place}: {Explain(e)}", e);
        }
    }

    /// <summary>What the hub may hold.</summary>
    public HubOptions ToHub(IReadOnlyList<ImportSource> coreSchema) => new()
    {
        CoreSchema = coreSchema,
        MaxMemoryBytes = MaxMemoryBytes,
        MaxSpaces = MaxSpaces,
        MaxContentBytes = MaxUploadedBytes,
        MaxExports = MaxExports,
        MaxOpenTransactions = MaxOpenTransactions,
        EmptyTransactionLifetime = TimeSpan.FromHours(EmptyTransactionHours),
        MaxPageSize = MaxPageSize,
        DefaultPageSize = Math.Min(_hub.DefaultPageSize, MaxPageSize),
        Traversals = new TraversalLimits { MaxHops = MaxQueryHops, MaxHeld = MaxQueryHolons, MaxRowsRead = MaxQueryRows },
        TraversalTime = TimeSpan.FromMilliseconds(MaxQueryMilliseconds),
        Limits = new TransactionLimits
        {
            MaxStagedHolons = MaxStagedHolons,
            MaxTransientHolons = MaxTransientHolons,
            MaxSteps = MaxUndoSteps,
            MaxMarkers = MaxUndoMarkers,
            MaxHistoryBytes = MaxHistoryBytes,
            MaxProperties = MaxProperties,
            MaxValueBytes = MaxValueBytes,
            MaxHolonBytes = MaxHolonBytes,
            MaxArrayItems = MaxArrayItems,
            MaxTargets = MaxTargets,
        },
    };

    /// <summary>What guest modules may be.</summary>
    public ModuleOptions ToModules() => new() { MaxModules = MaxModules, MaxModuleBytes = MaxModuleBytes };

    /// <summary>What calls of guests may use.</summary>
    public GuestOptions ToGuests() => new()
    {
        Fuel = MaxGuestFuel,
        MemoryPages = MaxGuestMemoryPages,
        DanceDeadline = TimeSpan.FromMilliseconds(MaxDanceMilliseconds),
        ValidatorDeadline = TimeSpan.FromMilliseconds(MaxValidatorMilliseconds),
        Threads = GuestThreads,
        MaxWaiting = MaxWaitingGuests,
    };

    /// <summary>How stores are set up.</summary>
    public StorageOptions ToStorage(string data) => new()
    {
        DataDirectory = data,
        BlockCacheBytes = BlockCacheBytes,
        WriteBufferBudgetBytes = WriteBufferBudgetBytes,
        MaxOpenSpaces = MaxOpenSpaces,
    };

    private static string Explain(JsonException e)
    {
        var name = e.Path?.TrimStart('$', '.');
        if (e.Message.Contains("could not be mapped", StringComparison.Ordinal))
            return $"there is no such limit. The limits are {string.Join(", ", Names)}.";
        return string.IsNullOrEmpty(name) ? "this is not a JSON object." : $"\"{name}\" is not a whole number in range.";
    }

    private static IEnumerable<string> Names => Properties.Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));

    private static PropertyInfo[] Properties => typeof(LimitsFile).GetProperties(BindingFlags.Instance | BindingFlags.Public);

    private void Check(string path)
    {
        foreach (var property in Properties)
        {
            if (Convert.ToInt64(property.GetValue(this), null) >= 1) continue;
            throw new InvalidDataException($"{path}: \"{JsonNamingPolicy.CamelCase.ConvertName(property.Name)}\" must be 1 or more.");
        }
    }
}

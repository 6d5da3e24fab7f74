using System.Diagnostics;
using Map.Wasm.Execution;

namespace Map.Wasm;

/// <summary>
/// What instances that can reach each other share: fuel, deadline, limits, and their memory, which is given back when the
/// store is disposed. A store is used by one thread at a time.
/// </summary>
public sealed class Store : IDisposable
{
    /// <summary>Fuel that is left; below zero when more was used. Compiled code counts it down.</summary>
    internal long FuelLeft;

    /// <summary>
    /// Compiled code goes on while the fuel is not below this: zero, but more than any fuel once the guest is to stop. So one
    /// comparison looks at fuel, deadline and cancellation. Other threads raise it.
    /// </summary>
    internal long FuelFloor;

    /// <summary>The lowest address that a stack frame of the guest may have. Compiled code compares with it.</summary>
    internal nuint StackLimit;

    /// <summary>Zero, which the runtime cannot know. Compiled code adds it where the runtime must not see through.</summary>
    internal long Zero;

    /// <summary>The instance that called an import last. Compiled code sets it.</summary>
    internal Instance? CallingInstance;

    /// <summary>Where functions with several results leave them.</summary>
    internal ResultSlot[] Results = [];

    private readonly List<Memory> _memories = [];
    private readonly Lock _gate = new();
    private Deadline? _deadline;
    private int _depth;
    private int _thread;
    private long _tableElements;
    private int _instances;
    private bool _isCancelled;
    private bool _isDisposed;

    /// <summary>A store with unlimited fuel and no deadline.</summary>
    public Store(Engine engine, StoreLimits? limits = null)
    {
        Engine = engine;
        Limits = limits ?? new StoreLimits();
        Fuel = long.MaxValue;
    }

    /// <summary>What its instances may use.</summary>
    public StoreLimits Limits { get; }

    /// <summary>
    /// Fuel that is left: about one unit for each instruction. It is charged for each extended basic block before it runs, to
    /// host calls, and to bulk operations by their size. At zero the guest traps.
    /// </summary>
    public long Fuel
    {
        get => Math.Max(0, FuelLeft);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            FuelLeft = value;
        }
    }

    /// <summary>What the embedder keeps for the host functions that are called in it.</summary>
    public object? Data { get; init; }

    /// <summary>Whether a memory was asked for more pages than it may have. Guests seldom live on after that.</summary>
    public bool HasRefusedMemory { get; internal set; }

    internal Engine Engine { get; }

    /// <summary>Lets guest code run for this time of the wall clock from now; a later call replaces the deadline.</summary>
    public void SetDeadline(TimeSpan fromNow)
    {
        ClearDeadline();
        var deadline = new Deadline(this, Stopwatch.GetTimestamp() + (long)(fromNow.TotalSeconds * Stopwatch.Frequency));
        lock (_gate) _deadline = deadline;
        Watchdog.Watch(deadline);
    }

    /// <summary>Takes the deadline away.</summary>
    public void ClearDeadline()
    {
        lock (_gate)
        {
            _deadline?.Forget();
            _deadline = null;
            if (!_isCancelled) FuelFloor = 0;
        }
    }

    /// <summary>Makes running and later guest code of this store trap, for good. Any thread may call it.</summary>
    public void Cancel()
    {
        lock (_gate)
        {
            _isCancelled = true;
            Volatile.Write(ref FuelFloor, long.MaxValue);
        }
    }

    /// <summary>
    /// Charges fuel for work that the host does for the guest, and traps when the guest may not go on. Host functions that
    /// take long call it now and then.
    /// </summary>
    /// <exception cref="TrapException">The fuel is used up, the deadline has passed, or the guest was cancelled.</exception>
    public void ConsumeFuel(long amount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amount);
        FuelLeft -= Math.Min(amount, long.MaxValue / 2);
        if (FuelLeft < Volatile.Read(ref FuelFloor)) throw Stop(this);
    }

    /// <summary>Gives the memory of its instances back. Spans of it must not be used any more.</summary>
    /// <exception cref="InvalidOperationException">Guest code of it is running.</exception>
    public void Dispose()
    {
        if (_isDisposed) return;
        if (_depth > 0) throw new InvalidOperationException("Guest code of this store is running.");
        _isDisposed = true;
        ClearDeadline();
        foreach (var memory in _memories) memory.Release();
    }

    /// <summary>Why the guest may not go on.</summary>
    internal static TrapException Stop(Store store)
    {
        if (store.FuelLeft < 0) return new TrapException(TrapCode.FuelExhausted);
        lock (store._gate) return new TrapException(store._isCancelled ? TrapCode.Cancelled : TrapCode.DeadlineExceeded);
    }

    /// <summary>The watchdog's call when a deadline has passed.</summary>
    internal void Expire(Deadline deadline)
    {
        lock (_gate)
        {
            if (_deadline == deadline) Volatile.Write(ref FuelFloor, long.MaxValue);
        }
    }

    /// <summary>Prepares for guest code on this thread, and returns what <see cref="Leave"/> must be given.</summary>
    internal nuint Enter()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var previous = StackLimit;
        var thread = Environment.CurrentManagedThreadId;
        if (_depth == 0)
        {
            _thread = thread;
            StackLimit = ThreadStack.LimitBelow(Limits.MaxStackBytes);
        }
        else if (_thread != thread)
        {
            throw new InvalidOperationException("The store is in use by another thread.");
        }

        _depth++;
        return previous;
    }

    internal void Leave(nuint previous)
    {
        _depth--;
        StackLimit = previous;
    }

    internal void Add(Memory memory)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _memories.Add(memory);
    }

    internal bool HasRoomForMemory => _memories.Count < Limits.MaxMemories;

    internal void AddInstance(int maxResults)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_instances == Limits.MaxInstances) throw new LinkException($"The store has {_instances} instances; no more are allowed.");
        _instances++;
        if (maxResults > Results.Length) Results = new ResultSlot[maxResults];
    }

    /// <summary>Counts elements of tables in; false when that would be too many.</summary>
    internal bool TryAddElements(uint count)
    {
        if (_tableElements + count > Limits.MaxTableElements) return false;
        _tableElements += count;
        return true;
    }
}

/// <summary>Place for one of several results.</summary>
internal struct ResultSlot
{
    public long Bits;
    public object? Reference;
}

namespace Map.Wasm;

/// <summary>Who called a host function. A host function that takes it as its first parameter is given it.</summary>
public readonly struct Caller
{
    internal Caller(Store store)
    {
        Store = store;
        Instance = store.CallingInstance;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The instance; null when the host called its own function.</summary>
    public Instance? Instance { get; }

    /// <summary>The memory of the instance.</summary>
    /// <exception cref="TrapException">It has none, so that every address lies outside.</exception>
    public Memory Memory => Instance?.MemoryOrNull ?? throw new TrapException(TrapCode.MemoryOutOfBounds);
}

namespace Map.Wasm;

/// <summary>What the instances of a store may use together.</summary>
public sealed record StoreLimits
{
    /// <summary>Pages of 64 kB of one memory, at instantiation and when it grows. At most 65,536.</summary>
    public int MaxMemoryPages { get; init; } = 1_024;

    /// <summary>Memories.</summary>
    public int MaxMemories { get; init; } = 10;

    /// <summary>Elements of all tables together.</summary>
    public int MaxTableElements { get; init; } = 100_000;

    /// <summary>Instances.</summary>
    public int MaxInstances { get; init; } = 100;

    /// <summary>Bytes of stack that guest code may use below the call that entered it.</summary>
    public int MaxStackBytes { get; init; } = 1 << 20;
}

namespace Map.Core.Identity;

/// <summary>Identity of a space: a UUIDv7.</summary>
/// <param name="Value">The 16 bytes.</param>
public readonly record struct SpaceId(LocalId Value)
{
    /// <summary>The id as a UUID.</summary>
    public override string ToString() => Value.ToString();
}

/// <summary>Identity of a holon: its space, and its local id there.</summary>
/// <param name="Space">The space that keeps it.</param>
/// <param name="Local">Its id in that space.</param>
public readonly record struct HolonId(SpaceId Space, LocalId Local)
{
    /// <summary>Both ids, as shown to people.</summary>
    public override string ToString() => $"{Space}/{Local}";
}

/// <summary>Identity of a transaction. It carries its space, so that a request finds its space by itself.</summary>
/// <param name="Space">The space it belongs to.</param>
/// <param name="Local">Its id there: a UUIDv7.</param>
public readonly record struct TransactionId(SpaceId Space, LocalId Local)
{
    /// <summary>Both ids, as shown to people.</summary>
    public override string ToString() => $"{Space}/{Local}";
}

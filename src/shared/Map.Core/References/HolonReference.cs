using Map.Core.Identity;

namespace Map.Core.References;

/// <summary>
/// A reference to a holon. It carries its transaction, so that it resolves by itself and cannot be used in another;
/// equal by transaction and identity (and version, when pinned).
/// </summary>
/// <param name="Transaction">The transaction that made it.</param>
/// <param name="Id">The holon.</param>
public abstract record HolonReference(TransactionId Transaction, LocalId Id);

/// <summary>Refers to a transient holon: scratch inside its transaction, never saved.</summary>
/// <param name="Transaction">The transaction that made it.</param>
/// <param name="Id">The holon.</param>
public sealed record TransientReference(TransactionId Transaction, LocalId Id) : HolonReference(Transaction, Id)
{
    /// <inheritdoc/>
    public override string ToString() => $"transient {Id}";
}

/// <summary>Refers to a staged holon.</summary>
/// <param name="Transaction">The transaction that made it.</param>
/// <param name="Id">The holon.</param>
public sealed record StagedReference(TransactionId Transaction, LocalId Id) : HolonReference(Transaction, Id)
{
    /// <inheritdoc/>
    public override string ToString() => $"staged {Id}";
}

/// <summary>Refers to a saved holon and reads saved state.</summary>
/// <param name="Transaction">The transaction that made it.</param>
/// <param name="Id">The holon.</param>
/// <param name="Version">A pinned version; null for the version as of the transaction's snapshot.</param>
public sealed record SmartReference(TransactionId Transaction, LocalId Id, int? Version = null)
    : HolonReference(Transaction, Id)
{
    /// <inheritdoc/>
    public override string ToString() => Version is null ? $"saved {Id}" : $"saved {Id} version {Version}";
}

using Map.Core.Identity;

namespace Map.Core.Exporting;

/// <summary>What to export of what a transaction sees.</summary>
public sealed record ExportScope
{
    /// <summary>Only these holons; null for all.</summary>
    public IReadOnlySet<LocalId>? Selection { get; init; }

    /// <summary>Holons that are there already where the file will be loaded: left out, and referred to by their keys.</summary>
    public IReadOnlySet<LocalId> Present { get; init; } = new HashSet<LocalId>();

    /// <summary>Whether links to other holons that are not exported are left out.</summary>
    public bool IsClosed { get; init; }
}

/// <summary>What was exported so far.</summary>
/// <param name="Holons">Holons written.</param>
/// <param name="Links">Links written.</param>
/// <param name="OutsideLinks">Links to holons that are neither exported nor present, written or left out.</param>
public readonly record struct ExportCounts(long Holons, long Links, long OutsideLinks);

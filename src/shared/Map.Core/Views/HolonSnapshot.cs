using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Values;

namespace Map.Core.Views;

/// <summary>What a reference resolves to: one holon, transient, staged or saved, at one moment.</summary>
/// <param name="Reference">The reference.</param>
/// <param name="Phase">Where the holon is in its life.</param>
/// <param name="Version">The saved version it is or was staged from; 0 when there is none.</param>
/// <param name="Descriptor">Its type.</param>
/// <param name="Properties">Its properties.</param>
public sealed record HolonSnapshot(
    HolonReference Reference, HolonPhase Phase, int Version, LocalId? Descriptor, PropertyMap Properties)
{
    /// <summary>The holon's id.</summary>
    public LocalId Id => Reference.Id;

    /// <summary>The key; null for a keyless holon.</summary>
    public string? Key => (Properties[Names.Key] as StringValue)?.Value;

    /// <summary>The key with the version; null for a keyless holon.</summary>
    public string? VersionedKey => Key is { } key ? $"{key}__{Version}" : null;

    /// <summary>The draft, of a transient or staged holon.</summary>
    public DraftHolon? Draft { get; private init; }

    /// <summary>The commit that links of a saved holon are read as of.</summary>
    public long AsOf { get; private init; }

    internal static HolonSnapshot Of(HolonReference reference, DraftHolon draft, long asOf) =>
        new(reference, draft.Phase, draft.Base?.Version ?? 0, draft.Descriptor, draft.Properties)
        {
            Draft = draft,
            AsOf = asOf,
        };

    internal static HolonSnapshot Of(HolonReference reference, SavedHolon saved, long asOf) =>
        new(reference, HolonPhase.Saved, saved.Version, saved.Descriptor, saved.Properties) { AsOf = asOf };
}

/// <summary>A member of a collection with what lists show of it.</summary>
/// <param name="Reference">The holon.</param>
/// <param name="Key">Its key, if it has one.</param>
public sealed record HolonMember(HolonReference Reference, string? Key);

/// <summary>A relationship of a holon that has members.</summary>
/// <param name="Name">Its name, as the holon has it.</param>
/// <param name="IsInverse">Whether it is read from the target's side.</param>
/// <param name="Count">How many members.</param>
/// <param name="Members">The first of them, as many as were asked for.</param>
public sealed record RelationshipSummary(string Name, bool IsInverse, long Count, IReadOnlyList<HolonMember> Members);

/// <summary>One page of a collection.</summary>
/// <typeparam name="TPosition">How a position in the collection is told.</typeparam>
/// <param name="Members">The members in order.</param>
/// <param name="Next">The position after which the next page begins; null when this was the last page.</param>
public sealed record Page<TPosition>(IReadOnlyList<HolonMember> Members, TPosition? Next)
    where TPosition : struct;

/// <summary>The position of a holon in a listing.</summary>
/// <param name="Key">Its key, in a listing by key; else empty.</param>
/// <param name="Type">Its type, in a listing by key; else zero.</param>
/// <param name="Holon">The holon.</param>
public readonly record struct ListPosition(string Key, LocalId Type, LocalId Holon);

using System.Collections.Immutable;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Types;
using Map.Core.Values;

namespace Map.Core.Transactions;

/// <summary>A transient or staged holon. Immutable.</summary>
public sealed record DraftHolon
{
    /// <summary>No relationship edits.</summary>
    public static readonly ImmutableSortedDictionary<string, LinkEdits> NoLinks =
        ImmutableSortedDictionary<string, LinkEdits>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Its id; of a staged holon the one it is saved under.</summary>
    public required LocalId Id { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required HolonPhase Phase { get; init; }

    /// <summary>All its properties.</summary>
    public PropertyMap Properties { get; init; } = PropertyMap.Empty;

    /// <summary>Its type.</summary>
    public LocalId? Descriptor { get; init; }

    /// <summary>What changes in its declared relationships, by canonical name, against <see cref="Base"/>.</summary>
    public ImmutableSortedDictionary<string, LinkEdits> Links { get; init; } = NoLinks;

    /// <summary>The holon that one staged for create came from, where that is recorded.</summary>
    public LocalId? Predecessor { get; init; }

    /// <summary>The saved version it was staged from; null when staged for create or transient.</summary>
    public SavedHolon? Base { get; init; }

    /// <summary>A saved version as it is when it is staged.</summary>
    public static DraftHolon From(SavedHolon saved, HolonPhase phase) => new()
    {
        Id = saved.Id,
        Phase = phase,
        Properties = saved.Properties,
        Descriptor = saved.Descriptor,
        Base = saved,
    };

    /// <summary>The key, if it has one.</summary>
    public string? Key => (Properties[Names.Key] as StringValue)?.Value;

    /// <summary>Whether it is in the transaction's view: not staged for delete and not abandoned.</summary>
    public bool IsLive => Phase is not (HolonPhase.StagedForDelete or HolonPhase.Abandoned);

    /// <summary>Whether it takes part in describing other holons, so that contracts depend on it.</summary>
    public bool IsDescriptor =>
        CoreSchema.Describes(Properties) || (Base is not null && CoreSchema.Describes(Base.Properties))
        || (!Links.IsEmpty && HasLinks(static (name, _) => CoreSchema.ShapesContracts(name)));

    /// <summary>Whether it has the type and the properties of a saved version.</summary>
    public bool HasContentOf(SavedHolon version) => Descriptor == version.Descriptor && Properties.Equals(version.Properties);

    /// <summary>Whether it removes saved links.</summary>
    public bool RemovesLinks => !Links.IsEmpty && HasLinks(static (_, edits) => !edits.Removed.IsEmpty);

    /// <summary>What changes in a relationship.</summary>
    public LinkEdits EditsOf(string name) => Links.GetValueOrDefault(name) ?? LinkEdits.None;

    /// <summary>The draft with other changes in a relationship.</summary>
    public DraftHolon WithEdits(string name, LinkEdits edits) =>
        this with { Links = edits.IsEmpty ? Links.Remove(name) : Links.SetItem(name, edits) };

    private bool HasLinks(Func<string, LinkEdits, bool> predicate)
    {
        foreach (var (name, edits) in Links)
            if (predicate(name, edits)) return true;
        return false;
    }
}

/// <summary>Changes of one relationship of a draft against its saved version.</summary>
/// <param name="Added">Links that commit adds; in an ordered relationship their order is provisional.</param>
/// <param name="Removed">Saved links that commit removes.</param>
public sealed record LinkEdits(ImmutableSortedSet<LinkSlot> Added, ImmutableSortedSet<RelatedPosition> Removed)
{
    /// <summary>No change.</summary>
    public static readonly LinkEdits None = new([], []);

    /// <summary>
    /// Is another one after members that stay got other order numbers: positions that were told before then mean nothing.
    /// </summary>
    public ulong Numbering { get; internal init; }

    /// <summary>Whether nothing changes.</summary>
    public bool IsEmpty => Added.IsEmpty && Removed.IsEmpty;

    /// <summary>The same after members were numbered anew.</summary>
    /// <param name="now">Tells this numbering from others that could have come instead.</param>
    internal LinkEdits Renumbered(ulong now) => this with { Numbering = (Numbering + now + 1) * 0x100000001B3 };
}

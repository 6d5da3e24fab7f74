using Map.Core.Identity;
using Map.Core.Loading;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Views;

namespace Map.Core.Exporting;

/// <summary>
/// The holons that a space has since it was made with a schema. They are known by the commit that brought them, so that
/// holons which somebody loaded later are not taken for them, whatever they are called.
/// </summary>
public sealed class SpaceSchema
{
    /// <summary>What the commit of a schema is labelled.</summary>
    public const string Label = "schema";

    private const long Commit = 1;

    private readonly HashSet<(string? Key, string? Type)> _names;

    /// <summary>A schema.</summary>
    /// <param name="files">Its import files.</param>
    public SpaceSchema(IEnumerable<ImportSource> files) => _names = files
        .SelectMany(file => ImportParser.Parse(file, new TransactionLimits()).Holons)
        .Select(holon => (holon.Key, holon.Type?.Text)).ToHashSet();

    /// <summary>The holons by which a space was made with this schema; none of one that was made with another, or without.</summary>
    public IReadOnlySet<LocalId> HolonsIn(TransactionView view)
    {
        var holons = new HashSet<LocalId>();
        if (view.State.Snapshot < Commit || view.Saved.ReadCommit(Commit).Label != Label) return holons;
        foreach (var change in view.Saved.CommitChanges(Commit).OfType<SavedNodeChange>())
        {
            if (!_names.Contains(NameOf(view.Saved, change.Holon))) return new HashSet<LocalId>();
            holons.Add(change.Holon);
        }

        return holons;
    }

    /// <summary>How many of them are not as the schema brought them.</summary>
    public static long CountChanged(TransactionView view, IReadOnlySet<LocalId> holons) => holons.Count(id =>
        view.State.Nursery.Find(id) is not null
        || view.Saved.FindHolon(id, view.State.Snapshot) is not { Commit: Commit }
        || !LinksOf(view.Saved, id, view.State.Snapshot).SequenceEqual(LinksOf(view.Saved, id, Commit)));

    private static (string? Key, string? Type) NameOf(IHolonService saved, LocalId id)
    {
        if (saved.FindHolon(id, Commit) is not { Descriptor: { } type } holon) return default;
        return (TransactionView.KeyOf(holon), saved.FindHolon(type, Commit) is { } descriptor ? TransactionView.KeyOf(descriptor) : null);
    }

    private static IEnumerable<RelatedPosition> LinksOf(IHolonService saved, LocalId id, long asOf) =>
        saved.LinkGroups(id, LinkDirection.Forward, asOf).SelectMany(group =>
            saved.Links(id, LinkDirection.Forward, group.Relationship, null, asOf)
                .Select(slot => new RelatedPosition(group.Relationship, slot)));
}

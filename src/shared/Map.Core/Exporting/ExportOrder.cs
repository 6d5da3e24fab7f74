using Map.Core.Identity;
using Map.Core.Types;
using Map.Core.Views;

namespace Map.Core.Exporting;

/// <summary>The holons to export, in the order of <see cref="CanonicalPlace"/>.</summary>
internal sealed class ExportOrder(TransactionView view, ExportScope scope, ExportReferences references)
{
    /// <summary>Between batches nothing of the store is held, however slowly they are taken.</summary>
    private const int BatchSize = 1_000;

    /// <summary>How many there are, about.</summary>
    public long Count { get; } = scope.Selection?.Count ?? CountInView(view) - scope.Present.Count;

    public IEnumerable<LocalId> Holons() => (scope.Selection is { } selection ? Sorted(selection) : Keyed().Concat(Keyless()))
        .Where(references.IsExported);

    private IEnumerable<LocalId> Sorted(IReadOnlySet<LocalId> selection) =>
        selection.Select(references.PlaceOf).Order().Select(place => place.Id);

    /// <summary>Those with a key, by the index of keys. It has those of one key in order of their types' ids.</summary>
    private IEnumerable<LocalId> Keyed() => Listed(new ListFilter { KeyPrefix = "" }).GroupAdjacent(position => position.Key)
        .SelectMany(ofKey => ofKey.Count == 1 ? [ofKey[0].Holon] : Sorted(ofKey.Select(position => position.Holon).ToHashSet()));

    private IEnumerable<LocalId> Keyless() =>
        Listed(new ListFilter()).Select(position => position.Holon).Where(id => view.FindKey(id) is null);

    private IEnumerable<ListPosition> Listed(ListFilter filter)
    {
        var listing = new HolonListing(view);
        ListPosition? after = null;
        List<ListPosition> batch;
        do
        {
            view.Cancellation.ThrowIfCancellationRequested();
            batch = [.. listing.Holons(filter, after).Take(BatchSize).Select(member => member.Position)];
            foreach (var position in batch) yield return position;
            if (batch.Count > 0) after = batch[^1];
        }
        while (batch.Count == BatchSize);
    }

    private static long CountInView(TransactionView view) =>
        view.RelatedCount(view.ReferenceTo(view.Saved.SpaceHolon), CoreSchema.Owns);
}

using System.Globalization;
using Map.Core.Identity;
using Map.Core.Loading;
using Map.Core.Services;
using Map.Core.Views;

namespace Map.Core.Exporting;

/// <summary>
/// How the holons of a file refer to each other: by key, where no other holon in view has it; else by a label, if they
/// are in the file. Labels are numbered as the file comes to need them.
/// </summary>
internal sealed class ExportReferences(TransactionView view, ExportScope scope)
{
    // Popular targets are looked up once; memory does not grow with the space.
    private const int MaxKnown = 100_000;

    private readonly Dictionary<LocalId, (CanonicalPlace Place, bool IsByKey)> _known = [];
    private readonly Dictionary<LocalId, string> _labels = [];

    /// <summary>Whether a holon is in the file.</summary>
    public bool IsExported(LocalId id) => id != view.Saved.SpaceHolon
        && !IsPresent(id)
        && (scope.Selection?.Contains(id) ?? view.State.Transients.Find(id) is null);

    /// <summary>Whether a holon is there already where the file will be loaded.</summary>
    public bool IsPresent(LocalId id) => scope.Present.Contains(id);

    /// <summary>Where a holon stands among others.</summary>
    public CanonicalPlace PlaceOf(LocalId id) => Know(id).Place;

    /// <summary>How a file refers to a holon; null where it cannot.</summary>
    public ExportReference? ReferenceTo(LocalId id)
    {
        var (place, isByKey) = Know(id);
        if (isByKey) return new ExportReference(ImportParser.ReferenceTo(place.Key!), IsLabel: false);
        return IsExported(id) ? new ExportReference(LabelFor(id), IsLabel: true) : null;
    }

    /// <summary>The label that a holon of the file has to have; null for none.</summary>
    public string? FindLabel(LocalId id)
    {
        var (place, isByKey) = Know(id);
        if (isByKey) return null;
        return _labels.ContainsKey(id) || place.Key is not null || IsReferredTo(id) ? LabelFor(id) : null;
    }

    private string LabelFor(LocalId id) => _labels.TryGetValue(id, out var label)
        ? label
        : _labels[id] = string.Create(CultureInfo.InvariantCulture, $"#{_labels.Count + 1}");

    private (CanonicalPlace Place, bool IsByKey) Know(LocalId id)
    {
        if (_known.TryGetValue(id, out var known)) return known;
        view.Cancellation.ThrowIfCancellationRequested();
        if (_known.Count >= MaxKnown) _known.Clear();
        var key = view.FindKey(id);
        var isByKey = key is not null && view.WithKey(key, null).Take(2).SequenceEqual([id]);
        return _known[id] = (new CanonicalPlace(key, key is null || isByKey ? null : KeyOfType(id), id), isByKey);
    }

    private string? KeyOfType(LocalId id) => view.Resolve(view.ReferenceTo(id)).Descriptor is { } type ? view.FindKey(type) : null;

    /// <summary>Whether a holon of the file has this one as its type or as a member.</summary>
    private bool IsReferredTo(LocalId id) =>
        new HolonListing(view).Holons(new ListFilter { Type = id }, null).Any(instance => IsExported(instance.Id))
        || view.State.Nursery.Incoming(id).Any(link => IsExported(link.Source) && IsTold(link.Source, link.Name, id))
        || SavedLinksTo(id).Any(link => IsExported(link.Source) && IsTold(link.Source, link.Name, id));

    private IEnumerable<(LocalId Source, string Name)> SavedLinksTo(LocalId id)
    {
        var names = view.Descriptors;
        var asOf = view.State.Snapshot;
        foreach (var group in view.Saved.LinkGroups(id, LinkDirection.Reverse, asOf))
        {
            if (names.NameOf(group) is not { } name) continue;
            foreach (var slot in view.Saved.Links(id, LinkDirection.Reverse, group.Relationship, null, asOf)) yield return (slot.Other, name);
        }
    }

    private bool IsTold(LocalId source, string name, LocalId target)
    {
        if (view.IsHidden(source)) return false;
        var holon = view.Resolve(view.ReferenceTo(source));
        return !view.IsInverseName(holon, name) && view.MembersTo(holon, name, target).Count > 0;
    }
}

/// <summary>A reference as a file has it.</summary>
/// <param name="Text">The reference by key, or the label.</param>
/// <param name="IsLabel">Which.</param>
internal readonly record struct ExportReference(string Text, bool IsLabel);

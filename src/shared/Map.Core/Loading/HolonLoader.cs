using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Views;

namespace Map.Core.Loading;

/// <summary>
/// Stages the holons of import files as one set: parses all files, gives every holon its id, resolves every reference
/// among the files and then in the view, and only when there was no error tells what to change.
/// </summary>
internal sealed class HolonLoader(TransactionView view, TransactionLimits limits, Func<LocalId> newId, StepTeller progress)
{
    private readonly List<HolonError> _errors = [];

    /// <summary>Loads.</summary>
    /// <exception cref="HolonException">There were errors; all of them are listed and nothing is staged.</exception>
    public (IReadOnlyCollection<StateChange> Changes, LoadCounts Counts) Load(IReadOnlyList<ImportSource> sources)
    {
        var files = new List<ImportFile>(sources.Count);
        progress.Begin("reading files", sources.Sum(source => (long)source.Content.Length));
        foreach (var source in sources)
        {
            files.Add(ImportParser.Parse(source, limits, progress.Advance));
            RequireRoom(files.Sum(file => file.Holons.Count));
        }

        var holons = files.SelectMany(file => file.Holons).ToList();
        foreach (var holon in holons) holon.Id = newId();
        var resolver = new ImportResolver(view, files, Labels(holons));
        CheckTypes(holons, resolver);
        CheckKeys(holons);
        var links = ResolveLinks(holons, resolver);
        _errors.InsertRange(0, files.SelectMany(file => file.Errors));
        // Also after errors: it finds those that depend on what types say.
        var targets = links.Count;
        var changes = new ImportStager(view, Report, progress).Stage(holons, links);
        if (_errors.Count > 0) throw new HolonException(ErrorLists.Cut(_errors));
        var staged = changes.Count(change => change is StageDraft);
        RequireRoom(staged);
        return (changes, new LoadCounts(holons.Count, targets, staged - holons.Count));
    }

    private Dictionary<string, ImportHolon> Labels(List<ImportHolon> holons)
    {
        var labels = new Dictionary<string, ImportHolon>(StringComparer.Ordinal);
        foreach (var holon in holons)
        {
            if (holon.Label is not { } label || labels.TryAdd(label, holon)) continue;
            var message = $"The label \"{label}\" is given twice{FirstUse(labels[label].File, labels[label].LabelOffset)}.";
            Report(HolonErrorCode.ImportDuplicateLabel, holon, holon.LabelOffset, message, "$id");
        }

        return labels;
    }

    private void CheckTypes(List<ImportHolon> holons, ImportResolver resolver)
    {
        foreach (var holon in holons)
            if (holon.Type is { } type) holon.TypeId = resolver.Resolve(type, holon, Report, "type");
    }

    private void CheckKeys(List<ImportHolon> holons)
    {
        var seen = new Dictionary<(LocalId Type, string Key), ImportHolon>(holons.Count);
        var isTypeInUse = new Dictionary<LocalId, bool>();
        foreach (var holon in progress.Over("checking keys", holons))
        {
            if (holon.Key is not { } key || holon.TypeId is not { } type) continue;
            if (!seen.TryAdd((type, key), holon))
            {
                ReportDuplicate(holon, $"The key \"{key}\" is used twice for one type{FirstUse(seen[(type, key)].File, seen[(type, key)].KeyOffset)}.");
            }
            else if (IsInUse(type) && view.WithKey(key, type).Any())
            {
                ReportDuplicate(holon, $"A holon of this type with the key \"{key}\" is in the space already.");
            }
        }

        // Most loads bring holons of types that have none yet: those need no look-up of each key.
        bool IsInUse(LocalId type)
        {
            if (isTypeInUse.TryGetValue(type, out var inUse)) return inUse;
            inUse = view.Saved.CountInstances(type, view.State.Snapshot) > 0
                || view.State.Nursery.OfType(type, null).Any();
            return isTypeInUse[type] = inUse;
        }
    }

    private List<ResolvedLink> ResolveLinks(List<ImportHolon> holons, ImportResolver resolver)
    {
        var resolved = new List<ResolvedLink>(holons.Sum(holon => holon.Links.Length));
        foreach (var holon in progress.Over("finding the targets of links", holons))
        {
            for (var i = 0; i < holon.Links.Length; i++)
            {
                ref readonly var link = ref holon.Links[i];
                if (resolver.Resolve(link.Target, holon, Report, link.Name) is { } id) resolved.Add(new ResolvedLink(holon, i, id));
            }
        }

        return resolved;
    }

    private void RequireRoom(int count)
    {
        if ((long)view.State.Nursery.Count + view.State.Nursery.Abandoned + count <= limits.MaxStagedHolons) return;
        var message = $"The load stages {count:N0} holons; a transaction holds at most {limits.MaxStagedHolons:N0} staged ones. Load in parts.";
        throw new HolonException([new HolonError(HolonErrorCode.TooManyHolons, message) { Limit = limits.MaxStagedHolons }]);
    }

    private string FirstUse(ImportFile file, long offset) => PlaceOf(file, offset) is { } place
        ? $"; first in {place.File}, line {place.Line}"
        : "";

    private void ReportDuplicate(ImportHolon holon, string message) => _errors.Add(
        new HolonError(HolonErrorCode.ImportDuplicateKey, message)
        {
            Key = holon.Key,
            Field = "key",
            Place = PlaceOf(holon.File, holon.KeyOffset),
        });

    private void Report(HolonErrorCode code, ImportHolon holon, long offset, string message, string field) =>
        _errors.Add(new HolonError(code, message) { Key = holon.Key, Field = field, Place = PlaceOf(holon.File, offset) });

    /// <summary>Places are counted through the file, so only as many as are shown get one.</summary>
    private SourcePlace? PlaceOf(ImportFile file, long offset) =>
        _errors.Count < ErrorLists.MaxListed ? file.PlaceOf(offset) : null;
}

/// <summary>Takes code, holon, offset in bytes, message and field of an error.</summary>
internal delegate void ReportAt(HolonErrorCode code, ImportHolon holon, long offset, string message, string field);

using System.Collections.Immutable;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Validation;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Core.Loading;

/// <summary>Stages resolved holons. Descriptors come first, since they say how the links of the others are kept.</summary>
internal sealed class ImportStager(TransactionView view, ReportAt report, StepTeller progress)
{
    private readonly Dictionary<string, SlotList> _byName = new(StringComparer.Ordinal);

    /// <summary>The changes that stage holons, and those outside the load that get links by inverse names.</summary>
    /// <param name="holons">The holons.</param>
    /// <param name="links">Their links, in the same order. Those given by inverse names are taken out.</param>
    public IReadOnlyCollection<StateChange> Stage(List<ImportHolon> holons, List<ResolvedLink> links)
    {
        links.RemoveAll(IsKeptBySystem);
        var loaded = holons.ToDictionary(holon => holon.Id);
        var types = ViewOfTypes(loaded, links);
        var turned = new InverseLinks(types, loaded, report);
        links.RemoveAll(turned.Turn);
        var changes = new List<StateChange>(holons.Count);
        var keys = new KeyMaker(types.Descriptors);
        var next = 0;
        foreach (var holon in progress.Over("working out links", holons))
        {
            _byName.Clear();
            var contract = types.ContractOf(holon.TypeId);
            for (; next < links.Count && links[next].Holon == holon; next++)
                SlotsOf(links[next].Name, contract).Add(links[next].Other);
            foreach (var link in turned.From(holon.Id)) SlotsOf(link.Relationship.Name, contract).Add(link.Target);
            changes.Add(ToChange(holon, Complete(holon, contract, keys), ToEdits()));
        }

        Invariant.Holds(next == links.Count);
        foreach (var (source, added) in turned.BySource)
            if (!loaded.ContainsKey(source)) changes.AddRange(AddTo(source, added));
        return changes;
    }

    private bool IsKeptBySystem(ResolvedLink link)
    {
        if (!CoreSchema.IsKeptBySystem(link.Name)) return false;
        report(HolonErrorCode.RelationshipNotWritable, link.Holon, link.Authored.NameOffset, $"The system keeps \"{link.Name}\"; leave it out (a holon's type is its \"type\").", link.Name);
        return true;
    }

    /// <summary>A view in which the types of this load can be read.</summary>
    private TransactionView ViewOfTypes(Dictionary<LocalId, ImportHolon> loaded, List<ResolvedLink> links)
    {
        var shaping = links.FindAll(link => CoreSchema.ShapesContracts(link.Name));
        var descriptors = shaping.Select(link => link.Holon)
            .Concat(loaded.Values.Where(holon => CoreSchema.Describes(holon.Properties))).ToHashSet();
        if (descriptors.Count == 0) return view;
        var declared = shaping.ConvertAll(link => (link.Holon.Id, link.Name, link.Other));
        var types = ViewWith(descriptors, declared);
        // Types are shaped by inverse names too; what those mean, the types say as far as they are given by declared ones.
        var turned = new InverseLinks(types, loaded, static (_, _, _, _, _) => { });
        foreach (var link in links)
            if (descriptors.Contains(link.Holon)) turned.Turn(link);
        var inverse = turned.BySource.SelectMany(pair => pair.Value.Select(link => (pair.Key, link.Relationship.Name, link.Target)))
            .Where(link => CoreSchema.ShapesContracts(link.Name)).ToList();
        if (inverse.Count == 0) return types;
        descriptors.UnionWith(inverse.Select(link => loaded.GetValueOrDefault(link.Key)).OfType<ImportHolon>());
        return ViewWith(descriptors, [.. declared, .. inverse]);
    }

    /// <summary>Links stand here as unordered ones, which is all the same for working out contracts.</summary>
    private TransactionView ViewWith(HashSet<ImportHolon> descriptors, List<(LocalId Source, string Name, LocalId Target)> links)
    {
        var staged = descriptors.Select(holon => holon.Id).ToHashSet();
        var changes = descriptors.Select(holon => ToChange(holon, holon.Properties, DraftHolon.NoLinks)).ToList<StateChange>();
        foreach (var (source, name, target) in links)
        {
            if (staged.Add(source) && view.State.Nursery.Find(source) is null) changes.Add(StageSaved(source));
            changes.Add(new AddLink(source, name, new LinkSlot(0, target, 0)));
        }

        return new TransactionView(view.State.After(changes), view.Saved, new ContractCache());
    }

    private StageDraft StageSaved(LocalId id)
    {
        var saved = view.Saved.FindHolon(id, view.State.Snapshot);
        Invariant.Holds(saved is not null);
        return new StageDraft(DraftHolon.From(saved, HolonPhase.StagedForUpdate));
    }

    /// <summary>What the types say goes without saying in a file: the kinds of values, default values, and keys made by a rule.</summary>
    private static PropertyMap Complete(ImportHolon holon, Contract contract, KeyMaker keys)
    {
        var properties = ContentCompletion.Complete(contract, holon.Properties);
        return holon.Key is null && keys.MakeValid(contract.KeyRule, holon.Id, holon.TypeId, properties) is { } key
            ? properties.With(Names.Key, new StringValue(key))
            : properties;
    }

    private static StageDraft ToChange(
        ImportHolon holon, PropertyMap properties, ImmutableSortedDictionary<string, LinkEdits> links) => new(new DraftHolon
        {
            Id = holon.Id,
            Phase = HolonPhase.StagedForCreate,
            Properties = properties,
            Descriptor = holon.TypeId,
            Links = links,
        });

    private SlotList SlotsOf(string name, Contract contract) => _byName.TryGetValue(name, out var slots)
        ? slots
        : _byName[name] = new SlotList(contract.Declared(name));

    private ImmutableSortedDictionary<string, LinkEdits> ToEdits()
    {
        if (_byName.Count == 0) return DraftHolon.NoLinks;
        var edits = DraftHolon.NoLinks.ToBuilder();
        foreach (var (name, slots) in _byName) edits.Add(name, new LinkEdits(slots.ToSet(), []));
        return edits.ToImmutable();
    }

    /// <summary>
    /// Adds links to a holon outside the load, which is staged for update if nothing is staged of it. They lead to holons
    /// of the load, so none is there already.
    /// </summary>
    private IEnumerable<StateChange> AddTo(LocalId source, IReadOnlyList<TurnedLink> links)
    {
        var draft = view.State.Nursery.Find(source);
        if (draft is null) yield return StageSaved(source);
        foreach (var group in links.GroupBy(link => link.Relationship))
        {
            var name = group.Key.Name;
            var added = draft?.EditsOf(name).Added ?? [];
            var slots = new SlotList(group.Key, added.IsEmpty ? null : added.Max);
            foreach (var link in group) slots.Add(link.Target);
            foreach (var slot in slots.ToSet()) yield return new AddLink(source, name, slot);
        }
    }
}

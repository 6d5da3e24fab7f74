using System.Collections.Immutable;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Views;
using ResolvedLink = (Map.Core.Loading.ImportHolon Source, Map.Core.Loading.ImportLink Link, Map.Core.Identity.LocalId Target);

namespace Map.Core.Loading;

/// <summary>Stages resolved holons. Descriptors come first, since they say how the links of the others are kept.</summary>
internal sealed class ImportStager(TransactionView view, ReportAt report)
{
    private const int CancellationStride = 1_000;

    private readonly Dictionary<string, SlotList> _byName = new(StringComparer.Ordinal);

    public IReadOnlyCollection<StateChange> Stage(List<ImportHolon> holons, List<ResolvedLink> links, CancellationToken cancellation)
    {
        var descriptors = links.Where(link => CoreSchema.ShapesContracts(link.Link.Name)).Select(link => link.Source)
            .Concat(holons.Where(holon => holon.Properties[CoreSchema.TypeName] is not null)).ToHashSet();
        var types = descriptors.Count == 0 ? view : ViewWith(descriptors, links);
        var changes = new List<StateChange>(holons.Count);
        var next = 0;
        foreach (var holon in holons)
        {
            if (next % CancellationStride == 0) cancellation.ThrowIfCancellationRequested();
            var from = next;
            while (next < links.Count && links[next].Source == holon) next++;
            changes.Add(ToChange(holon, Edits(holon, links, from, next, types)));
        }

        Invariant.Holds(next == links.Count);
        return changes;
    }

    /// <summary>
    /// A view in which the descriptors of this load can be read. Their links stand as unordered ones, which is all
    /// the same for working out contracts.
    /// </summary>
    private TransactionView ViewWith(HashSet<ImportHolon> descriptors, List<ResolvedLink> links)
    {
        var edits = descriptors.ToDictionary(holon => holon, _ => new SortedDictionary<string, List<LinkSlot>>(StringComparer.Ordinal));
        foreach (var (source, link, target) in links)
        {
            if (!CoreSchema.ShapesContracts(link.Name)) continue;
            if (!edits[source].TryGetValue(link.Name, out var slots)) edits[source][link.Name] = slots = [];
            slots.Add(new LinkSlot(0, target, 0));
        }

        var changes = edits.Select(pair => ToChange(pair.Key, DraftHolon.NoLinks.AddRange(pair.Value.Select(
            byName => KeyValuePair.Create(byName.Key, new LinkEdits([.. byName.Value], []))))));
        return new TransactionView(view.State.After(changes), view.Saved, new ContractCache());
    }

    private static StageDraft ToChange(ImportHolon holon, ImmutableSortedDictionary<string, LinkEdits> links) => new(new DraftHolon
    {
        Id = holon.Id,
        Phase = HolonPhase.StagedForCreate,
        Properties = holon.Properties,
        Descriptor = holon.TypeId,
        Links = links,
    });

    private ImmutableSortedDictionary<string, LinkEdits> Edits(
        ImportHolon holon, List<ResolvedLink> links, int from, int to, TransactionView types)
    {
        if (from == to) return DraftHolon.NoLinks;
        _byName.Clear();
        var contract = types.ContractOf(holon.TypeId);
        for (var i = from; i < to; i++)
        {
            var link = links[i].Link;
            if (!IsWritable(holon, link, contract, types)) continue;
            if (!_byName.TryGetValue(link.Name, out var slots)) _byName[link.Name] = slots = new SlotList(contract.Declared(link.Name));
            slots.Add(links[i].Target);
        }

        var edits = DraftHolon.NoLinks.ToBuilder();
        foreach (var (name, slots) in _byName) edits.Add(name, new LinkEdits(slots.ToSet(), []));
        return edits.ToImmutable();
    }

    /// <summary>The links of one relationship of one holon, numbered as its type says.</summary>
    private sealed class SlotList(RelationshipFacts facts)
    {
        private readonly ImmutableSortedSet<LinkSlot>.Builder _slots = ImmutableSortedSet.CreateBuilder<LinkSlot>();
        private Dictionary<LocalId, uint>? _occurrences;

        public void Add(LocalId target)
        {
            if (!facts.IsOrdered && !facts.AllowsDuplicates)
            {
                // The most common kind: a set, which the slots are by themselves.
                _slots.Add(new LinkSlot(0, target, 0));
                return;
            }

            _occurrences ??= [];
            var occurrence = _occurrences.GetValueOrDefault(target);
            if (occurrence > 0 && !facts.AllowsDuplicates) return;
            _occurrences[target] = occurrence + 1;
            var order = facts.IsOrdered ? LinkOrders.FirstProvisional + (ulong)_slots.Count * LinkOrders.ProvisionalStep : 0;
            _slots.Add(new LinkSlot(order, target, occurrence));
        }

        public ImmutableSortedSet<LinkSlot> ToSet() => _slots.ToImmutable();
    }

    private bool IsWritable(ImportHolon holon, ImportLink link, Contract contract, TransactionView types)
    {
        if (CoreSchema.IsKeptBySystem(link.Name))
        {
            report(HolonErrorCode.RelationshipNotWritable, holon.File, link.NameOffset, $"The system keeps \"{link.Name}\"; leave it out (a holon's type is its \"type\").", link.Name);
            return false;
        }

        if (!contract.Declares(link.Name) && types.IsInverseName(ToSnapshot(holon), link.Name))
        {
            report(HolonErrorCode.InverseNotWritable, holon.File, link.NameOffset, $"\"{link.Name}\" is the inverse of a declared relationship. Give it from the other side.", link.Name);
            return false;
        }

        return true;
    }

    private HolonSnapshot ToSnapshot(ImportHolon holon) => new(
        new References.StagedReference(view.State.Transaction, holon.Id),
        HolonPhase.StagedForCreate,
        0,
        holon.TypeId,
        holon.Properties);
}

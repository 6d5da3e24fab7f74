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

    public TransactionState Stage(List<ImportHolon> holons, List<ResolvedLink> links, CancellationToken cancellation)
    {
        var descriptors = links.Where(link => CoreSchema.ShapesContracts(link.Link.Name)).Select(link => link.Source)
            .Concat(holons.Where(holon => holon.Properties[CoreSchema.TypeName] is not null)).ToHashSet();
        var types = descriptors.Count == 0 ? view : ViewWith(descriptors, links);
        var nursery = view.State.Nursery.ToBuilder();
        var next = 0;
        foreach (var holon in holons)
        {
            if (next % CancellationStride == 0) cancellation.ThrowIfCancellationRequested();
            var from = next;
            while (next < links.Count && links[next].Source == holon) next++;
            nursery.Put(ToDraft(holon) with { Links = Edits(holon, links, from, next, types) });
        }

        Invariant.Holds(next == links.Count);
        return view.State with
        {
            Nursery = nursery.ToPool(),
            StagedContracts = descriptors.Count == 0 ? view.State.StagedContracts : new ContractCache(),
        };
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

        var nursery = view.State.Nursery.ToBuilder();
        foreach (var (holon, byName) in edits)
        {
            var draftLinks = DraftHolon.NoLinks.AddRange(byName.Select(pair => KeyValuePair.Create(
                pair.Key, new LinkEdits([.. pair.Value], []))));
            nursery.Put(ToDraft(holon) with { Links = draftLinks });
        }

        var state = view.State with { Nursery = nursery.ToPool(), StagedContracts = new ContractCache() };
        return new TransactionView(state, view.Saved, new ContractCache());
    }

    private static DraftHolon ToDraft(ImportHolon holon) => new()
    {
        Id = holon.Id,
        Phase = HolonPhase.StagedForCreate,
        Properties = holon.Properties,
        Descriptor = holon.TypeId,
    };

    private ImmutableSortedDictionary<string, LinkEdits> Edits(
        ImportHolon holon, List<ResolvedLink> links, int from, int to, TransactionView types)
    {
        if (from == to) return DraftHolon.NoLinks;
        var byName = new Dictionary<string, SlotList>(StringComparer.Ordinal);
        for (var i = from; i < to; i++)
        {
            var link = links[i].Link;
            if (!IsWritable(holon, link, types)) continue;
            if (!byName.TryGetValue(link.Name, out var slots))
                byName[link.Name] = slots = new SlotList(types.ContractOf(holon.TypeId).Declared(link.Name));
            slots.Add(links[i].Target);
        }

        return DraftHolon.NoLinks.AddRange(
            byName.Select(pair => KeyValuePair.Create(pair.Key, new LinkEdits(pair.Value.ToSet(), []))));
    }

    /// <summary>The links of one relationship of one holon, numbered as its type says.</summary>
    private sealed class SlotList(RelationshipFacts facts)
    {
        private readonly ImmutableSortedSet<LinkSlot>.Builder _slots = ImmutableSortedSet.CreateBuilder<LinkSlot>();
        private readonly Dictionary<LocalId, uint> _occurrences = [];

        public void Add(LocalId target)
        {
            var occurrence = _occurrences.GetValueOrDefault(target);
            if (occurrence > 0 && !facts.AllowsDuplicates) return;
            _occurrences[target] = occurrence + 1;
            var order = facts.IsOrdered ? LinkOrders.FirstProvisional + (ulong)_slots.Count * LinkOrders.ProvisionalStep : 0;
            _slots.Add(new LinkSlot(order, target, occurrence));
        }

        public ImmutableSortedSet<LinkSlot> ToSet() => _slots.ToImmutable();
    }

    private bool IsWritable(ImportHolon holon, ImportLink link, TransactionView types)
    {
        if (CoreSchema.IsKeptBySystem(link.Name))
        {
            report(HolonErrorCode.RelationshipNotWritable, holon.File, link.NameOffset, $"The system keeps \"{link.Name}\"; leave it out (a holon's type is its \"type\").", link.Name);
            return false;
        }

        if (!types.ContractOf(holon.TypeId).Declares(link.Name) && types.IsInverseName(ToSnapshot(holon), link.Name))
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

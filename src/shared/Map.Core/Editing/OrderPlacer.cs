using Map.Core.Errors;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Views;

namespace Map.Core.Editing;

/// <summary>
/// Finds the order number for a new member of an ordered relationship. Links made by the bare name before a type
/// declared the relationship have no order; they stand behind and are passed over.
/// </summary>
internal sealed class OrderPlacer(TransactionView view, HolonSnapshot source, RelationshipFacts facts)
{
    /// <summary>Members that are moved apart get at least this distance, for some ten further insertions.</summary>
    private const ulong MinGap = 1 << 10;

    /// <summary>The members between which a position lies; null at an end.</summary>
    /// <exception cref="HolonException">The member named is none.</exception>
    public (LinkSlot? Previous, LinkSlot? Next) Neighbours(MemberPosition position)
    {
        switch (position.Place)
        {
            case MemberPlace.First:
                return (null, After(null).FirstOrNull());
            case MemberPlace.After:
                return Behind(Find(position.Member!));
            case MemberPlace.Before:
                return Before(Find(position.Member!));
            default:
                // Only added members matter: behind the saved ones the numbers are provisional.
                var added = source.Draft!.EditsOf(facts.Name).Added;
                return (added.IsEmpty ? null : added.Max, null);
        }
    }

    /// <summary>A member and the one behind it.</summary>
    public (LinkSlot? Previous, LinkSlot? Next) Behind(LinkSlot member) => (member, After(member).FirstOrNull());

    /// <summary>A number between two members; null when there is none left.</summary>
    /// <param name="previous">The member before.</param>
    /// <param name="next">The member behind.</param>
    /// <param name="count">How many members are to stand between the two, of which this is the first: they share the room.</param>
    public static ulong? Between(LinkSlot? previous, LinkSlot? next, int count)
    {
        if (next is not { } after) return previous is { } last ? Further(last.Order) : LinkOrders.FirstProvisional;
        var isAtStart = previous is null || LinkOrders.IsProvisional(after.Order) != LinkOrders.IsProvisional(previous.Value.Order);
        if (!isAtStart) return First(previous!.Value.Order, after.Order, count);
        var step = LinkOrders.IsProvisional(after.Order) ? LinkOrders.ProvisionalStep : LinkOrders.SavedStep;
        var least = LinkOrders.IsProvisional(after.Order) ? LinkOrders.ProvisionalStart : 1;
        return after.Order >= least + step ? after.Order - step : null;
    }

    /// <summary>Where the members behind one are to move so that there is room before them.</summary>
    public IReadOnlyList<(LinkSlot From, LinkSlot To)> Spread(LinkSlot previous)
    {
        var run = new List<LinkSlot>();
        var end = default(ulong?);
        foreach (var slot in After(previous))
        {
            // Numbers of the other kind are no end: there is room before them.
            if (LinkOrders.IsProvisional(slot.Order) != LinkOrders.IsProvisional(previous.Order)) break;
            if ((slot.Order - previous.Order) / ((ulong)run.Count + 2) >= MinGap)
            {
                end = slot.Order;
                break;
            }

            run.Add(slot);
        }

        var step = LinkOrders.IsProvisional(previous.Order) ? LinkOrders.ProvisionalStep : LinkOrders.SavedStep;
        var gap = end is null ? step : (end.Value - previous.Order) / ((ulong)run.Count + 2);
        return [.. run.Select((slot, i) => (slot, slot with { Order = previous.Order + gap * ((ulong)i + 2) }))];
    }

    private static ulong? Further(ulong order) => !LinkOrders.IsProvisional(order)
        ? LinkOrders.FirstProvisional
        : order <= ulong.MaxValue - LinkOrders.ProvisionalStep ? order + LinkOrders.ProvisionalStep : null;

    private static ulong? First(ulong previous, ulong next, int count)
    {
        Invariant.Holds(previous < next && count > 0);
        var order = previous + Math.Max(1, (next - previous) / ((ulong)count + 1));
        return order < next ? order : null;
    }

    /// <summary>Members are read from the front only, so this costs as much as there are members before it.</summary>
    private (LinkSlot? Previous, LinkSlot? Next) Before(LinkSlot member)
    {
        var previous = default(LinkSlot?);
        foreach (var slot in After(null))
        {
            if (slot == member) break;
            previous = slot;
        }

        return (previous, member);
    }

    private IEnumerable<LinkSlot> After(LinkSlot? slot) =>
        view.MembersOf(source, facts.Name, slot is { } at ? new RelatedPosition(facts.Id, at) : null)
            .TakeWhile(position => position.Relationship == facts.Id).Select(position => position.Slot);

    private LinkSlot Find(HolonReference member)
    {
        view.Resolve(member);
        foreach (var position in view.MembersTo(source, facts.Name, member.Id))
            if (position.Relationship == facts.Id) return position.Slot;
        throw new HolonException(
            HolonErrorCode.MemberNotFound,
            $"{view.Display(member.Id)} is not a member of \"{facts.Name}\" with a position.",
            source.Reference,
            "position");
    }
}

using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Views;

namespace Map.Core.Editing;

/// <summary>Finds the order number for a new member of an ordered relationship.</summary>
internal sealed class OrderPlacer(TransactionView view, HolonSnapshot source, string name)
{
    private LinkEdits Edits => source.Draft!.EditsOf(name);

    /// <summary>The number that stands at a position now.</summary>
    /// <exception cref="HolonException">The member named is none, or there is no number left between two members.</exception>
    public ulong OrderAt(MemberPosition position) => position.Place switch
    {
        MemberPlace.First => Between(null, view.MembersOf(source, name, null).FirstOrNull()?.Slot.Order),
        MemberPlace.Before => Before(MemberSlot(position.Member!)),
        MemberPlace.After => After(MemberSlot(position.Member!)),
        _ => Last(),
    };

    /// <summary>The number behind all members.</summary>
    public ulong Last()
    {
        var added = Edits.Added;
        return added.IsEmpty || !LinkOrders.IsProvisional(added.Max.Order)
            ? LinkOrders.FirstProvisional
            : Checked(added.Max.Order, LinkOrders.ProvisionalStep);
    }

    private ulong After(RelatedPosition member)
    {
        var next = view.MembersOf(source, name, member).FirstOrNull();
        return next is null ? Last() : Between(member.Slot.Order, next.Value.Slot.Order);
    }

    /// <summary>Members are read from the front only, so this costs as much as there are members before it.</summary>
    private ulong Before(RelatedPosition member)
    {
        var previous = default(ulong?);
        foreach (var position in view.MembersOf(source, name, null))
        {
            if (position == member) break;
            previous = position.Slot.Order;
        }

        return Between(previous, member.Slot.Order);
    }

    private ulong Between(ulong? before, ulong? after)
    {
        if (after is not { } next) return Last();
        // Before the first of its kind: a step down; two added members: between them; likewise two saved ones.
        if (LinkOrders.IsProvisional(next) && (before is null || !LinkOrders.IsProvisional(before.Value)))
            return next - LinkOrders.ProvisionalStep >= LinkOrders.ProvisionalStart ? next - LinkOrders.ProvisionalStep : throw NoRoom();
        if (before is not { } previous) return next > LinkOrders.SavedStep ? next - LinkOrders.SavedStep : throw NoRoom();
        var middle = previous + (next - previous) / 2;
        return middle > previous ? middle : throw NoRoom();
    }

    private RelatedPosition MemberSlot(HolonReference member)
    {
        view.Resolve(member);
        var positions = view.MembersTo(source, name, member.Id);
        if (positions.Count > 0) return positions[0];
        throw new HolonException(
            HolonErrorCode.MemberNotFound, $"{view.Display(member.Id)} is not a member of \"{name}\".", source.Reference, "position");
    }

    private ulong Checked(ulong order, ulong step) => order <= ulong.MaxValue - step ? order + step : throw NoRoom();

    private HolonException NoRoom() => new(
        HolonErrorCode.TooLarge,
        $"There is no room left at this place of \"{name}\". Remove the members around it and add them again in order.",
        source.Reference,
        "position");
}

using Map.Core.Errors;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Views;

namespace Map.Guests.Abi;

/// <summary>Names that a guest goes through.</summary>
/// <param name="names">The names.</param>
internal sealed class NameCursor(IReadOnlyList<string> names)
{
    private int _next;

    /// <summary>The name that comes next; null at the end.</summary>
    public string? Current => _next < names.Count ? names[_next] : null;

    /// <summary>Goes on to the name after.</summary>
    public void Advance() => _next++;
}

/// <summary>
/// Holons that a guest goes through, read page by page as the transaction sees them then: what the dance changes meanwhile
/// shows from the next page on.
/// </summary>
internal abstract class HolonCursor
{
    /// <summary>Holons of a page.</summary>
    public const int PageSize = 64;

    private HolonReference[] _page = [];
    private int _next;
    private bool _isLast;

    /// <summary>The holon that comes next; null at the end.</summary>
    public HolonReference? Next(GuestCall call)
    {
        if (_next == _page.Length)
        {
            if (_isLast) return null;
            var (members, isLast) = Read(call.View);
            // Charged when read: a guest that takes only the first has had the others read all the same.
            call.Charge(Fuel.Row * members.Count);
            (_page, _next, _isLast) = ([.. members.Select(member => member.Reference)], 0, isLast);
        }

        return _next < _page.Length ? _page[_next++] : null;
    }

    /// <summary>Reads the page that comes next.</summary>
    protected abstract (IReadOnlyList<HolonMember> Members, bool IsLast) Read(TransactionView view);
}

/// <summary>The members of a relationship.</summary>
/// <param name="holon">The holon.</param>
/// <param name="name">The canonical name.</param>
internal sealed class RelatedCursor(HolonReference holon, string name) : HolonCursor
{
    private RelatedPosition? _after;
    private TransactionState? _state;
    private string _order = "";

    protected override (IReadOnlyList<HolonMember> Members, bool IsLast) Read(TransactionView view)
    {
        RequireOrder(view);
        var page = view.Related(holon, name, _after, PageSize);
        _after = page.Next;
        return (page.Members, page.Next is null);
    }

    /// <summary>A position means nothing any more where the name means another relationship, or members were numbered anew.</summary>
    private void RequireOrder(TransactionView view)
    {
        if (ReferenceEquals(_state, view.State)) return;
        var order = view.RelatedOrder(holon, name);
        if (_state is not null && order != _order)
        {
            throw new HolonException(
                HolonErrorCode.CollectionReordered, "The members were put in another order since the cursor began. Begin anew.", holon, name);
        }

        (_state, _order) = (view.State, order);
    }
}

/// <summary>The holons of a type.</summary>
/// <param name="filter">Which ones.</param>
internal sealed class ListCursor(ListFilter filter) : HolonCursor
{
    private ListPosition? _after;

    protected override (IReadOnlyList<HolonMember> Members, bool IsLast) Read(TransactionView view)
    {
        var page = view.List(filter, _after, PageSize);
        _after = page.Next;
        return (page.Members, page.Next is null);
    }
}

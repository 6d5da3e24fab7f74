using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>One row of a collection of the model.</summary>
/// <param name="Place">Where it stands: of rows with the same numbers of parts, the smaller stand first; empty where a list says it.</param>
/// <param name="Serial">The link, where a list says the order.</param>
/// <param name="Member">What the page tells.</param>
internal sealed record ModelRow(IReadOnlyList<IComparable> Place, int Serial, HolonMember Member)
{
    public bool IsAfter(ModelRow other)
    {
        for (var i = 0; i < Place.Count; i++)
            if (Place[i].CompareTo(other.Place[i]) is var order && order != 0) return order > 0;
        return false;
    }
}

/// <summary>A page that was given out.</summary>
/// <param name="Asked">What it is a page of.</param>
/// <param name="Snapshot">The commit that the transaction read as of.</param>
/// <param name="Start">The run of the daemon.</param>
/// <param name="Order">What the order hangs on.</param>
/// <param name="Last">Its last row.</param>
internal sealed record ModelPage(QueryCommand Asked, ulong Snapshot, int Start, string Order, ModelRow Last);

/// <summary>Cuts pages out of collections.</summary>
internal sealed class ModelPages(ModelTransaction transaction, ModelState state, int newToken)
{
    private const int MaxSize = 1_000;
    private const int DefaultSize = 100;

    /// <summary>The page after the one that the query names.</summary>
    public CommandResponse Cut(QueryCommand query, Func<IEnumerable<ModelRow>> collection, Func<string>? orderOf = null)
    {
        var asked = query.Clone();
        var request = SetPage(asked, null) ?? new PageRequest();
        var size = request.Size == 0 ? DefaultSize : (int)request.Size;
        if (size > MaxSize) throw new ModelRefusal(ErrorCode.TooLarge);
        var order = orderOf?.Invoke() ?? "";
        var page = request.Token.IsEmpty ? null : Find(Symbols.Read(request.Token), asked, order);
        var rows = collection().ToList();
        if (page is not null) rows = Rest(rows, page);
        var answer = new HolonPage { Members = { rows.Take(size).Select(row => row.Member) } };
        if (rows.Count > size)
        {
            transaction.Pages[newToken] = new ModelPage(asked, state.Snapshot.Number, transaction.Space.Starts, order, rows[size - 1]);
            answer.NextToken = Symbols.ToBytes(newToken);
        }

        return new CommandResponse { Page = answer };
    }

    /// <summary>Gives a query another page.</summary>
    /// <returns>The one it had.</returns>
    public static PageRequest? SetPage(QueryCommand query, PageRequest? page)
    {
        switch (query.CommandCase)
        {
            case QueryCommand.CommandOneofCase.RelatedHolons:
                (page, query.RelatedHolons.Page) = (query.RelatedHolons.Page, page);
                return page;
            case QueryCommand.CommandOneofCase.GetAll:
                (page, query.GetAll.Page) = (query.GetAll.Page, page);
                return page;
            case QueryCommand.CommandOneofCase.StagedByBaseKey:
                (page, query.StagedByBaseKey.Page) = (query.StagedByBaseKey.Page, page);
                return page;
            case QueryCommand.CommandOneofCase.TransientByBaseKey:
                (page, query.TransientByBaseKey.Page) = (query.TransientByBaseKey.Page, page);
                return page;
            default:
                (page, query.History.Page) = (query.History.Page, page);
                return page;
        }
    }

    private ModelPage Find(int token, QueryCommand asked, string order)
    {
        var page = transaction.Pages.GetValueOrDefault(token);
        if (page is null || page.Start != transaction.Space.Starts || !page.Asked.Equals(asked)) throw new ModelRefusal(ErrorCode.InvalidPageToken);
        if (page.Snapshot != state.Snapshot.Number) throw new ModelRefusal(ErrorCode.OutdatedPageToken);
        return page.Order == order ? page : throw new ModelRefusal(ErrorCode.CollectionReordered);
    }

    private static List<ModelRow> Rest(List<ModelRow> rows, ModelPage page)
    {
        if (page.Last.Place.Count > 0) return [.. rows.Where(row => row.IsAfter(page.Last))];
        var last = rows.FindIndex(row => row.Serial == page.Last.Serial);
        // Where a member stood that is gone, only its number tells.
        return last < 0 ? throw new BeyondModel() : rows[(last + 1)..];
    }
}

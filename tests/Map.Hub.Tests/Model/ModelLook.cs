using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>The queries that tell all of a transaction.</summary>
internal static class ModelLook
{
    private const uint PageSize = 1_000;

    public static IEnumerable<QueryCommand> Queries(ModelTransaction transaction)
    {
        var state = transaction.State;
        yield return new QueryCommand { EditStatus = new EditStatusQuery() };
        yield return new QueryCommand { StagedCount = new StagedCountQuery() };
        yield return new QueryCommand { TransientCount = new TransientCountQuery() };
        yield return new QueryCommand { GetAll = new GetAllQuery { Page = new PageRequest { Size = PageSize } } };
        yield return new QueryCommand { GetAll = new GetAllQuery { KeyPrefix = "", Page = new PageRequest { Size = PageSize } } };
        var types = transaction.Space.Types.Values.ToHashSet();
        foreach (var holon in state.View().Where(holon => !types.Contains(holon.Id)))
        {
            foreach (var query in Of(transaction.ReferenceTo(state, holon.Id), holon.Phase != HolonPhase.Saved)) yield return query;
            if (holon.Key is { } key) yield return new QueryCommand { GetByKey = new GetByKeyQuery { Key = key } };
        }

        foreach (var transient in state.Transient.Keys)
            foreach (var query in Of(Symbols.Transient(transaction.Id, transient), isDraft: true)) yield return query;
        foreach (var hidden in state.Staged.Values.Where(draft => !draft.IsLive))
            foreach (var query in Of(Symbols.Staged(transaction.Id, hidden.Id), isDraft: true)) yield return query;
    }

    private static IEnumerable<QueryCommand> Of(HolonReference holon, bool isDraft)
    {
        yield return new QueryCommand { EssentialContent = new EssentialContentQuery { Holon = holon } };
        if (isDraft) yield return new QueryCommand { Predecessor = new PredecessorQuery { Holon = holon } };
        foreach (var name in TestSchema.RelationshipNames)
        {
            var page = new PageRequest { Size = PageSize };
            yield return new QueryCommand { RelatedHolons = new RelatedHolonsQuery { Holon = holon, Name = name, Page = page } };
        }
    }
}

using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>The queries that tell all of a transaction.</summary>
internal static class ModelLook
{
    private const uint PageSize = 1_000;
    private const uint MembersEach = 100;

    public static IEnumerable<QueryCommand> Queries(ModelTransaction transaction, int part)
    {
        var state = transaction.State;
        yield return new QueryCommand { EditStatus = new EditStatusQuery() };
        yield return new QueryCommand { StagedCount = new StagedCountQuery() };
        yield return new QueryCommand { TransientCount = new TransientCountQuery() };
        yield return new QueryCommand { GetAll = new GetAllQuery { Page = new PageRequest { Size = PageSize } } };
        yield return new QueryCommand { GetAll = new GetAllQuery { KeyPrefix = "", Page = new PageRequest { Size = PageSize } } };
        var types = transaction.Space.Types.Values.ToHashSet();
        foreach (var holon in state.View().Where(holon => !types.Contains(holon.Id)).Where(IsOfPart))
        {
            foreach (var query in Of(holon, transaction.ReferenceTo(state, holon.Id))) yield return query;
            if (holon.Key is { } key) yield return new QueryCommand { GetByKey = new GetByKeyQuery { Key = key } };
        }

        foreach (var transient in state.Transient.Values.Where(IsOfPart))
            foreach (var query in Of(transient, Symbols.Transient(transaction.Id, transient.Id))) yield return query;
        foreach (var hidden in state.Staged.Values.Where(draft => !draft.IsLive).Where(IsOfPart))
            foreach (var query in Of(hidden, Symbols.Staged(transaction.Id, hidden.Id))) yield return query;

        bool IsOfPart(ModelHolon holon) => holon.Id % LookStep.Parts == part;
    }

    private static IEnumerable<QueryCommand> Of(ModelHolon holon, HolonReference reference)
    {
        yield return new QueryCommand { EssentialContent = new EssentialContentQuery { Holon = reference } };
        if (holon.Phase != HolonPhase.Saved) yield return new QueryCommand { Predecessor = new PredecessorQuery { Holon = reference } };
        yield return new QueryCommand { AllRelatedHolons = new AllRelatedHolonsQuery { Holon = reference, MembersEach = MembersEach } };
    }
}

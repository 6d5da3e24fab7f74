using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Views;

namespace Map.Core.Loading;

/// <summary>
/// Turns links round that files give from the side of their target, by an inverse name: each becomes a link of the
/// holon that the file names, under the relationship that the type of that holon declares.
/// </summary>
/// <param name="types">Where all types can be read, those of the load among them.</param>
/// <param name="loaded">The holons of the load, by id.</param>
/// <param name="report">Takes what is wrong.</param>
internal sealed class InverseLinks(TransactionView types, Dictionary<LocalId, ImportHolon> loaded, ReportAt report)
{
    private readonly Dictionary<LocalId, List<TurnedLink>> _bySource = [];
    private readonly Dictionary<LocalId, Contract> _otherSources = [];

    /// <summary>All links turned round, by the holon that has them now.</summary>
    public IReadOnlyDictionary<LocalId, List<TurnedLink>> BySource => _bySource;

    /// <summary>Those of one holon, in the order in which they stand in the files.</summary>
    public IReadOnlyList<TurnedLink> From(LocalId source) =>
        _bySource.TryGetValue(source, out var links) ? links : [];

    /// <summary>Turns a link round if its name is an inverse one.</summary>
    /// <returns>Whether it is; also when there was something wrong with it, which was reported.</returns>
    public bool Turn(ResolvedLink link)
    {
        if (types.ContractOf(link.Holon.TypeId).Declares(link.Name)) return false;
        var candidates = types.InverseFacts(ToSnapshot(link.Holon), link.Name);
        if (candidates.Count == 0) return false;
        if (ContractOf(link.Other) is not { } contract) return true;
        var fitting = candidates.FindAll(facts => contract.Declared(facts.Name).Id == facts.Id);
        if (fitting.Count == 1) Add(link.Other, new TurnedLink(fitting[0], link.Holon.Id));
        else if (fitting.Count == 0) ReportNone(link, candidates);
        else ReportSeveral(link, fitting);
        return true;
    }

    private void Add(LocalId source, TurnedLink link)
    {
        if (!_bySource.TryGetValue(source, out var links)) _bySource[source] = links = [];
        links.Add(link);
    }

    /// <summary>The contract of a holon of the load or the view; null for one of the load whose type was not found.</summary>
    private Contract? ContractOf(LocalId id)
    {
        if (loaded.TryGetValue(id, out var holon)) return holon.TypeId is { } type ? types.ContractOf(type) : null;
        if (_otherSources.TryGetValue(id, out var contract)) return contract;
        return _otherSources[id] = types.ContractOf(types.Resolve(types.ReferenceTo(id)));
    }

    private void ReportNone(ResolvedLink link, List<RelationshipFacts> candidates) => report(
        HolonErrorCode.ImportInverseMismatch,
        link.Holon,
        link.Authored.Target.Offset,
        $"\"{link.Name}\" is the inverse of {Words(candidates)}, which the type of {Display(link.Other)} does not declare for holons of this type. "
            + "Name a holon whose type does.",
        link.Name);

    private void ReportSeveral(ResolvedLink link, List<RelationshipFacts> fitting) => report(
        HolonErrorCode.ImportInverseAmbiguous,
        link.Holon,
        link.Authored.Target.Offset,
        $"\"{link.Name}\" is the inverse of {Words(fitting)} of {Display(link.Other)}. Give the link there, under the name that is meant.",
        link.Name);

    private static string Words(List<RelationshipFacts> relationships) =>
        string.Join(" and of ", relationships.Select(facts => $"\"{facts.Name}\"").Distinct().Order(StringComparer.Ordinal));

    private string Display(LocalId id) => !loaded.TryGetValue(id, out var holon) ? types.Display(id)
        : holon.Key is { } key ? $"\"{key}\"" : "the holon given there";

    private HolonSnapshot ToSnapshot(ImportHolon holon) => new(
        new StagedReference(types.State.Transaction, holon.Id), HolonPhase.StagedForCreate, 0, holon.TypeId, holon.Properties);
}

/// <summary>A link turned round.</summary>
/// <param name="Relationship">The declared relationship.</param>
/// <param name="Target">The holon for which the file gave it.</param>
internal readonly record struct TurnedLink(RelationshipFacts Relationship, LocalId Target);

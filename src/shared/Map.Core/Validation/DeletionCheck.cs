using Map.Core.Identity;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Views;

namespace Map.Core.Validation;

/// <summary>Judges deletions on the staged end state: what blocks them, from either end.</summary>
internal sealed class DeletionCheck(Judgement judgement)
{
    private TransactionView View => judgement.View;

    /// <summary>Judges one holon staged for delete.</summary>
    public void Run(DraftHolon draft)
    {
        CheckInstances(draft);
        foreach (var rule in View.ContractOf(draft.Descriptor).Relationships.Values)
        {
            if (rule.OnDelete != DeletionSemantic.Block || CoreSchema.IsKeptBySystem(rule.Name)) continue;
            Blocked(draft.Id, rule.Name, View.Members(draft.Id, rule.Name));
        }

        foreach (var rule in judgement.IncomingRules(draft.Id, draft.Descriptor))
        {
            if (rule.Inverse!.OnDelete != DeletionSemantic.Block || CoreSchema.IsKeptBySystem(rule.Name)) continue;
            Blocked(draft.Id, rule.Inverse.Name, View.Sources(draft.Id, rule.Facts));
        }
    }

    /// <summary>Every holon has a type, so a type goes only with or after its instances.</summary>
    private void CheckInstances(DraftHolon draft)
    {
        var instances = View.List(new ListFilter { Type = draft.Id }, null, 1).Members;
        if (instances.Count == 0) return;
        judgement.Violation(
            TypeRule.TypeWithoutInstances, draft.Id, CoreSchema.Instances,
            $"{Display(draft.Id)} describes other holons, {Display(instances[0].Reference.Id)} among them. "
            + "Delete those, or give them another type, first.");
    }

    private void Blocked(LocalId holon, string name, IEnumerable<LocalId> related)
    {
        const int told = 3;
        var first = related.Take(told + 1).ToList();
        if (first.Count == 0) return;
        var more = first.Count > told ? " and others" : "";
        judgement.Violation(
            TypeRule.DeletionAllowed, holon, name,
            $"{Display(holon)} cannot be deleted as long as it is related to {string.Join(", ", first.Take(told).Select(Display))}{more} under \"{name}\". "
            + (first.Count == 1 ? "Remove that link, or delete that holon too." : "Remove those links, or delete those holons too."));
    }

    private string Display(LocalId holon) => judgement.Display(holon);
}

using Map.Core.Identity;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Values;

namespace Map.Core.Validation;

/// <summary>Judges staged types: that they extend one another without a circle, and do not contradict themselves.</summary>
internal sealed class TypeCheck(Judgement judgement)
{
    private readonly ContractReader _contracts = new(judgement.Descriptors);
    private readonly ValueTypeReader _values = new(judgement.Descriptors, new Lineages(judgement.Descriptors));

    /// <summary>Judges one staged type, or what is part of one.</summary>
    public void Run(DraftHolon draft)
    {
        if (draft.Links.ContainsKey(CoreSchema.Extends)) CheckLineage(draft.Id);
        CheckBounds(draft);
        CheckDefault(draft);
        CheckValues(draft);
        CheckTemplate(draft);
    }

    private void CheckLineage(LocalId type)
    {
        var seen = new List<LocalId> { type };
        while (true)
        {
            var extended = judgement.Descriptors.Targets(seen[^1], CoreSchema.Extends).Distinct().Take(2).ToList();
            if (seen.Count == 1 && extended.Count > 1)
            {
                judgement.Violation(
                    TypeRule.ExtendsOne, type, CoreSchema.Extends,
                    $"{Display(type)} extends {Display(extended[0])} and {Display(extended[1])}; a type extends one at most.");
            }

            if (extended.Count == 0) return;
            if (seen.Contains(extended[0]) || seen.Count == Lineages.MaxLength)
            {
                // Of a circle each staged member tells it; a type that only leads into one does not.
                if (extended[0] == type || seen.Count == Lineages.MaxLength) Endless(type, [.. seen, extended[0]]);
                return;
            }

            seen.Add(extended[0]);
        }
    }

    private void Endless(LocalId type, List<LocalId> path)
    {
        const int told = 8;
        var text = string.Join(" extends ", path.Take(told).Select(Display)) + (path.Count > told ? " and so on" : "");
        judgement.Violation(
            TypeRule.ExtendsEnds, type, CoreSchema.Extends,
            path[^1] == type
                ? $"{text}, which leads back to where it began. Remove one of these links."
                : $"{text}, more than {Lineages.MaxLength} types one after the other. Make the lineage shorter.");
    }

    private void CheckBounds(DraftHolon draft)
    {
        var min = draft.Properties[CoreSchema.MinCardinality] as IntegerValue;
        var max = draft.Properties[CoreSchema.MaxCardinality] as IntegerValue;
        if (min?.Value < 0 || max?.Value < 0 || max?.Value < min?.Value)
            Contradicts(draft.Id, CoreSchema.MaxCardinality, $"it has at least {min?.Value ?? 0} and at most {max?.Value} members");
    }

    private void CheckDefault(DraftHolon draft)
    {
        if (draft.Properties[CoreSchema.DefaultValue] is null || _contracts.Property(draft.Id) is not { Default: { } preset } rule) return;
        if (ValueCheck.Find(preset, rule.Values) is { } fault)
            Contradicts(draft.Id, CoreSchema.DefaultValue, $"its default is {ValueText.Show(preset)}, but {fault.Demand}");
    }

    private void CheckValues(DraftHolon draft)
    {
        if (!draft.Links.ContainsKey(CoreSchema.Constraints)) return;
        var rule = _values.Read(draft.Id);
        if (rule.MinLength > rule.MaxLength)
            Contradicts(draft.Id, CoreSchema.Constraints, $"its values are at least {rule.MinLength} and at most {rule.MaxLength} long");
        if (rule is not { Min: { } min, Max: { } max }) return;
        var order = NumberOrder.Compare(min.Value, max.Value);
        if (order > 0 || (order == 0 && !(min.IsInclusive && max.IsInclusive)))
            Contradicts(draft.Id, CoreSchema.Constraints, $"no number is from {min} to {max}");
    }

    private void CheckTemplate(DraftHolon draft)
    {
        if (draft.Properties[CoreSchema.TemplateString] is not StringValue template) return;
        var count = judgement.Descriptors.Targets(draft.Id, CoreSchema.TemplateParameters).Count();
        if (KeyTemplate.Fill(template.Value, [.. Enumerable.Repeat("x", count)]) is null)
            Contradicts(draft.Id, CoreSchema.TemplateString, $"its template {ValueText.Show(template)} has a place that no parameter fills, or a brace alone");
    }

    private void Contradicts(LocalId type, string member, string how) =>
        judgement.Violation(TypeRule.TypeConsistent, type, member, $"{Display(type)} contradicts itself: {how}.");

    private string Display(LocalId holon) => judgement.Display(holon);
}

using Map.Core.Identity;
using Map.Core.Types;
using Map.Core.Values;

namespace Map.Core.Validation;

/// <summary>Judges what a holon holds by itself: its type, its properties and its key.</summary>
internal sealed class ContentCheck(Judgement judgement)
{
    private readonly KeyMaker _keys = new(judgement.Descriptors);

    /// <summary>Judges one holon.</summary>
    public void Run(LocalId holon, LocalId? type, PropertyMap properties, Contract contract)
    {
        if (type is { } known) CheckType(holon, known, contract);
        foreach (var (name, value) in properties.AsSpan()) CheckProperty(holon, type, contract, name, value);
        foreach (var rule in contract.Expected)
            if (rule.IsRequired && properties[rule.Name] is null) Missing(holon, type, rule);
        CheckKey(holon, type, properties, contract.KeyRule);
    }

    private void CheckType(LocalId holon, LocalId type, Contract contract)
    {
        if (contract.Lineage.Count == 0)
        {
            judgement.Violation(
                TypeRule.TypeIsType, holon, CoreSchema.DescribedBy,
                $"{Display(holon)} is described by {Display(type)}, which is no type: it has no \"TypeName\". Choose a type with WithDescriptor.");
        }
        else if (contract.IsAbstract)
        {
            judgement.Violation(
                TypeRule.TypeIsConcrete, holon, CoreSchema.DescribedBy,
                $"{Display(holon)} is described by {judgement.NameOf(type)}, which is abstract. Choose a type that extends it.");
        }
    }

    private void CheckProperty(LocalId holon, LocalId? type, Contract contract, string name, BaseValue value)
    {
        if (contract.Properties.TryGetValue(name, out var rule))
        {
            if (ValueCheck.Find(value, rule.Values) is { } fault) Faulty(holon, name, value, fault);
        }
        else if (!contract.AllowsMoreProperties && !string.Equals(name, Names.Key, StringComparison.Ordinal))
        {
            judgement.Violation(
                TypeRule.PropertyKnown, holon, name,
                $"{Display(holon)} has a value for \"{name}\", which {judgement.NameOf(type)} does not know. Remove it, or declare the property.");
        }
    }

    private void Faulty(LocalId holon, string name, BaseValue value, ValueFault fault) => judgement.Violation(
        fault.Rule, holon, name, $"\"{name}\" of {Display(holon)} is {ValueText.Show(value)}; {fault.Demand}.");

    private void Missing(LocalId holon, LocalId? type, PropertyRule rule) => judgement.Violation(
        TypeRule.PropertyRequired, holon, rule.Name,
        $"{Display(holon)} has no value for \"{rule.Name}\", which {judgement.NameOf(type)} requires. Give it one.");

    private void CheckKey(LocalId holon, LocalId? type, PropertyMap properties, KeyRule rule)
    {
        if (rule.Kind == KeyRuleKind.None || (properties[Names.Key] as StringValue)?.Value is not { } key) return;
        var made = _keys.Make(rule, holon, type, properties);
        if (made is null || made == key) return;
        judgement.Violation(
            TypeRule.KeyFollowsRule, holon, Names.Key,
            $"The key of {Display(holon)} does not follow the rule of {judgement.NameOf(type)}, by which it is \"{made}\". Set that, or leave the key to the rule.");
    }

    private string Display(LocalId holon) => judgement.Display(holon);
}

using Map.Core.Identity;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Core.Validation;

/// <summary>
/// Completes what holons have by what their types say: default values where there is none, values as the kind that their
/// type names, and the keys that key rules make. Nothing that somebody gave is replaced by another thing.
/// </summary>
internal static class ContentCompletion
{
    /// <summary>What completes the live staged holons of a view.</summary>
    public static List<StateChange> Changes(TransactionView view)
    {
        var changes = new List<StateChange>();
        var keys = new KeyMaker(view.Descriptors);
        foreach (var draft in view.State.Nursery.Holons.Values)
        {
            view.Cancellation.ThrowIfCancellationRequested();
            if (!draft.IsLive || draft.Descriptor is not { } type) continue;
            var contract = view.ContractOf(type);
            var completed = Complete(contract, draft.Properties);
            if (KeyOf(keys, contract.KeyRule, draft, completed) is { } key) completed = completed.With(Names.Key, new StringValue(key));
            if (!ReferenceEquals(completed, draft.Properties)) changes.Add(new SetProperties(draft.Id, Difference(draft.Properties, completed)));
        }

        return changes;
    }

    /// <summary>Properties with values of the kinds that a contract names, and its defaults; the same map where nothing changes.</summary>
    public static PropertyMap Complete(Contract contract, PropertyMap properties)
    {
        var completed = properties;
        foreach (var (name, value) in properties.AsSpan())
        {
            if (!contract.Properties.TryGetValue(name, out var rule)) continue;
            var converted = ValueConversion.Convert(value, rule.Values);
            if (!ReferenceEquals(converted, value)) completed = completed.With(name, converted);
        }

        foreach (var rule in contract.Expected)
            if (rule.Default is { } preset && properties[rule.Name] is null) completed = completed.With(rule.Name, preset);
        return completed;
    }

    /// <summary>
    /// The key that a draft gets: of one without a key that which its rule makes; and where the saved key was made by the
    /// rule and nobody gave another, that which the rule makes now. Null for no other key.
    /// </summary>
    private static string? KeyOf(KeyMaker keys, KeyRule rule, DraftHolon draft, PropertyMap properties)
    {
        if (rule.Kind == KeyRuleKind.None) return null;
        var key = draft.Key;
        if (key is not null && (draft.Base is null || !IsOfRule(keys, rule, draft))) return null;
        var made = keys.MakeValid(rule, draft.Id, draft.Descriptor, properties);
        return made == key ? null : made;
    }

    private static bool IsOfRule(KeyMaker keys, KeyRule rule, DraftHolon draft) =>
        draft.Base is { } saved && TransactionView.KeyOf(saved) == draft.Key
        && keys.Make(rule, draft.Id, saved.Descriptor, saved.Properties) == draft.Key;

    private static PropertyMap Difference(PropertyMap before, PropertyMap after) =>
        PropertyMap.Create(after.Where(property => before[property.Key] != property.Value));
}

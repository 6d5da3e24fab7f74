using Map.Core.Identity;
using Map.Core.Transactions;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Core.Validation;

/// <summary>Judges whether live holons of one type have distinct keys. The store looks again when it writes.</summary>
internal sealed class KeyCheck(Judgement judgement)
{
    private readonly Dictionary<LocalId, bool> _hasInstances = [];

    /// <summary>Judges one staged holon.</summary>
    public void Run(DraftHolon draft)
    {
        if (draft.Key is not { } key || draft.Descriptor is not { } type) return;
        if (FindOther(draft, key, type) is not { } other) return;
        judgement.Violation(
            TypeRule.KeyUnique, draft.Id, Names.Key,
            $"The key \"{key}\" is taken by another {judgement.NameOf(type)} ({other}). Give one of them another key.");
    }

    private LocalId? FindOther(DraftHolon draft, string key, LocalId type)
    {
        foreach (var staged in judgement.Nursery.LiveWithKey(key))
            if (staged.Id != draft.Id && staged.Descriptor == type) return staged.Id;
        var isKept = draft.Base is { } saved && saved.Descriptor == type && TransactionView.KeyOf(saved) == key;
        if (isKept || !HasInstances(type)) return null;
        foreach (var match in judgement.View.Saved.FindByKey(key, judgement.View.State.Snapshot))
            if (match.Type == type && judgement.Nursery.Find(match.Holon) is null) return match.Holon;
        return null;
    }

    /// <summary>Most loads bring holons of types that have none yet: those need no look-up of each key.</summary>
    private bool HasInstances(LocalId type)
    {
        if (_hasInstances.TryGetValue(type, out var known)) return known;
        return _hasInstances[type] = judgement.View.Saved.CountInstances(type, judgement.View.State.Snapshot) > 0;
    }
}

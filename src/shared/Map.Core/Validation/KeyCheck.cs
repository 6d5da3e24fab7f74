using Map.Core.Identity;
using Map.Core.Transactions;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Core.Validation;

/// <summary>Judges whether live holons of one type have distinct keys. The store looks again when it writes.</summary>
internal sealed class KeyCheck(Judgement judgement)
{
    private readonly Dictionary<LocalId, bool> _hasInstances = [];
    private Dictionary<LocalId, LocalId>? _sharers;

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
        _sharers ??= FindSharers();
        if (_sharers.TryGetValue(draft.Id, out var sharer)) return sharer;
        var isKept = draft.Base is { } saved && saved.Descriptor == type && TransactionView.KeyOf(saved) == key;
        if (isKept || !HasInstances(type)) return null;
        foreach (var match in judgement.View.Saved.FindByKey(key, judgement.View.State.Snapshot))
            if (match.Type == type && judgement.Nursery.Find(match.Holon) is null) return match.Holon;
        return null;
    }

    /// <summary>For each live draft that shares its key and type with others, the first of those. In order of key they stand together.</summary>
    private Dictionary<LocalId, LocalId> FindSharers()
    {
        var sharers = new Dictionary<LocalId, LocalId>();
        KeyEntry first = default;
        foreach (var entry in judgement.Nursery.ScanKeys("", null))
        {
            if (entry.Type == first.Type && string.Equals(entry.Key, first.Key, StringComparison.Ordinal))
            {
                sharers.TryAdd(first.Holon, entry.Holon);
                sharers.Add(entry.Holon, first.Holon);
            }
            else
            {
                first = entry;
            }
        }

        return sharers;
    }

    /// <summary>Most loads bring holons of types that have none yet: those need no look-up of each key.</summary>
    private bool HasInstances(LocalId type)
    {
        if (_hasInstances.TryGetValue(type, out var known)) return known;
        return _hasInstances[type] = judgement.View.Saved.CountInstances(type, judgement.View.State.Snapshot) > 0;
    }
}

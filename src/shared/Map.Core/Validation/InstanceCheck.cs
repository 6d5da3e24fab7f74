using Map.Core.Identity;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Views;

namespace Map.Core.Validation;

/// <summary>
/// Judges the saved instances of types that are changed here. Those that would no longer follow their type are told as a
/// warning: a type has to be able to grow before its instances do.
/// </summary>
internal static class InstanceCheck
{
    private const int MaxTold = 100;
    private const int MaxSentences = 3;

    /// <summary>Judges them.</summary>
    public static void Run(Judgement judgement)
    {
        var view = judgement.View;
        var changed = view.State.Nursery.Holons.Values.Where(draft => draft.IsDescriptor).Select(draft => draft.Id).ToList();
        if (changed.Count == 0) return;
        var before = view.WithState(view.State.Emptied());
        foreach (var type in Affected(view.Descriptors, changed))
        {
            view.Cancellation.ThrowIfCancellationRequested();
            // That one with instances is deleted is a violation of its own.
            if (view.IsHidden(type) || view.Saved.CountInstances(type, view.State.Snapshot) == 0) continue;
            if (before.ContractOf(type).ToText() != view.ContractOf(type).ToText()) CheckInstances(judgement, type);
        }
    }

    private static void CheckInstances(Judgement judgement, LocalId type)
    {
        var view = judgement.View;
        var invalid = new List<LocalId>();
        var sentences = new List<string>();
        long count = 0;
        foreach (var id in view.Saved.ScanInstances(type, null, view.State.Snapshot))
        {
            view.Cancellation.ThrowIfCancellationRequested();
            if (view.State.Nursery.Find(id) is not null || view.Saved.FindHolon(id, view.State.Snapshot) is not { } holon) continue;
            var wrong = Validator.JudgeSaved(view, holon);
            if (wrong.Count == 0) continue;
            count++;
            if (invalid.Count < MaxTold) invalid.Add(id);
            if (sentences.Count < MaxSentences) sentences.Add(wrong[0]);
        }

        if (count == 0) return;
        var holons = count == 1 ? "1 saved holon does" : $"{count:N0} saved holons do";
        judgement.Warning(
            TypeRule.InstancesConform, type,
            $"{holons} not follow {judgement.NameOf(type)} as it is changed here{(count > MaxSentences ? ", for example" : "")}: {string.Join(" ", sentences)}", invalid);
    }

    /// <summary>
    /// The types whose contracts can hang on changed descriptors: found backwards, from a property type to the types that
    /// have it, from those to what extends them, and from a relationship type to its target type as well.
    /// </summary>
    private static HashSet<LocalId> Affected(DescriptorLinks links, List<LocalId> changed)
    {
        var affected = new HashSet<LocalId>(changed);
        var next = new Stack<LocalId>(affected);
        while (next.TryPop(out var descriptor))
        {
            foreach (var other in CoreSchema.ContractRelationships.SelectMany(name => links.Sources(descriptor, name)))
                if (affected.Add(other)) next.Push(other);
            foreach (var target in links.Targets(descriptor, CoreSchema.TargetType))
                if (affected.Add(target)) next.Push(target);
        }

        return affected;
    }
}

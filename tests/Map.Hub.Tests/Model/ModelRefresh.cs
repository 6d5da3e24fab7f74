using Map.V1;
using Keep = Map.V1.RefreshChoice.Types.Keep;

namespace Map.Hub.Tests.Model;

/// <summary>Moves a transaction of the model to the latest commit.</summary>
internal sealed class ModelRefresh(ModelTransaction transaction, ModelState state)
{
    private readonly ModelSnapshot _latest = transaction.Space.Latest;

    public CommandResponse? Run(RefreshCommand command)
    {
        var choices = Read(command);
        var conflicts = Conflicts().ToDictionary(draft => draft.Id, draft => _latest.Find(draft.Id) is null);
        var undecided = conflicts.Where(each => !choices.TryGetValue(each.Key, out var keep) || (each.Value && keep == Keep.Mine)).ToList();
        if (undecided.Count > 0) throw new ModelRefusal([.. undecided.Select(each => (ErrorCode.Conflict, each.Key))]);
        foreach (var draft in state.Staged.Values.Where(draft => draft.Version > 0).ToList())
        {
            var isConflict = conflicts.ContainsKey(draft.Id);
            if (draft.Phase == HolonPhase.Abandoned) MoveLinks(draft, isKept: false);
            else if (isConflict && choices[draft.Id] == Keep.Theirs) state.Staged.Remove(draft.Id);
            else Move(draft, isConflict);
        }

        state.Snapshot = _latest;
        return null;
    }

    /// <summary>The drafts that need a decision.</summary>
    public IEnumerable<ModelHolon> Conflicts() => state.Drafts.Where(draft => draft.Version > 0 && IsConflict(draft));

    private Dictionary<int, Keep> Read(RefreshCommand command)
    {
        var choices = new Dictionary<int, Keep>();
        foreach (var choice in command.Choices)
        {
            var holon = transaction.Resolve(state, choice.Holon);
            if (choice.Holon.Staged is null || choice.Keep == Keep.Unspecified || !choices.TryAdd(holon.Id, choice.Keep))
                throw new ModelRefusal(ErrorCode.InvalidRequest);
        }

        return choices;
    }

    private bool IsConflict(ModelHolon draft)
    {
        if (_latest.Find(draft.Id) is not { } head) return true;
        var change = new ModelChange(draft, state);
        var changesVersion = !draft.IsLive || change.ChangesContent
            || ModelRule.Of.Any(rule => rule.Value.IsDefinitional && change.Edits(rule.Key));
        if (changesVersion && head.Commit != change.From!.Commit) return true;
        return !draft.IsLive && new ModelConflicts(_latest, state.Snapshot.Number).NewlyLinked(draft.Id).Any();
    }

    private void Move(ModelHolon draft, bool isConflict)
    {
        var (from, head) = (state.Snapshot.Find(draft.Id)!, _latest.Find(draft.Id)!);
        MoveLinks(draft, isKept: true);
        if (head.Commit == from.Commit) return;
        draft.Version = head.Version;
        // Mine is whole, the type too: links that theirs added under another type are of relationships that it does not have.
        if (draft.IsLive && ChangesRules(draft, head)) throw new BeyondModel();
        // What was not touched here is theirs.
        if ((isConflict && draft.IsLive) || new ModelChange(draft, state).ChangesContent) return;
        draft.Properties.Clear();
        foreach (var (name, value) in head.Properties) draft.Properties[name] = value;
        draft.Type = head.Type;
    }

    private bool ChangesRules(ModelHolon draft, ModelHolon head) =>
        ModelRule.Of.Keys.Any(name => transaction.Space.Declares(draft.Type, name) != transaction.Space.Declares(head.Type, name)
            && (draft.See(name).Count > 0 || head.See(name).Count > 0));

    /// <summary>Puts what a draft adds and removes on top of the links of the latest commit.</summary>
    private void MoveLinks(ModelHolon draft, bool isKept)
    {
        var change = new ModelChange(draft, state);
        foreach (var (name, rule) in ModelRule.Of)
        {
            var (removed, added) = (change.Removed(name).ToList(), draft.See(name).Where(link => !link.IsSaved).ToList());
            var now = _latest.Find(draft.Id)?.See(name) ?? [];
            var there = now.Where(link => !removed.Any(link.IsLike)).ToList();
            if (rule.IsOrdered && removed.Count + added.Count > 0)
            {
                // Links of others among these have a place that the model does not tell.
                if (now.Any(link => !change.From!.See(name).Any(each => each.Serial == link.Serial))) throw new BeyondModel();
                draft.LinksOf(name).RemoveAll(link => link.IsSaved && !there.Any(link.IsLike) || (!link.IsSaved && !StaysOrdered(link)));
                continue;

                bool StaysOrdered(ModelLink link) => !isKept || !there.Any(each => each.Target == link.Target) || rule.AllowsDuplicates;
            }

            if (isKept) added = Renumbered(added, there, rule);
            draft.Links[name] = [.. there, .. added];
            rule.Sort(draft.Links[name]);
        }
    }

    /// <summary>The added links that are not there by now; where one may stand more than once, beside those of others.</summary>
    private static List<ModelLink> Renumbered(List<ModelLink> added, List<ModelLink> there, ModelRule rule)
    {
        var kept = new List<ModelLink>();
        foreach (var links in added.GroupBy(link => link.Target))
        {
            var others = there.Where(link => link.Target == links.Key).Select(link => link.Occurrence).ToHashSet();
            if (others.Count > 0 && !rule.AllowsDuplicates) continue;
            var next = others.Concat(links.Select(link => link.Occurrence)).Max() + 1;
            foreach (var link in links) kept.Add(others.Contains(link.Occurrence) ? link with { Occurrence = next++ } : link);
        }

        return kept;
    }
}

using Map.V1;
using Keep = Map.V1.RefreshChoice.Types.Keep;

namespace Map.Hub.Tests.Model;

/// <summary>Moves a transaction of the model to the latest commit.</summary>
internal sealed class ModelRefresh(ModelTransaction transaction, ModelState state)
{
    private readonly ModelSnapshot _latest = transaction.Space.Latest;

    /// <summary>Drafts of another type than they were, or than the saved holon is; with the type of that.</summary>
    private readonly List<(ModelHolon Draft, int? Of)> _retyped = [];

    private ModelSpace Space => transaction.Space;

    public CommandResponse? Run(RefreshCommand command)
    {
        var choices = Read(command);
        var conflicts = Conflicts().ToDictionary(draft => draft.Id, draft => _latest.Find(draft.Id) is null);
        var undecided = conflicts.Where(each => !choices.TryGetValue(each.Key, out var keep) || (each.Value && keep == Keep.Mine)).ToList();
        if (undecided.Count > 0) throw new ModelRefusal([.. undecided.Select(each => (ErrorCode.Conflict, each.Key))]);
        foreach (var draft in state.Staged.Values.Where(draft => draft.Version > 0).ToList())
        {
            var isConflict = conflicts.ContainsKey(draft.Id);
            if (draft.Phase == HolonPhase.Abandoned) MoveLinks(draft, draft.Type, isKept: false);
            else if (isConflict && choices[draft.Id] == Keep.Theirs) state.Staged.Remove(draft.Id);
            else Move(draft, isConflict);
        }

        state.Snapshot = _latest;
        foreach (var (draft, of) in _retyped) new ModelLinks(transaction, state).Follow(draft, of);
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
        var change = new ModelChange(transaction.Space, draft, state);
        var changesVersion = !draft.IsLive || change.ChangesContent
            || ModelRule.Of.Keys.Any(name => change.RuleOf(name).IsDefinitional && change.Edits(name));
        if (changesVersion && head.Commit != change.From!.Commit) return true;
        return !draft.IsLive && new ModelConflicts(_latest, state.Snapshot.Number).NewlyLinked(draft.Id).Any();
    }

    private void Move(ModelHolon draft, bool isConflict)
    {
        var (from, head) = (state.Snapshot.Find(draft.Id)!, _latest.Find(draft.Id)!);
        var before = draft.Type;
        if (head.Commit != from.Commit)
        {
            draft.Version = head.Version;
            // What was not touched here is theirs.
            if (!(isConflict && draft.IsLive) && !new ModelChange(Space, draft, state).ChangesContent) TakeContent(draft, head);
        }

        MoveLinks(draft, before, isKept: true);
    }

    private static void TakeContent(ModelHolon draft, ModelHolon head)
    {
        draft.Properties.Clear();
        foreach (var (name, value) in head.Properties) draft.Properties[name] = value;
        draft.Type = head.Type;
    }

    /// <summary>Puts what a draft adds and removes on top of the links of the latest commit.</summary>
    private void MoveLinks(ModelHolon draft, int? before, bool isKept)
    {
        var change = new ModelChange(Space, draft, state);
        var head = _latest.Find(draft.Id);
        foreach (var name in ModelRule.Of.Keys)
        {
            var rule = change.RuleOf(name);
            var (removed, added) = (change.Removed(name).ToList(), draft.See(name).Where(link => !link.IsSaved).ToList());
            var now = head?.See(name) ?? [];
            var there = now.Where(link => !removed.Any(link.IsLike)).ToList();
            if (!isKept && head is not null && removed.Count + added.Count + now.Count > 0
                && !(Space.IsSame(draft.Type, head.Type, name) && Space.IsSame(change.From!.Type, head.Type, name)))
            {
                // Who reads an abandoned draft of which the links did not follow reads two relationships of one name.
                throw new BeyondModel();
            }

            if (rule.IsOrdered && removed.Count + added.Count > 0 && (head is null || Space.IsSame(draft.Type, head.Type, name)))
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

        if (isKept && (draft.Type != head!.Type || draft.Type != before)) _retyped.Add((draft, head.Type));
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

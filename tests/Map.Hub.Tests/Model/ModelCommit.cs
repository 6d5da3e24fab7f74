using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>What one draft changes against the version that it was staged from.</summary>
internal sealed class ModelChange(ModelSpace space, ModelHolon draft, ModelState state)
{
    public ModelHolon Draft => draft;

    public ModelHolon? From { get; } = draft.Version == 0 ? null : state.Snapshot.Find(draft.Id);

    /// <summary>Where a new holon came from, unless that never came to be.</summary>
    public int? Origin =>
        draft.Origin is { } origin && state.Staged.GetValueOrDefault(origin) is { Phase: HolonPhase.Abandoned, Version: 0 } ? null : draft.Origin;

    /// <summary>The relationships of which links change.</summary>
    public IEnumerable<string> Names => ModelRule.Of.Keys.Order(StringComparer.Ordinal).Where(name => Removed(name).Any() || Added(name).Any());

    /// <summary>Whether a version is saved, or the holon deleted.</summary>
    public bool ChangesNode => From is null || !draft.IsLive || ChangesContent || Names.Any(name => RuleOf(name).IsDefinitional);

    public ModelRule RuleOf(string name) => space.RuleOf(draft.Type, name);

    /// <summary>Whether links of a name follow it to another relationship, with another type.</summary>
    public bool Moves(string name) => From is not null && !space.IsSame(From.Type, draft.Type, name);

    public bool ChangesContent => draft.Type != From!.Type || !draft.Properties.SequenceEqual(From.Properties);

    /// <summary>Whether links of a name were added or removed, be it to holons that go by themselves.</summary>
    public bool Edits(string name) => Removed(name).Any() || draft.See(name).Any(link => !link.IsSaved);

    public IEnumerable<ModelLink> Removed(string name) =>
        (From?.See(name) ?? []).Where(link => !draft.See(name).Any(each => each.IsSaved && each.IsLike(link)));

    public IEnumerable<ModelLink> Added(string name) => draft.See(name).Where(IsAdded);

    /// <summary>Whether a link is added; one to a holon that the transaction takes out of view goes with that.</summary>
    public bool IsAdded(ModelLink link) => !link.IsSaved && !state.IsHidden(link.Target);
}

/// <summary>Makes the snapshot after a commit.</summary>
internal static class ModelCommit
{
    public static ModelSnapshot Apply(ModelSnapshot latest, List<ModelChange> changes)
    {
        var number = latest.Number + 1;
        var holons = new SortedDictionary<int, ModelHolon>();
        foreach (var (id, holon) in latest.Holons) holons[id] = holon.Copy();
        foreach (var change in changes.Where(change => change.Draft.IsLive && change.ChangesNode))
        {
            var before = holons.GetValueOrDefault(change.Draft.Id);
            var after = change.Draft.Copy(HolonPhase.Saved);
            after.Version = (before?.Version ?? 0) + 1;
            after.Commit = number;
            after.Origin = before is null ? change.Origin : before.Origin;
            after.Links.Clear();
            after.Renumbered.Clear();
            foreach (var (name, links) in before?.Links ?? []) after.Links[name] = links;
            holons[after.Id] = after;
        }

        foreach (var change in changes.Where(change => change.Draft.IsLive))
            foreach (var name in ModelRule.Of.Keys.Where(name => change.Names.Contains(name) || change.Moves(name)))
                ApplyLinks(holons, change, name, number);
        foreach (var change in changes.Where(change => !change.Draft.IsLive)) Delete(holons, change.Draft.Id);
        return new ModelSnapshot(number, holons);
    }

    private static void ApplyLinks(SortedDictionary<int, ModelHolon> holons, ModelChange change, string name, ulong number)
    {
        if (!holons.TryGetValue(change.Draft.Id, out var holon)) return;
        var rule = change.RuleOf(name);
        var links = holon.LinksOf(name);
        links.RemoveAll(link => change.Removed(name).Any(link.IsLike));
        var added = change.Draft.See(name).ToList();
        if (change.Moves(name))
        {
            // Those that others added meanwhile follow as well.
            added.InsertRange(0, links.Select(link => link with { IsSaved = false }));
            links.Clear();
        }

        var placed = rule.IsOrdered ? [] : links.ToList();
        foreach (var link in added)
        {
            if (link.IsSaved)
            {
                // Others may have ended it meanwhile.
                if (rule.IsOrdered && links.Find(link.IsLike) is { } kept) placed.Add(kept);
                continue;
            }

            if (!change.IsAdded(link)) continue;
            var equal = links.Concat(placed).Where(each => each.Target == link.Target).ToList();
            if (equal.Count > 0 && !rule.AllowsDuplicates) continue;
            var occurrence = equal.Count == 0 ? 0 : equal.Max(each => each.Occurrence) + 1;
            placed.Add(new ModelLink(link.Target, occurrence, IsSaved: true) { Added = number });
        }

        rule.Sort(placed);
        holon.Links[name] = placed;
    }

    private static void Delete(SortedDictionary<int, ModelHolon> holons, int id)
    {
        holons.Remove(id);
        foreach (var holon in holons.Values)
            foreach (var links in holon.Links.Values) links.RemoveAll(link => link.Target == id);
    }
}

/// <summary>What no longer holds when a transaction commits.</summary>
internal sealed class ModelConflicts(ModelSnapshot latest, ulong snapshot)
{
    private readonly List<(ErrorCode Code, int Subject)> _found = [];

    public List<(ErrorCode Code, int Subject)> Find(List<ModelChange> changes)
    {
        foreach (var change in changes.Where(change => change.From is not null && (change.ChangesNode || IsRetyped(change))))
            if (latest.Find(change.Draft.Id)?.Commit != change.From!.Commit) _found.Add((ErrorCode.Conflict, change.Draft.Id));
        FindKeys(changes);
        FindLinks(changes);
        foreach (var change in changes.Where(change => !change.Draft.IsLive))
            foreach (var _ in NewlyLinked(change.Draft.Id)) _found.Add((ErrorCode.Conflict, change.Draft.Id));
        return _found;
    }

    /// <summary>Whether others gave a holon another type, of which links alone are staged: those are of another type's relationships then.</summary>
    private bool IsRetyped(ModelChange change) =>
        latest.Find(change.Draft.Id) is { } head && head.Type != change.From!.Type && ModelRule.Of.Keys.Any(change.Edits);

    /// <summary>The holons that were linked with one, from or to it, after the snapshot: it is not to be deleted then.</summary>
    public IEnumerable<int> NewlyLinked(int holon)
    {
        var to = latest.Find(holon)?.Links.Values.SelectMany(links => links).Where(IsNew).Select(link => link.Target) ?? [];
        var from = latest.Holons.Values.Where(each => each.Links.Values.Any(
            links => links.Any(link => link.Target == holon && IsNew(link)))).Select(each => each.Id);
        return to.Concat(from).Distinct();

        bool IsNew(ModelLink link) => link.Added > snapshot;
    }

    private void FindKeys(List<ModelChange> changes)
    {
        var claims = new Dictionary<(string? Key, int? Type), int>();
        var releases = new HashSet<(string? Key, int? Type)>();
        foreach (var change in changes.Where(change => change.ChangesNode))
        {
            var head = latest.Find(change.Draft.Id);
            if (head is null && change.From is not null) continue;
            var now = change.Draft.IsLive ? (change.Draft.Key, change.Draft.Type) : default;
            if (head is not null && (head.Key, head.Type) == now) continue;
            if (head?.Key is not null) releases.Add((head.Key, head.Type));
            if (now.Key is not null && !claims.TryAdd(now, change.Draft.Id)) _found.Add((ErrorCode.DuplicateKey, change.Draft.Id));
        }

        foreach (var (key, holon) in claims.Where(claim => !releases.Contains(claim.Key)))
            if (latest.Holons.Values.Any(each => each.Key == key.Key && each.Type == key.Type)) _found.Add((ErrorCode.DuplicateKey, holon));
    }

    private void FindLinks(List<ModelChange> changes)
    {
        var created = changes.Where(change => change.From is null).Select(change => change.Draft.Id).ToHashSet();
        foreach (var change in changes.Where(change => change.Draft.IsLive))
        {
            var targets = change.Names.SelectMany(change.Added).Select(link => link.Target).Distinct().ToList();
            if (targets.Count > 0) Require(change.Draft.Id, change.Draft.Id);
            foreach (var target in targets.Where(target => target != change.Draft.Id)) Require(change.Draft.Id, target);
        }

        void Require(int source, int end)
        {
            if (!created.Contains(end) && latest.Find(end) is null) _found.Add((ErrorCode.Conflict, source));
        }
    }
}

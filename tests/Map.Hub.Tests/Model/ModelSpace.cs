using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>The saved holons as of one commit. Not changed once it is made.</summary>
internal sealed record ModelSnapshot(ulong Number, SortedDictionary<string, ModelHolon> Holons)
{
    public ModelHolon? Find(string id) => Holons.GetValueOrDefault(id);
}

/// <summary>A space of the model: plain dictionaries, copied whole for each commit.</summary>
internal sealed class ModelSpace(ModelSnapshot first, IReadOnlyDictionary<string, string> types, string spaceHolon)
{
    private readonly Dictionary<(string Id, uint Version), ModelHolon> _versions =
        first.Holons.Values.ToDictionary(holon => (holon.Id, holon.Version));

    public ModelSnapshot Latest { get; private set; } = first;

    /// <summary>Ids of the types by their keys.</summary>
    public IReadOnlyDictionary<string, string> Types => types;

    public string SpaceHolon => spaceHolon;

    public ModelHolon? FindVersion(string id, uint version, ulong asOf) =>
        _versions.GetValueOrDefault((id, version)) is { } saved && saved.Commit <= asOf ? saved : null;

    /// <summary>Whether a name is the inverse of a relationship that reaches holons of a type.</summary>
    public bool HasInverse(string? type, string name)
    {
        if (type is null || !ModelRule.Inverse.ContainsKey(name)) return false;
        string[] targets = name == TestSchema.SimilarFrom ? [TestSchema.Item, TestSchema.Book, TestSchema.Novel] : [TestSchema.Person];
        return targets.Any(target => types[target] == type);
    }

    /// <summary>Commits what a transaction staged.</summary>
    /// <returns>The ids saved and deleted.</returns>
    /// <exception cref="ModelRefusal">It breaks a rule, or conflicts.</exception>
    public (List<string> Saved, List<string> Deleted) Commit(ModelTransaction transaction)
    {
        var drafts = transaction.State.Staged.Values.Where(draft => draft.Phase != HolonPhase.Abandoned).Select(draft =>
            new ModelChange(draft, transaction.Snapshot.Find(draft.Id), transaction.State)).ToList();
        var untyped = drafts.Where(change => change.Draft is { IsLive: true, Type: null } && change.Draft.Id != spaceHolon).ToList();
        if (untyped.Count > 0)
            throw new ModelRefusal([.. untyped.Select(change => (ErrorCode.MissingDescriptor, change.Draft.Id))]);
        var conflicts = new ModelConflicts(Latest, transaction.Snapshot.Number).Find(drafts);
        if (conflicts.Count > 0) throw new ModelRefusal([.. conflicts]);
        Latest = Apply(drafts);
        return (
            [.. drafts.Where(change => change.ChangesNode && change.Draft.IsLive).Select(change => change.Draft.Id)],
            [.. drafts.Where(change => !change.Draft.IsLive).Select(change => change.Draft.Id)]);
    }

    private ModelSnapshot Apply(List<ModelChange> changes)
    {
        var number = Latest.Number + 1;
        var holons = new SortedDictionary<string, ModelHolon>(
            Latest.Holons.ToDictionary(pair => pair.Key, pair => pair.Value.Copy()), StringComparer.Ordinal);
        foreach (var change in changes.Where(change => change.Draft.IsLive && change.ChangesNode))
        {
            var before = holons.GetValueOrDefault(change.Draft.Id);
            var after = change.Draft.Copy(HolonPhase.Saved);
            after.Version = (before?.Version ?? 0) + 1;
            after.Commit = number;
            after.Links.Clear();
            foreach (var (name, links) in before?.Links ?? []) after.Links[name] = links;
            holons[after.Id] = after;
        }

        foreach (var change in changes.Where(change => change.Draft.IsLive))
            foreach (var name in change.Names) ApplyLinks(holons, change, name, number);
        foreach (var change in changes.Where(change => !change.Draft.IsLive)) Delete(holons, change.Draft.Id);
        var snapshot = new ModelSnapshot(number, holons);
        foreach (var holon in holons.Values.Where(holon => holon.Commit == number)) _versions[(holon.Id, holon.Version)] = holon;
        return snapshot;
    }

    private static void ApplyLinks(SortedDictionary<string, ModelHolon> holons, ModelChange change, string name, ulong number)
    {
        if (!holons.TryGetValue(change.Draft.Id, out var holon)) return;
        var rule = ModelRule.Of[name];
        var links = holon.LinksOf(name);
        links.RemoveAll(link => change.Removed(name).Any(removed => IsSame(removed, link)));
        var placed = rule.IsOrdered ? [] : links.ToList();
        foreach (var link in change.Draft.LinksOf(name))
        {
            if (link.IsSaved)
            {
                // Others may have ended it meanwhile.
                if (rule.IsOrdered && links.Find(each => IsSame(each, link)) is { } kept) placed.Add(kept);
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

    private static void Delete(SortedDictionary<string, ModelHolon> holons, string id)
    {
        holons.Remove(id);
        foreach (var holon in holons.Values)
            foreach (var links in holon.Links.Values) links.RemoveAll(link => link.Target == id);
    }

    private static bool IsSame(ModelLink a, ModelLink b) => a.Target == b.Target && a.Occurrence == b.Occurrence;
}

/// <summary>What one draft changes against the version that it was staged from.</summary>
internal sealed class ModelChange(ModelHolon draft, ModelHolon? from, ModelState state)
{
    public ModelHolon Draft => draft;

    public ModelHolon? From => from;

    /// <summary>The relationships of which links change.</summary>
    public IEnumerable<string> Names => ModelRule.Of.Keys.Order(StringComparer.Ordinal).Where(name => Removed(name).Any() || Added(name).Any());

    /// <summary>Whether a version is saved, or the holon deleted.</summary>
    public bool ChangesNode => from is null || !draft.IsLive || draft.Type != from.Type || !draft.Properties.SequenceEqual(from.Properties)
        || Names.Any(name => ModelRule.Of[name].IsDefinitional);

    public IEnumerable<ModelLink> Removed(string name) => (from?.Links.GetValueOrDefault(name) ?? [])
        .Where(link => !draft.LinksOf(name).Any(each => each.IsSaved && each.Target == link.Target && each.Occurrence == link.Occurrence));

    public IEnumerable<ModelLink> Added(string name) => draft.LinksOf(name).Where(IsAdded);

    /// <summary>Whether a link is added; one to a holon that the transaction takes out of view goes with that.</summary>
    public bool IsAdded(ModelLink link) => !link.IsSaved && !state.IsHidden(link.Target);
}

/// <summary>What no longer holds when a transaction commits.</summary>
internal sealed class ModelConflicts(ModelSnapshot latest, ulong snapshot)
{
    private readonly List<(ErrorCode Code, string Subject)> _found = [];

    public List<(ErrorCode Code, string Subject)> Find(List<ModelChange> changes)
    {
        foreach (var change in changes.Where(change => change.ChangesNode && change.From is not null))
            if (latest.Find(change.Draft.Id)?.Commit != change.From!.Commit) _found.Add((ErrorCode.Conflict, change.Draft.Id));
        FindKeys(changes);
        FindLinks(changes);
        foreach (var change in changes.Where(change => !change.Draft.IsLive)) FindNewLinks(change.Draft.Id);
        return _found;
    }

    /// <summary>A holon is not deleted when it was linked, from or to it, after the snapshot.</summary>
    private void FindNewLinks(string deleted)
    {
        var to = latest.Find(deleted)?.Links.Values.SelectMany(links => links).Where(IsNew).Select(link => link.Target) ?? [];
        var from = latest.Holons.Values.Where(holon => holon.Links.Values.Any(
            links => links.Any(link => link.Target == deleted && IsNew(link)))).Select(holon => holon.Id);
        foreach (var _ in to.Concat(from).Distinct()) _found.Add((ErrorCode.Conflict, deleted));

        bool IsNew(ModelLink link) => link.Added > snapshot;
    }

    private void FindKeys(List<ModelChange> changes)
    {
        var claims = new Dictionary<(string? Key, string? Type), string>();
        var releases = new HashSet<(string? Key, string? Type)>();
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

        void Require(string source, string end)
        {
            if (!created.Contains(end) && latest.Find(end) is null) _found.Add((ErrorCode.Conflict, source));
        }
    }
}

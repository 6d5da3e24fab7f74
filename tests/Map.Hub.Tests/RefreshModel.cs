namespace Map.Hub.Tests;

/// <summary>What one side did to the holons of a refresh test, by key.</summary>
internal sealed class RefreshSide
{
    /// <summary>Holons staged for update or delete.</summary>
    public HashSet<string> Staged { get; } = [];

    public Dictionary<string, string> Titles { get; } = [];

    public HashSet<string> Deleted { get; } = [];

    public List<RefreshLink> Added { get; } = [];

    public List<RefreshLink> Removed { get; } = [];

    /// <summary>New holons with their titles.</summary>
    public Dictionary<string, string> Created { get; } = [];

    /// <summary>Whether a commit of this side saves a further version of a holon.</summary>
    public bool ChangesVersion(string key) =>
        Titles.ContainsKey(key) || Added.Concat(Removed).Any(link => link.Source == key && link.IsDefinitional);
}

/// <summary>A link by keys. Those of relationships that allow duplicates may be equal.</summary>
internal sealed record RefreshLink(string Source, string Name, string Target)
{
    public bool IsDefinitional => Name is TestSchema.Authors or TestSchema.Credits;

    public bool AllowsDuplicates => Name is TestSchema.Credits or TestSchema.Readers;
}

/// <summary>What a space holds: titles by key, and links.</summary>
internal sealed class RefreshSpace
{
    public Dictionary<string, string> Titles { get; init; } = [];

    public List<RefreshLink> Links { get; init; } = [];

    public RefreshSpace Copy() => new() { Titles = new(Titles), Links = [.. Links] };

    /// <summary>The space with what one side did. Removals are of what was there before the side began.</summary>
    public RefreshSpace With(RefreshSide side)
    {
        var after = Copy();
        foreach (var (key, title) in side.Created.Concat(side.Titles))
            if (!side.Deleted.Contains(key)) after.Titles[key] = title;
        foreach (var link in side.Removed) after.Links.Remove(link);
        foreach (var link in side.Added)
            if (link.AllowsDuplicates || !after.Links.Contains(link)) after.Links.Add(link);
        foreach (var key in side.Deleted) after.Titles.Remove(key);
        after.Links.RemoveAll(link => !after.Titles.ContainsKey(link.Source) || !after.Titles.ContainsKey(link.Target));
        return after;
    }

    /// <summary>As text that can be compared.</summary>
    public override string ToString() => string.Join('\n', Titles.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair =>
        $"{pair.Key} \"{pair.Value}\" "
        + string.Join(' ', Links.Where(link => link.Source == pair.Key).Select(link => $"{link.Name}:{link.Target}").Order(StringComparer.Ordinal))));
}

/// <summary>What a refresh and the commit after it are to do, worked out the naive way.</summary>
internal sealed class RefreshModel(RefreshSpace start, RefreshSide theirs, RefreshSide mine)
{
    private RefreshSpace After => start.With(theirs);

    /// <summary>Holons of mine that need a decision, and of those the ones that are gone.</summary>
    public Dictionary<string, bool> Conflicts() =>
        mine.Staged.Where(IsConflict).ToDictionary(key => key, theirs.Deleted.Contains);

    /// <summary>What is staged after the refresh: mine without what is dropped.</summary>
    public RefreshSide Kept(IReadOnlySet<string> dropped)
    {
        var kept = new RefreshSide();
        kept.Staged.UnionWith(mine.Staged.Except(dropped));
        kept.Deleted.UnionWith(mine.Deleted.Except(dropped));
        foreach (var (key, title) in mine.Created) kept.Created.Add(key, title);
        foreach (var key in kept.Staged.Except(kept.Deleted))
        {
            // Mine whole, also where only links made it a conflict; else theirs.
            if (mine.Titles.TryGetValue(key, out var title)) kept.Titles.Add(key, title);
            else if (IsConflict(key)) kept.Titles.Add(key, start.Titles[key]);
        }

        kept.Added.AddRange(mine.Added.Where(link => !dropped.Contains(link.Source)));
        kept.Removed.AddRange(mine.Removed.Where(link => !dropped.Contains(link.Source)));
        return kept;
    }

    /// <summary>Links that the commit after the refresh refuses: to holons that are gone.</summary>
    public List<RefreshLink> Dangling(RefreshSide kept) =>
        [.. kept.Added.Where(link => theirs.Deleted.Contains(link.Target) && !kept.Deleted.Contains(link.Source))];

    /// <summary>What the space holds after the commit.</summary>
    public RefreshSpace Saved(RefreshSide kept) => After.With(kept);

    private bool IsConflict(string key)
    {
        if (theirs.Deleted.Contains(key)) return true;
        if (!mine.Deleted.Contains(key)) return theirs.ChangesVersion(key) && mine.ChangesVersion(key);
        var isLinked = theirs.Added.Any(link => (link.Source == key || link.Target == key) && After.Links.Contains(link) && !IsOld(link));
        return theirs.ChangesVersion(key) || isLinked;
    }

    private bool IsOld(RefreshLink link) => !link.AllowsDuplicates && start.Links.Contains(link);
}

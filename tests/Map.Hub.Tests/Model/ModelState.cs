namespace Map.Hub.Tests.Model;

/// <summary>The saved holons as of one commit. Not changed once it is made.</summary>
internal sealed record ModelSnapshot(ulong Number, SortedDictionary<int, ModelHolon> Holons)
{
    public ModelHolon? Find(int id) => Holons.GetValueOrDefault(id);
}

/// <summary>All that a transaction of the model holds: copied whole for each step.</summary>
internal sealed class ModelState
{
    public required ModelSnapshot Snapshot { get; set; }

    public SortedDictionary<int, ModelHolon> Staged { get; } = [];

    public SortedDictionary<int, ModelHolon> Transient { get; } = [];

    /// <summary>What commit looks at.</summary>
    public IEnumerable<ModelHolon> Drafts => Staged.Values.Where(draft => draft.Phase != V1.HolonPhase.Abandoned);

    public bool IsHidden(int id) => Staged.GetValueOrDefault(id) is { Hides: true };

    /// <summary>A draft that stands for its holon; an abandoned one does not.</summary>
    public ModelHolon? FindDraft(int id) => Staged.GetValueOrDefault(id) is { Phase: not V1.HolonPhase.Abandoned } draft ? draft : null;

    /// <summary>A holon as the view has it; null when it is not there.</summary>
    public ModelHolon? InView(int id) => IsHidden(id) ? null : FindDraft(id) ?? Snapshot.Find(id);

    /// <summary>Whether a holon is among those that others lead to: a transient one, or one in view.</summary>
    public bool Knows(int id) => InView(id) is not null || Transient.ContainsKey(id);

    /// <summary>The live holons in view: staged over saved, by age.</summary>
    public IEnumerable<ModelHolon> View() =>
        Snapshot.Holons.Keys.Union(Staged.Keys).Order().Select(InView).OfType<ModelHolon>();

    public IEnumerable<ModelHolon> WithKey(string key, int? type = null) =>
        View().Where(each => each.Key == key && (type is null || each.Type == type));

    public ModelState Copy()
    {
        var copy = new ModelState { Snapshot = Snapshot };
        foreach (var (id, holon) in Staged) copy.Staged[id] = holon.Copy();
        foreach (var (id, holon) in Transient) copy.Transient[id] = holon.Copy();
        return copy;
    }
}

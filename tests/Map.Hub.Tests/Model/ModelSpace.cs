using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>A space of the model: plain dictionaries, copied whole for each commit.</summary>
internal sealed class ModelSpace
{
    private readonly List<ModelSnapshot> _snapshots;
    private readonly Dictionary<int, ModelTransaction> _transactions = [];

    /// <param name="first">What the space holds once its types are loaded.</param>
    /// <param name="types">The types by their keys.</param>
    /// <param name="spaceHolon">The space's own holon.</param>
    public ModelSpace(ModelSnapshot first, IReadOnlyDictionary<string, int> types, int spaceHolon)
    {
        _snapshots = [first];
        (Types, SpaceHolon) = (types, spaceHolon);
    }

    public ModelSnapshot Latest => _snapshots[^1];

    public IReadOnlyDictionary<string, int> Types { get; }

    public int SpaceHolon { get; }

    /// <summary>Tells runs of the daemon apart: page tokens are of one.</summary>
    public int Starts { get; private set; }

    /// <summary>The holons that were deleted.</summary>
    public List<int> Gone { get; } = [];

    public IEnumerable<ModelTransaction> Open => _transactions.Values.Where(each => each.Status == TransactionStatus.Open);

    public IEnumerable<ModelTransaction> Ended => _transactions.Values.Where(each => each.Status != TransactionStatus.Open);

    public void Restart() => Starts++;

    /// <summary>Begins a transaction.</summary>
    /// <returns>The commit that it reads as of.</returns>
    public ulong Begin(BeginStep step)
    {
        var snapshot = _snapshots[Math.Max(0, _snapshots.Count - 1 - step.Back)];
        _transactions.Add(step.Transaction, new ModelTransaction(this, step.Transaction, snapshot));
        return snapshot.Number;
    }

    public ModelTransaction? Find(int transaction) => _transactions.GetValueOrDefault(transaction);

    /// <summary>Runs a command.</summary>
    /// <exception cref="ModelRefusal">It is refused.</exception>
    public CommandResponse? Execute(CommandStep step) =>
        (Find(step.Transaction) ?? throw new ModelRefusal(ErrorCode.TransactionNotFound)).Execute(step);

    /// <summary>A version as it was last, with the snapshot of which its links are.</summary>
    public (ModelHolon Holon, ModelSnapshot AsOf)? FindVersion(int id, uint version, ulong asOf)
    {
        for (var i = _snapshots.Count - 1; i >= 0; i--)
            if (_snapshots[i].Number <= asOf && _snapshots[i].Find(id) is { } holon && holon.Version == version) return (holon, _snapshots[i]);
        return null;
    }

    /// <summary>The versions of a holon, newest first.</summary>
    public IEnumerable<ModelHolon> Versions(int id, ulong asOf) =>
        _snapshots.Where(each => each.Number <= asOf).Select(each => each.Find(id)).OfType<ModelHolon>()
            .DistinctBy(holon => holon.Version).OrderByDescending(holon => holon.Version);

    /// <summary>Whether holons of a type may have links of a name. Any may have friends.</summary>
    public bool Declares(int? type, string name) => name switch
    {
        TestSchema.Friends => true,
        TestSchema.Similar or TestSchema.Parts => IsOf(type, TestSchema.Item),
        TestSchema.Authors or TestSchema.Credits or TestSchema.Readers => IsOf(type, TestSchema.Book),
        TestSchema.Remarks => IsOf(type, TestSchema.Person),
        _ => false,
    };

    /// <summary>What the type of a holon says of a name.</summary>
    public ModelRule RuleOf(int? type, string name) => Declares(type, name) ? ModelRule.Of[name] : ModelRule.Bare;

    /// <summary>Whether a name stands for the same relationship under two types.</summary>
    public bool IsSame(int? type, int? other, string name) => Declares(type, name) == Declares(other, name);

    /// <summary>Whether a name is the inverse of a relationship that reaches holons of a type.</summary>
    public bool HasInverse(int? type, string name) => ModelRule.Inverse.ContainsKey(name)
        && IsOf(type, name is TestSchema.SimilarFrom or TestSchema.PartOf or TestSchema.RemarkedBy ? TestSchema.Item : TestSchema.Person);

    private bool IsOf(int? type, string root) => type is { } of && WithSubtypes(Types[root]).Contains(of);

    /// <summary>A type and those that extend it.</summary>
    public IEnumerable<int> WithSubtypes(int type)
    {
        string[] lineage = [TestSchema.Item, TestSchema.Book, TestSchema.Novel];
        var at = Array.FindIndex(lineage, each => Types[each] == type);
        return at < 0 ? [type] : lineage[at..].Select(each => Types[each]);
    }

    /// <summary>Commits what a transaction staged.</summary>
    /// <exception cref="ModelRefusal">It breaks a rule, or conflicts.</exception>
    public CommitResult Commit(ModelState state)
    {
        var changes = state.Drafts.Select(draft => new ModelChange(this, draft, state)).ToList();
        var violations = new ModelValidation(changes, SpaceHolon).Find(Latest, state.Snapshot);
        if (violations.Count > 0) throw new ModelRefusal([.. violations]);
        var conflicts = new ModelConflicts(Latest, state.Snapshot.Number).Find(changes);
        if (conflicts.Count > 0) throw new ModelRefusal([.. conflicts]);
        _snapshots.Add(ModelCommit.Apply(Latest, changes));
        var result = new CommitResult { CommitNumber = Latest.Number };
        result.Saved.AddRange(changes.Where(change => change.ChangesNode && change.Draft.IsLive).Select(change => Symbols.Holon(change.Draft.Id)));
        result.Deleted.AddRange(changes.Where(change => !change.Draft.IsLive).Select(change => Symbols.Holon(change.Draft.Id)));
        Gone.AddRange(changes.Where(change => !change.Draft.IsLive).Select(change => change.Draft.Id));
        (result.SavedCount, result.DeletedCount) = ((ulong)result.Saved.Count, (ulong)result.Deleted.Count);
        return result;
    }
}

using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>A link of the model.</summary>
/// <param name="Target">The holon linked to.</param>
/// <param name="Occurrence">Tells equal members apart.</param>
/// <param name="IsSaved">Whether it was there at the snapshot; else the transaction added it.</param>
internal sealed record ModelLink(int Target, int Occurrence, bool IsSaved)
{
    private static int _made;

    /// <summary>Tells it from all others, however alike.</summary>
    public int Serial { get; init; } = Interlocked.Increment(ref _made);

    /// <summary>The commit that added it, of a saved one.</summary>
    public ulong Added { get; init; }

    /// <summary>Whether both take the same place among the links of a holon.</summary>
    public bool IsLike(ModelLink other) => Target == other.Target && Occurrence == other.Occurrence;
}

/// <summary>A holon of the model. Its id is a symbol.</summary>
internal sealed class ModelHolon
{
    public required int Id { get; init; }

    public required HolonPhase Phase { get; set; }

    /// <summary>Of a draft: the version that it was staged from.</summary>
    public uint Version { get; set; }

    /// <summary>The commit that saved the version.</summary>
    public ulong Commit { get; set; }

    public int? Type { get; set; }

    /// <summary>The holon that it came from, if that is recorded.</summary>
    public int? Origin { get; set; }

    public SortedDictionary<string, BaseValue> Properties { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Members in order by name of the relationship.</summary>
    public SortedDictionary<string, List<ModelLink>> Links { get; init; } = new(StringComparer.Ordinal);

    /// <summary>How often the members of a relationship were put in order, or out of it, with another type.</summary>
    public Dictionary<string, int> Renumbered { get; init; } = [];

    public string? Key => Properties.TryGetValue("Key", out var key) ? key.StringValue : null;

    /// <summary>Whether it can be changed, if it is a draft.</summary>
    public bool IsLive => Phase is not (HolonPhase.StagedForDelete or HolonPhase.Abandoned);

    /// <summary>Whether it hides the holon from the view, if it is a draft: an abandoned change lets the saved one be seen.</summary>
    public bool Hides => Phase == HolonPhase.StagedForDelete || (Phase == HolonPhase.Abandoned && Version == 0);

    /// <summary>The links of a name, to be changed.</summary>
    public List<ModelLink> LinksOf(string name)
    {
        if (!Links.TryGetValue(name, out var links)) Links[name] = links = [];
        return links;
    }

    /// <summary>The links of a name, to be read.</summary>
    public IReadOnlyList<ModelLink> See(string name) => Links.TryGetValue(name, out var links) ? links : [];

    public ModelHolon Copy(HolonPhase? phase = null)
    {
        var copy = new ModelHolon { Id = Id, Phase = phase ?? Phase, Version = Version, Commit = Commit, Type = Type, Origin = Origin };
        foreach (var (name, value) in Properties) copy.Properties[name] = value;
        foreach (var (name, links) in Links) copy.Links[name] = [.. links];
        foreach (var (name, count) in Renumbered) copy.Renumbered[name] = count;
        return copy;
    }
}

/// <summary>What the types of <see cref="TestSchema"/> say of a relationship.</summary>
internal sealed record ModelRule(bool IsOrdered, bool AllowsDuplicates, bool IsDefinitional)
{
    public static readonly Dictionary<string, ModelRule> Of = new()
    {
        [TestSchema.Authors] = new(IsOrdered: true, AllowsDuplicates: false, IsDefinitional: true),
        [TestSchema.Credits] = new(IsOrdered: true, AllowsDuplicates: true, IsDefinitional: true),
        [TestSchema.Readers] = new(IsOrdered: false, AllowsDuplicates: true, IsDefinitional: false),
        [TestSchema.Similar] = new(IsOrdered: false, AllowsDuplicates: false, IsDefinitional: false),
        [TestSchema.Parts] = new(IsOrdered: false, AllowsDuplicates: false, IsDefinitional: false),
        [TestSchema.Remarks] = new(IsOrdered: false, AllowsDuplicates: false, IsDefinitional: false),
        [TestSchema.Friends] = new(IsOrdered: false, AllowsDuplicates: false, IsDefinitional: true),
    };

    /// <summary>What is so of a name that the type does not declare.</summary>
    public static readonly ModelRule Bare = Of[TestSchema.Friends];

    /// <summary>The declared relationship of each inverse name.</summary>
    public static readonly Dictionary<string, string> Inverse = new()
    {
        [TestSchema.AuthorOf] = TestSchema.Authors,
        [TestSchema.CreditedIn] = TestSchema.Credits,
        [TestSchema.ReaderOf] = TestSchema.Readers,
        [TestSchema.SimilarFrom] = TestSchema.Similar,
        [TestSchema.PartOf] = TestSchema.Parts,
        [TestSchema.RemarkedBy] = TestSchema.Remarks,
    };

    /// <summary>Puts links where they belong: those that keep no order stand by the age of their targets.</summary>
    public void Sort(List<ModelLink> links)
    {
        if (IsOrdered) return;
        links.Sort((a, b) => a.Target != b.Target ? a.Target - b.Target : a.Occurrence - b.Occurrence);
    }
}

/// <summary>The model refuses a command.</summary>
internal sealed class ModelRefusal(params (ErrorCode Code, int Subject)[] errors) : Exception
{
    public ModelRefusal(ErrorCode code)
        : this((code, 0))
    {
    }

    public (ErrorCode Code, int Subject)[] Errors => errors;
}

/// <summary>The model does not say what comes of a command: it is left out on both sides.</summary>
internal sealed class BeyondModel : Exception;

using Google.Protobuf;
using Map.V1;

namespace Map.Hub.Tests.Inverses;

/// <summary>A holon that a transaction sees.</summary>
/// <param name="Reference">The reference that the view gives.</param>
/// <param name="Name">Its key, for a person.</param>
/// <param name="Lineage">Its type and what that extends; empty where it has no type of the schema.</param>
/// <param name="ConformsTo">The types that it conforms to.</param>
internal sealed record SeenHolon(HolonReference Reference, string Name, IReadOnlyList<string> Lineage, IReadOnlyList<string> ConformsTo)
{
    public ByteString Id { get; } = IdOf(Reference);

    public bool IsTransient => Reference.Transient is not null;

    public bool IsStaged => Reference.Staged is not null;

    public override string ToString() => $"{Name} ({Reference.KindCase} {(Lineage.Count == 0 ? "untyped" : Lineage[0])})";

    public static ByteString IdOf(HolonReference holon) => holon.KindCase switch
    {
        HolonReference.KindOneofCase.Transient => holon.Transient.LocalId,
        HolonReference.KindOneofCase.Staged => holon.Staged.LocalId,
        _ => holon.Smart.HolonId.LocalId,
    };
}

/// <summary>Relationship and inverse do not agree.</summary>
internal sealed class InverseBroken(string message) : Exception(message);

/// <summary>Reads what a transaction sees, by queries alone, and compares each relationship with its inverse.</summary>
internal sealed class InverseView(TestTransaction transaction, TypeTable types, Random random)
{
    /// <summary>Instances and the fields, as the view gives them.</summary>
    public List<SeenHolon> Holons() => [
        .. transaction.Ok(new QueryCommand { GetAll = new GetAllQuery { Page = new PageRequest { Size = 1_000 } } })
            .Page.Members.Select(member => Look(member.Reference)).OfType<SeenHolon>()];

    /// <summary>What is known of a holon; null where it is not there, or is none of those that commands make.</summary>
    public SeenHolon? Look(HolonReference reference)
    {
        if (types.IsPart(SeenHolon.IdOf(reference))) return null;
        var response = transaction.Send(new QueryCommand { EssentialContent = new EssentialContentQuery { Holon = reference } });
        if (!response.Success || response.Body.EssentialContent.Phase == HolonPhase.Abandoned) return null;
        var content = response.Body.EssentialContent;
        var lineage = content.Descriptor_ is { } type ? types.Lineage(SeenHolon.IdOf(type)) : [];
        return new SeenHolon(reference, content.Key, lineage, [.. lineage, .. types.Lineage(SeenHolon.IdOf(reference))]);
    }

    /// <summary>All members, page by page.</summary>
    public IEnumerable<HolonReference> Members(SeenHolon holon, string name)
    {
        var query = new RelatedHolonsQuery
        {
            Holon = holon.Reference,
            Name = name,
            Page = new PageRequest { Size = random.Next(6) == 0 ? (uint)random.Next(1, 4) : 1_000 },
        };
        do
        {
            var page = transaction.Ok(new QueryCommand { RelatedHolons = query }).Page;
            foreach (var member in page.Members) yield return member.Reference;
            query.Page.Token = page.NextToken;
        }
        while (!query.Page.Token.IsEmpty);
    }

    /// <summary>
    /// Requires that each holon is among the members of its members under the name of the inverse, as often as they are
    /// among its own, and nobody else is.
    /// </summary>
    /// <param name="transients">Transient holons that there may be.</param>
    /// <returns>How many links there are.</returns>
    /// <exception cref="InverseBroken">It is not so.</exception>
    public int Check(IEnumerable<HolonReference> transients)
    {
        var holons = Holons().Concat(transients.Select(Look).OfType<SeenHolon>()).ToDictionary(holon => holon.Id);
        var links = new Dictionary<Link, (int Forward, int Inverse)>();
        foreach (var holon in holons.Values)
            foreach (var (name, members) in Related(holon))
                foreach (var other in members.Select(member => Find(holons, holon, member)))
                    if (!InverseSchema.Names.Contains(name)) Count(links, new Link(name, other.Id, holon.Id), 0, 1);
                    else
                        foreach (var inverse in InversesOf(holon, name, other)) Count(links, new Link(inverse, holon.Id, other.Id), 1, 0);
        var broken = links.Where(each => each.Value.Forward != each.Value.Inverse).ToList();
        if (broken.Count > 0)
            throw new InverseBroken(string.Join("\n", broken.Select(each => Describe(each.Key, each.Value, holons))));
        return links.Values.Sum(each => each.Forward);
    }

    /// <summary>
    /// Under which names the target tells of a link: none where it is not what the relationship is for, nor where the source
    /// alone is transient. A name that the type of the source does not declare stands for all relationships of that name.
    /// </summary>
    private static IEnumerable<string> InversesOf(SeenHolon source, string name, SeenHolon target)
    {
        if (source.IsTransient && !target.IsTransient) return [];
        var declared = InverseSchema.Declared(source.Lineage).Where(each => each.Name == name).ToList();
        return (declared.Count > 0 ? declared : InverseSchema.Relationships.Where(each => each.Name == name))
            .Where(each => target.ConformsTo.Contains(each.Target)).Select(each => each.Inverse).Distinct();
    }

    private static SeenHolon Find(Dictionary<ByteString, SeenHolon> holons, SeenHolon from, HolonReference member) =>
        holons.GetValueOrDefault(SeenHolon.IdOf(member))
            ?? throw new InverseBroken($"{from.Name} has a member that is not in view: {member}");

    private static void Count(Dictionary<Link, (int Forward, int Inverse)> links, Link link, int forward, int inverse)
    {
        var counts = links.GetValueOrDefault(link);
        links[link] = (counts.Forward + forward, counts.Inverse + inverse);
    }

    /// <summary>
    /// The members of each relationship of the schema, in both directions: those of the summary, which some of the time are
    /// compared with what each relationship gives by itself.
    /// </summary>
    private IEnumerable<(string Name, IReadOnlyList<HolonReference> Members)> Related(SeenHolon holon)
    {
        var query = new AllRelatedHolonsQuery { Holon = holon.Reference, MembersEach = 100 };
        var told = transaction.Ok(new QueryCommand { AllRelatedHolons = query }).Relationships.Relationships.ToDictionary(each => each.Name);
        foreach (var name in InverseSchema.Names.Concat(InverseSchema.InverseNames))
        {
            var summary = told.GetValueOrDefault(name);
            List<HolonReference> members = [.. summary?.Members.Select(member => member.Reference) ?? []];
            if (summary?.Count > (ulong)members.Count || random.Next(8) == 0) AssertSame(holon, name, summary?.Count ?? 0, members);
            if (members.Count > 0) yield return (name, members);
        }
    }

    private void AssertSame(SeenHolon holon, string name, ulong count, List<HolonReference> told)
    {
        List<HolonReference> members = [.. Members(holon, name)];
        if (count != (ulong)members.Count || !members.Take(100).SequenceEqual(told))
            throw new InverseBroken($"{holon} has {members.Count} members as \"{name}\", and tells of {count}, or of others");
    }

    private static string Describe(Link link, (int Forward, int Inverse) counts, Dictionary<ByteString, SeenHolon> holons)
    {
        var (source, target) = (holons[link.Source], holons[link.Target]);
        return $"{source} has {target} as a member {counts.Forward} times; the inverse \"{link.Inverse}\" says {counts.Inverse}";
    }

    private readonly record struct Link(string Inverse, ByteString Source, ByteString Target);
}

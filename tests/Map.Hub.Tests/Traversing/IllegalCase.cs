using Google.Protobuf;
using Map.V1;
using static Map.V1.Comparison;

namespace Map.Hub.Tests.Traversing;

/// <summary>A query that is refused.</summary>
/// <param name="Name">Why.</param>
/// <param name="Query">The query, in a transaction of <see cref="LibraryWorld"/>.</param>
/// <param name="Code">With which error.</param>
/// <param name="Place">At which place.</param>
/// <param name="Limit">Which limit is told.</param>
internal sealed record IllegalCase(string Name, Func<TestTransaction, TraverseQuery> Query, ErrorCode Code, string Place, long? Limit = null)
{
    private const string InWhere = "steps[0].where";

    public static IReadOnlyDictionary<string, IllegalCase> All { get; } =
        ((IllegalCase[])[.. UnknownNames, .. Values, .. Depths, .. Forms, .. Seeds, .. Sizes, .. Pages]).ToDictionary(each => each.Name);

    private static IllegalCase[] UnknownNames =>
    [
        new("an unknown property", Ask.Type("Book").Where("Shade", Exists), ErrorCode.UnknownProperty, $"{InWhere}.property.name"),
        new("a property of another type", Ask.Type("Book").Where("BirthYear", Exists), ErrorCode.UnknownProperty, $"{InWhere}.property.name"),
        new("a property of a subtype that is left out", Ask.Type("Book", exact: true).Where("Editor", Exists),
            ErrorCode.UnknownProperty, $"{InWhere}.property.name"),
        new("a property that was known before a step", Ask.Key("Emma").Follow("AuthoredBy").Where("Title", Exists),
            ErrorCode.UnknownProperty, "steps[1].where.property.name"),
        new("a property deep in conditions",
            Ask.Type("Book").Where("Title", Exists).Where(If.All(
                If.Is("Title", Exists), If.Any(If.Not(If.Is("Shade", Exists)), If.Is("Title", Exists)))),
            ErrorCode.UnknownProperty, "steps[1].where.all.conditions[1].any.conditions[0].not.property.name"),
        new("a property that a type condition rules out", Ask.All("E").Where(If.All(If.IsA("Person"), If.Is("Title", Exists))),
            ErrorCode.UnknownProperty, $"{InWhere}.all.conditions[1].property.name"),
        new("an unknown property to order by", Ask.Type("Book").By("Title").By("Shade"), ErrorCode.UnknownProperty, "order_by[1].property"),
        new("an unknown property to select", Ask.Type("Book").Select("Title", "Key", "Shade"), ErrorCode.UnknownProperty, "select[2]"),
        new("an unknown relationship", Ask.Type("Book").Follow("AuthoredBy", "Adores"),
            ErrorCode.UnknownRelationship, "steps[0].expand.relationships[1]"),
        new("a relationship of the other end", Ask.Type("Book").Follow("AuthorOf"),
            ErrorCode.UnknownRelationship, "steps[0].expand.relationships[0]"),
        new("a relationship that is unknown further on, too", Ask.Key("Emma").Hops(1, 3, "AuthoredBy", "AuthorOf", "NarrowerSubject"),
            ErrorCode.UnknownRelationship, "steps[0].expand.relationships[2]"),
        new("a relationship that was known before a step", Ask.Key("Emma").Follow("AuthoredBy").Follow("PublishedBy"),
            ErrorCode.UnknownRelationship, "steps[1].expand.relationships[0]"),
        new("an empty name of a property", Ask.Type("Book").Where("", Exists), ErrorCode.InvalidName, $"{InWhere}.property.name"),
        new("an empty name of a relationship", Ask.Type("Book").Follow(""), ErrorCode.InvalidName, "steps[0].expand.relationships[0]"),
        new("an unknown type in a condition", Ask.Type("Book").Where(If.IsA("Bok")), ErrorCode.KeyNotFound, $"{InWhere}.is_a.type.name"),
    ];

    private static IllegalCase[] Values =>
    [
        new("text for a number", Ask.Type("Book").Where("PublicationYear", Equal, "1847"),
            ErrorCode.ValueKindMismatch, $"{InWhere}.property.values[0]"),
        new("a number for text", Ask.Type("Book").Where("Title", Less, 3), ErrorCode.ValueKindMismatch, $"{InWhere}.property.values[0]"),
        new("one of several that does not fit", Ask.Type("Book").Where("Title", OneOf, "Emma", true),
            ErrorCode.ValueKindMismatch, $"{InWhere}.property.values[1]"),
        new("text that is no moment", Ask.Type("Loan").Where("LentAt", Less, "yesterday"),
            ErrorCode.ValueKindMismatch, $"{InWhere}.property.values[0]"),
        new("text that is no base64", Ask.Type(Annex.Anthology).Where("Stamp", Equal, "*"),
            ErrorCode.ValueKindMismatch, $"{InWhere}.property.values[0]"),
        new("an item of another kind", Ask.Type("Person").Where("OtherNames", Contains, 3),
            ErrorCode.ValueKindMismatch, $"{InWhere}.property.values[0]"),
        new("a variant that there is not", Ask.Type("Book").Where("Form", OneOf, "Novel", "Epic"),
            ErrorCode.UnknownVariant, $"{InWhere}.property.values[1]"),
        new("an order of variants", Ask.Type("Book").Where("Form", Less, "Novel"),
            ErrorCode.ComparisonUndefined, $"{InWhere}.property.comparison"),
        new("an order of what is true", Ask.Type("Person").Where("IsPenName", AtLeast, true),
            ErrorCode.ComparisonUndefined, $"{InWhere}.property.comparison"),
        new("an order of lists", Ask.Type("Person").Where("OtherNames", Greater, "A"),
            ErrorCode.ComparisonUndefined, $"{InWhere}.property.comparison"),
        new("the beginning of a number", Ask.Type("Book").Where("PublicationYear", StartsWith, "18"),
            ErrorCode.ComparisonUndefined, $"{InWhere}.property.comparison"),
        new("what is in a double", Ask.Type("Place").Where("Latitude", Contains, 5.0),
            ErrorCode.ComparisonUndefined, $"{InWhere}.property.comparison"),
        new("no comparison", Ask.Type("Book").Where("Title", Unspecified, "Emma"), ErrorCode.InvalidRequest, $"{InWhere}.property.comparison"),
        new("a comparison that nobody knows", Ask.Type("Book").Where("Title", (Comparison)99, "Emma"),
            ErrorCode.InvalidRequest, $"{InWhere}.property.comparison"),
        new("no value", Ask.Type("Book").Where("Title", Equal), ErrorCode.InvalidRequest, $"{InWhere}.property.values"),
        new("two values", Ask.Type("Book").Where("Title", StartsWith, "A", "B"), ErrorCode.InvalidRequest, $"{InWhere}.property.values"),
        new("a value for nothing", Ask.Type("Book").Where("Title", Exists, "A"), ErrorCode.InvalidRequest, $"{InWhere}.property.values"),
        new("a value without a kind", Ask.Type("Book").Where("Title", Equal, new BaseValue()),
            ErrorCode.InvalidRequest, $"{InWhere}.property.values[0]"),
    ];

    private static IllegalCase[] Depths =>
    [
        new("a depth without an end", Ask.Key("Emma").Follow(2, null, "Continues"), ErrorCode.QueryUnbounded, "steps[0].expand.max_depth"),
        new("a depth beyond the limit", Ask.Key("Emma").Hops(1, 17, "Continues"), ErrorCode.QueryTooDeep, "steps[0].expand", 16),
        new("depths that are too much together", Ask.Key("Emma").Hops(1, 9, "Continues").Where("Title", Exists).Hops(0, 8, "Continues"),
            ErrorCode.QueryTooDeep, "steps[2].expand", 16),
        new("the greatest depth that can be written", Ask.Key("Emma").Hops(1, uint.MaxValue, "Continues"),
            ErrorCode.QueryTooDeep, "steps[0].expand", 16),
        new("a least depth above the greatest", Ask.Key("Emma").Hops(3, 2, "Continues"), ErrorCode.InvalidRequest, "steps[0].expand.min_depth"),
    ];

    private static IllegalCase[] Forms =>
    [
        new("no seed", new Ask(), ErrorCode.InvalidRequest, "seeds"),
        new("an empty seed", new Ask().With(query => query.Seeds.Add(new TraverseSeed())), ErrorCode.InvalidRequest, "seeds[0]"),
        new("an empty step", Ask.Type("Book").With(query => query.Steps.Add(new TraverseStep())), ErrorCode.InvalidRequest, "steps[0]"),
        new("an empty condition", Ask.Type("Book").Where(new TraverseCondition()), ErrorCode.InvalidRequest, InWhere),
        new("all of none", Ask.Type("Book").Where(If.All()), ErrorCode.InvalidRequest, $"{InWhere}.all.conditions"),
        new("one of none", Ask.Type("Book").Where(If.Not(If.Any())), ErrorCode.InvalidRequest, $"{InWhere}.not.any.conditions"),
        new("not nothing", Ask.Type("Book").Where(If.Not(new TraverseCondition())), ErrorCode.InvalidRequest, $"{InWhere}.not"),
        new("no relationship", Ask.Type("Book").Follow(), ErrorCode.InvalidRequest, "steps[0].expand.relationships"),
        new("an empty type", new Ask().With(query => query.Seeds.Add(new TraverseSeed { List = new ListSeed { Type = new TypeSelector() } })),
            ErrorCode.InvalidRequest, "seeds[0].list.type"),
        new("no type to be exactly of", new Ask().With(query => query.Seeds.Add(new TraverseSeed { List = new ListSeed { ExactType = true } })),
            ErrorCode.InvalidRequest, "seeds[0].list.exact_type"),
        new("an explanation that nobody knows", Ask.Type("Book").With(query => query.Explain = (TraverseExplain)7),
            ErrorCode.InvalidRequest, "explain"),
    ];

    private static IllegalCase[] Seeds =>
    [
        new("a key that there is not", Ask.Key("Emma").And(Ask.Key("Emmma")), ErrorCode.KeyNotFound, "seeds[1].key.key"),
        new("a key of another type", Ask.Key("Emma", "Person"), ErrorCode.KeyNotFound, "seeds[0].key.key"),
        new("a key of what is staged for delete", Ask.Key("Agnes Grey"), ErrorCode.KeyNotFound, "seeds[0].key.key"),
        new("a key of an abandoned draft", Ask.Key("Phantom"), ErrorCode.KeyNotFound, "seeds[0].key.key"),
        new("a key of a transient holon", Ask.Key("Scratch"), ErrorCode.KeyNotFound, "seeds[0].key.key"),
        new("a type that there is not", Ask.Type("Bok"), ErrorCode.KeyNotFound, "seeds[0].list.type.name"),
        new("a type of a key that there is not", Ask.Key("Emma", "Bok"), ErrorCode.KeyNotFound, "seeds[0].key.type.name"),
        new("a type that is none", transaction => new TraverseQuery
        {
            Seeds = { new TraverseSeed { List = new ListSeed { Type = new TypeSelector { Holon = transaction.ByKey("Emma") } } } },
        }, ErrorCode.NotAType, "seeds[0].list.type"),
        new("a version", transaction => new TraverseQuery
        {
            Seeds = { new TraverseSeed { Holon = transaction.Saved(transaction.ByKey("Emma"), 1) } },
        }, ErrorCode.InvalidRequest, "seeds[0].holon"),
        new("an id that there is not", transaction =>
        {
            var id = transaction.Content(transaction.ByKey("Emma")).HolonId.Clone();
            id.LocalId = ByteString.CopyFrom(Guid.CreateVersion7().ToByteArray(bigEndian: true));
            return new TraverseQuery { Seeds = { new TraverseSeed { HolonId = id } } };
        }, ErrorCode.HolonNotFound, "seeds[0].holon_id"),
        new("an id of another space", transaction =>
        {
            var id = transaction.Content(transaction.ByKey("Emma")).HolonId.Clone();
            id.SpaceId = id.LocalId;
            return new TraverseQuery { Seeds = { new TraverseSeed { HolonId = id } } };
        }, ErrorCode.OtherSpace, "seeds[0].holon_id"),
    ];

    private static IllegalCase[] Sizes =>
    [
        new("too many steps", Ask.Type("Book").With(query => Repeat(101, () => query.Steps.Add(new TraverseStep { Where = If.Is("Title", Exists) }))),
            ErrorCode.TooLarge, "steps", 100),
        new("too many seeds", Ask.Type("Book").With(query => Repeat(101, () => query.Seeds.Add(new TraverseSeed { List = new ListSeed() }))),
            ErrorCode.TooLarge, "seeds", 100),
        new("too many conditions", Ask.Type("Book").Where(If.Any([.. Enumerable.Repeat(If.Is("Title", Exists), 200)])),
            ErrorCode.TooLarge, $"{InWhere}.any.conditions[199]", 200),
        new("too many values", Ask.Type("Book").Where("Title", OneOf, [.. Enumerable.Range(0, 1_001).Select(each => $"{each}")]),
            ErrorCode.TooLarge, $"{InWhere}.property.values", 1_000),
        new("too many relationships", Ask.Type("Book").Follow([.. Enumerable.Repeat("AuthoredBy", 201)]),
            ErrorCode.TooLarge, "steps[0].expand.relationships", 200),
        new("too much to order by", Ask.Type("Book").With(query => Repeat(201, () => query.OrderBy.Add(new TraverseOrder { Property = "Title" }))),
            ErrorCode.TooLarge, "order_by", 200),
        new("too much to select", Ask.Type("Book").Select([.. Enumerable.Repeat("Title", 201)]), ErrorCode.TooLarge, "select", 200),
        new("conditions too deep in one another", Ask.Type("Book").Where(Nested(17)),
            ErrorCode.TooLarge, InWhere + string.Concat(Enumerable.Repeat(".not", 16)), 16),
    ];

    private static IllegalCase[] Pages =>
    [
        new("a page that is too large", Ask.Type("Book").With(query => query.Page = new PageRequest { Size = 1_001 }),
            ErrorCode.TooLarge, "page.size", 1_000),
        new("a token that nobody gave",
            Ask.Type("Book").With(query => query.Page = new PageRequest { Token = ByteString.CopyFromUtf8("nobody gave this token to us") }),
            ErrorCode.InvalidPageToken, "page.token"),
        new("a token of another query", transaction =>
        {
            var other = Ask.Type("Book").By("Title").In(transaction);
            var query = Ask.Type("Book").Down("Title").In(transaction);
            query.Page = new PageRequest { Token = transaction.Traverse(other).NextToken };
            return query;
        }, ErrorCode.InvalidPageToken, "page.token"),
    ];

    private IllegalCase(string name, Ask query, ErrorCode code, string place, long? limit = null)
        : this(name, query.In, code, place, limit)
    {
    }

    private static TraverseCondition Nested(int depth) => depth == 1 ? If.Is("Title", Exists) : If.Not(Nested(depth - 1));

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++) action();
    }
}

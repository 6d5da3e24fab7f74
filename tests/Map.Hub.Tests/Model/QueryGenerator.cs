using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests.Model;

/// <summary>Makes random queries, and goes on with pages that it was given.</summary>
internal sealed class QueryGenerator(Random random, ModelSpace space)
{
    private static readonly string[] KeptNames = ["DescribedBy", "OwnedBy", "Instances"];

    private readonly ReferenceGenerator _references = new(random, space);

    public QueryCommand Next(ModelTransaction transaction, ModelTransaction other)
    {
        // The last page as a rule, which is the newest.
        if (transaction.Pages.Count > 0 && random.Next(3) == 0)
            return NextPage(transaction.Pages.ElementAt(random.Next(4) > 0 ? transaction.Pages.Count - 1 : random.Next(transaction.Pages.Count)));
        var holon = _references.AnyPhase(transaction, other);
        return random.Next(28) switch
        {
            0 => new QueryCommand { EssentialContent = new EssentialContentQuery { Holon = holon } },
            1 => new QueryCommand { HolonId = new HolonIdQuery { Holon = holon } },
            2 => new QueryCommand { Key = new KeyQuery { Holon = holon } },
            3 => new QueryCommand { VersionedKey = new VersionedKeyQuery { Holon = holon } },
            4 or 5 => new QueryCommand { Predecessor = new PredecessorQuery { Holon = holon } },
            6 => new QueryCommand { PropertyValue = new PropertyValueQuery { Holon = holon, Name = random.Next(2) == 0 ? "Title" : "Pages" } },
            7 => ByKeyQuery(random.Next(20) == 0 ? "" : _references.Key(), random.Next(2) == 0 ? null : Type(transaction)),
            8 => ById(transaction, holon),
            9 => new QueryCommand { EditStatus = new EditStatusQuery() },
            10 or 11 => new QueryCommand { History = new HistoryQuery { Holon = holon, Page = Page() } },
            12 or 13 or 14 => All(transaction),
            20 or 21 => new QueryCommand { AllRelatedHolons = new AllRelatedHolonsQuery { Holon = holon, MembersEach = (uint)random.Next(4) * 34 } },
            22 => new QueryCommand { StagedByBaseKey = new StagedByBaseKeyQuery { Key = _references.Key(), Page = Page() } },
            23 => new QueryCommand { TransientByBaseKey = new TransientByBaseKeyQuery { Key = _references.Key(), Page = Page() } },
            24 => new QueryCommand { StagedByVersionedKey = new StagedByVersionedKeyQuery { VersionedKey = VersionedKey() } },
            25 => new QueryCommand { TransientByVersionedKey = new TransientByVersionedKeyQuery { VersionedKey = VersionedKey() } },
            26 or 27 => Traverse(transaction, holon),
            _ => Related(transaction, holon),
        };
    }

    private QueryCommand Related(ModelTransaction transaction, HolonReference holon)
    {
        var type = ReferenceGenerator.Find(transaction, holon)?.Type;
        var name = random.Next(8) == 0 ? Pick(KeptNames)
            : random.Next(3) == 0 ? Pick(TestSchema.RelationshipNames)
            : type == space.Types[TestSchema.Person] ? Pick([TestSchema.AuthorOf, TestSchema.CreditedIn, TestSchema.ReaderOf])
            : Pick(_references.NamesOf(type));
        return new QueryCommand { RelatedHolons = new RelatedHolonsQuery { Holon = holon, Name = name, Page = Page() } };
    }

    /// <summary>From some holon to its members and, as often as not, to theirs.</summary>
    private QueryCommand Traverse(ModelTransaction transaction, HolonReference holon)
    {
        var query = new TraverseQuery { Distinct = random.Next(2) == 0, Page = new PageRequest { Size = 1_000 } };
        query.Seeds.Add(new TraverseSeed { Holon = holon });
        if (random.Next(2) == 0) query.Seeds.Add(new TraverseSeed { Holon = _references.AnyPhase(transaction, transaction) });
        for (var i = random.Next(3); i >= 0; i--)
        {
            var names = Enumerable.Range(0, 1 + random.Next(2)).Select(_ => Pick(TestSchema.RelationshipNames)).Distinct();
            query.Steps.Add(new TraverseStep { Expand = new TraverseExpand { Relationships = { names } } });
        }

        return new QueryCommand { Traverse = query };
    }

    private QueryCommand All(ModelTransaction transaction)
    {
        var query = new GetAllQuery { Page = Page(), Type = random.Next(3) == 0 ? null : Type(transaction), WithSubtypes = random.Next(2) == 0 };
        if (random.Next(2) == 0) query.KeyPrefix = Pick(["", "k", "k1", "b"]);
        return new QueryCommand { GetAll = query };
    }

    private QueryCommand ById(ModelTransaction transaction, HolonReference holon)
    {
        var query = new GetByIdQuery { HolonId = Symbols.Holon(Symbols.HolonOf(holon)) };
        if (transaction.State.Transient.ContainsKey(Symbols.HolonOf(holon))) query.HolonId = Symbols.Holon(Symbols.Nothing);
        if (random.Next(3) == 0) query.Version = (uint)random.Next(1, 4);
        return new QueryCommand { GetById = query };
    }

    private static QueryCommand NextPage(KeyValuePair<int, ModelPage> given)
    {
        var query = given.Value.Asked.Clone();
        ModelPages.SetPage(query, new PageRequest { Size = 2, Token = Symbols.ToBytes(given.Key) });
        return query;
    }

    private string VersionedKey() => random.Next(15) == 0 ? Pick(["k1", "k1__", "__1", "k1__01"]) : $"{_references.Key()}__{random.Next(3)}";

    private HolonReference Type(ModelTransaction transaction) => Symbols.Saved(transaction.Id, space.Types[Pick(ReferenceGenerator.TypeNames)]);

    private PageRequest? Page() => random.Next(10) switch
    {
        0 => null,
        1 => new PageRequest { Size = 1_000 },
        2 when random.Next(10) == 0 => new PageRequest { Size = 1_001 },
        _ => new PageRequest { Size = (uint)random.Next(1, 5) },
    };

    private string Pick(string[] items) => items[random.Next(items.Length)];
}

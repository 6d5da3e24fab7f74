using Google.Protobuf;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>
/// Random commands around one book and one person, in a transaction over saved holons: members come, go, are moved and
/// deleted, on both sides of each relationship. Notes which holons each command is about.
/// </summary>
internal sealed class RandomEdits(TestTransaction transaction, Random random)
{
    public const string Book = "Hub";
    public const string Person = "Star";

    private static readonly string[] Forward = [TestSchema.Authors, TestSchema.Credits, TestSchema.Readers, TestSchema.Friends];

    private readonly Stack<List<ByteString>> _undo = [];
    private readonly Stack<List<ByteString>> _redo = [];
    private readonly List<ByteString> _known = [];

    /// <summary>The holons that commands were about since this was last cleared.</summary>
    public HashSet<ByteString> Touched { get; } = [];

    /// <summary>The book, staged for update.</summary>
    public HolonReference Hub { get; private set; } = null!;

    /// <summary>The person.</summary>
    public HolonReference Star => transaction.ByKey(Person);

    /// <summary>Saves people and books that are linked at random.</summary>
    public static void Save(TestTransaction transaction, Random random)
    {
        var people = Enumerable.Range(0, 12).Select(i => transaction.StageOf(TestSchema.Person, $"P{i:00}")).ToList();
        people.Add(transaction.StageOf(TestSchema.Person, Person));
        for (var i = 0; i < 9; i++)
        {
            var book = transaction.StageOf(i % 2 == 0 ? TestSchema.Book : TestSchema.Novel, i == 0 ? Book : $"B{i:00}");
            foreach (var name in Forward)
                transaction.Add(book, name, [.. Enumerable.Range(0, 2 + random.Next(8)).Select(_ => people[random.Next(people.Count)])]);
        }

        transaction.Commit();
    }

    /// <summary>Learns the holons that there are, and stages the book.</summary>
    public RandomEdits Begin()
    {
        foreach (var type in (string[])[TestSchema.Person, TestSchema.Book, TestSchema.Novel])
        {
            var query = new GetAllQuery { Type = transaction.ByKey(type), Page = new PageRequest { Size = 100 } };
            _known.AddRange(transaction.Ok(new QueryCommand { GetAll = query }).Page.Members.Select(member => Id(member.Reference)));
        }

        Hub = transaction.StageVersion(transaction.ByKey(Book));
        _known.Remove(Id(Hub));
        _known.Remove(Id(Star));
        return this;
    }

    /// <summary>The id of a holon, staged or saved.</summary>
    public static ByteString Id(HolonReference holon) =>
        holon.KindCase == HolonReference.KindOneofCase.Staged ? holon.Staged.LocalId : holon.Smart.HolonId.LocalId;

    /// <summary>Sends one command, which may be refused.</summary>
    public void Step()
    {
        switch (random.Next(16))
        {
            case 0 or 1 or 2 when Known() is { } first:
                List<HolonReference> members = [first, .. Enumerable.Range(0, random.Next(4)).Select(_ => Known()).OfType<HolonReference>()];
                Send(AddAt(Forward[random.Next(Forward.Length)], members), members);
                break;
            case 3 or 4 when Known() is { } member:
                var remove = RemoveCommand(Hub, Forward[random.Next(Forward.Length)], member);
                if (random.Next(2) == 0) remove.RemoveRelatedHolons.Occurrence = 0;
                Send(remove, [member]);
                break;
            case 5 when Known() is { } book:
                Send(AddCommand(book, Forward[random.Next(Forward.Length)], Star), [book]);
                break;
            case 6 when Known() is { } book:
                Send(RemoveCommand(book, Forward[random.Next(Forward.Length)], Star), [book]);
                break;
            case 7 or 8 or 9:
                StepOfOne();
                break;
            case 10:
                Create(new MutationCommand { StageNewHolon = new StageNewHolonCommand { Content = NewContent() } });
                break;
            case 11 when Known() is { } source:
                var clone = new StageNewFromCloneCommand { Holon = source };
                if (random.Next(2) == 0) clone.Key = $"P{random.Next(100):00}c";
                Create(new MutationCommand { StageNewFromClone = clone });
                break;
            case 12 or 13:
                Move(UndoMutation, _undo, _redo);
                break;
            case 14:
                Move(RedoMutation, _redo, _undo);
                break;
            default:
                // Makes nothing of it but a draft: the holon stays a member of all that it is a member of.
                if (Known() is { Smart: not null } saved)
                    Send(new MutationCommand { StageNewVersion = new StageNewVersionCommand { Holon = saved } }, []);
                break;
        }
    }

    private void StepOfOne()
    {
        if (Known() is not { } holon) return;
        MutationCommand command = random.Next(4) switch
        {
            0 => DeleteCommand(holon),
            1 => SetCommand(holon, "Key", Text($"P{random.Next(100):00}k")),
            2 => DescribeCommand(holon, transaction.ByKey(random.Next(2) == 0 ? TestSchema.Novel : TestSchema.Person)),
            _ => new MutationCommand { Abandon = new AbandonCommand { Holon = holon } },
        };
        Send(command, [holon]);
    }

    private HolonContent NewContent()
    {
        var content = new HolonContent { Key = $"P{random.Next(100):00}n", Descriptor_ = transaction.ByKey(TestSchema.Novel) };
        content.Relationships.Add(new Relationship { Name = Forward[random.Next(Forward.Length)], Targets = { Star } });
        return content;
    }

    private MutationCommand AddAt(string name, List<HolonReference> members)
    {
        var add = AddCommand(Hub, name, [.. members]);
        add.AddRelatedHolons.Position = random.Next(5) switch
        {
            0 => new Position { First = new Edge() },
            1 when Known() is { } before => new Position { Before = before },
            2 or 3 when Known() is { } after => new Position { After = after },
            _ => null,
        };
        return add;
    }

    private void Create(MutationCommand command)
    {
        var response = transaction.Send(command);
        if (!response.Success) return;
        _known.Add(Id(response.Body.Reference));
        Note([Id(response.Body.Reference)]);
    }

    private void Send(MutationCommand command, IEnumerable<HolonReference> about)
    {
        var response = transaction.Send(command);
        if (response.Success) Note([.. about.Select(Id)]);
        else Assert.NotEqual(ErrorCode.Internal, response.Errors[0].Code);
    }

    private void Note(List<ByteString> about)
    {
        _undo.Push(about);
        _redo.Clear();
        Touched.UnionWith(about);
    }

    private void Move(MutationCommand command, Stack<List<ByteString>> from, Stack<List<ByteString>> to)
    {
        if (from.Count == 0) return;
        transaction.Ok(command);
        var about = from.Pop();
        to.Push(about);
        Touched.UnionWith(about);
    }

    /// <summary>One of the holons that are in view; null when the one picked is not.</summary>
    private HolonReference? Known()
    {
        var id = new HolonId { SpaceId = Hub.TransactionId.SpaceId, LocalId = _known[random.Next(_known.Count)] };
        var found = transaction.Send(new QueryCommand { GetById = new GetByIdQuery { HolonId = id } });
        return found.Success ? found.Body.Reference : null;
    }
}

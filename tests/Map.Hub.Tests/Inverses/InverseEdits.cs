using System.Text.RegularExpressions;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests.Inverses;

/// <summary>A transaction and random commands for it that are undo steps: most of them sensible, some refused.</summary>
internal sealed partial class InverseEdits(int number, TestTransaction transaction, TypeTable types, Random random, Func<string> newName)
{
    private const int FewHolons = 24;

    /// <summary>How many commands go by what one look has shown; some are refused for that.</summary>
    private const int CommandsOfLook = 4;

    private InverseView _view = new(transaction, types, random);
    private List<SeenHolon> _seen = [];
    private int _made;

    public int Number => number;

    public TestTransaction Transaction { get; private set; } = transaction;

    /// <summary>The transient holons that were made, also those that are gone since.</summary>
    public List<HolonReference> Transients { get; } = [];

    /// <summary>Makes the next command.</summary>
    public MutationCommand Next()
    {
        if (_made++ % CommandsOfLook == 0) _seen = [.. _view.Holons(), .. Transients.TakeLast(4).Select(_view.Look).OfType<SeenHolon>()];
        var plain = _seen.Where(IsPlain).ToList();
        if (plain.Count < 4) return Stage();
        return random.Next(100) switch
        {
            < 12 when plain.Count < FewHolons => Stage(),
            < 12 => DeleteCommand(Pick(plain).Reference),
            < 42 => Add(),
            < 60 => Remove(),
            < 67 => new MutationCommand { StageNewVersion = new StageNewVersionCommand { Holon = PickOr(_seen, each => !each.IsStaged).Reference } },
            < 73 => DeleteCommand(Pick(plain).Reference),
            < 78 => AbandonCommand(PickOr(plain, each => each.IsStaged).Reference),
            < 84 => Describe(),
            < 88 => new MutationCommand { NewHolon = new NewHolonCommand { Content = Content() } },
            < 90 => new MutationCommand { StageNewHolon = new StageNewHolonCommand { Transient = PickOr(_seen, each => each.IsTransient).Reference } },
            < 92 => new MutationCommand { CloneHolon = new CloneHolonCommand { Holon = Pick(plain).Reference } },
            < 94 => new MutationCommand { StageNewFromClone = new StageNewFromCloneCommand { Holon = Pick(plain).Reference, Key = newName() } },
            < 96 => Load(),
            _ => SetCommand(Draft().Reference, "Note", Number(random.Next(5))),
        };
    }

    /// <summary>Goes on with the same transaction after a restart.</summary>
    public void Restart(TestHub hub)
    {
        Transaction = Transaction.On(hub.Dispatcher);
        _view = new InverseView(Transaction, types, random);
    }

    /// <summary>A command with the names of the holons that it is about.</summary>
    public string Describe(MutationCommand command)
    {
        var text = Ids().Replace(command.ToString(), "");
        foreach (var holon in _seen) text = text.Replace(holon.Id.ToBase64(), holon.Name, StringComparison.Ordinal);
        return text;
    }

    /// <summary>Sends a command; one that makes a transient holon makes it known.</summary>
    public MapResponse Send(MutationCommand command)
    {
        var response = Transaction.Send(command);
        if (!response.Success || response.Body?.Reference is not { Transient: not null } made) return response;
        Transients.Add(made);
        // Keys differ, so that commits go through.
        if (command.CloneHolon is not null) Rename(made);
        return response;
    }

    public void Rename(HolonReference holon) => Transaction.Set(holon, "Key", Text(newName()));

    private static bool IsPlain(SeenHolon holon) => !InverseSchema.Fields.ContainsKey(holon.Name);

    private MutationCommand Stage() => new() { StageNewHolon = new StageNewHolonCommand { Content = Content() } };

    private HolonContent Content()
    {
        var type = Pick(types.Names);
        var content = new HolonContent { Key = newName(), Descriptor_ = types.Reference(Transaction, type) };
        var declared = InverseSchema.Declared(types.Lineage(type)).ToList();
        if (declared.Count == 0 || random.Next(2) == 0) return content;
        var relationship = Pick(declared);
        content.Relationships.Add(new Relationship { Name = relationship.Name, Targets = { Targets(relationship.Target) } });
        return content;
    }

    private MutationCommand Add()
    {
        var source = Draft();
        var declared = InverseSchema.Declared(source.Lineage).ToList();
        // Now and then by a name that the type does not declare.
        var relationship = declared.Count == 0 || random.Next(12) == 0 ? Pick(InverseSchema.Relationships) : Pick(declared);
        var command = AddCommand(source.Reference, relationship.Name, [.. Targets(relationship.Target)]);
        if (relationship.IsOrdered && random.Next(2) == 0) command.AddRelatedHolons.Position = Position(source, relationship.Name);
        return command;
    }

    private Position Position(SeenHolon source, string name)
    {
        var members = MembersOf(source, name);
        if (members.Count == 0 || random.Next(3) == 0) return new Position { First = new Edge() };
        var member = Pick(members);
        return random.Next(2) == 0 ? new Position { Before = member } : new Position { After = member };
    }

    /// <summary>Holons for a relationship; few, so that links meet again.</summary>
    private IEnumerable<HolonReference> Targets(string type)
    {
        // A field is a type, and what a deletion takes along is to be none: what goes with a type is for other tests.
        var items = InverseSchema.Fields.ContainsKey(type) ? _seen : [.. _seen.Where(IsPlain)];
        for (var i = random.Next(3); i >= 0 && items.Count > 0; i--)
            yield return PickOr(items, each => each.ConformsTo.Contains(type) || random.Next(30) == 0).Reference;
    }

    private MutationCommand Remove()
    {
        var source = Draft();
        var linked = InverseSchema.Declared(source.Lineage)
            .Select(each => (each.Name, Members: MembersOf(source, each.Name))).Where(each => each.Members.Count > 0).ToList();
        if (linked.Count == 0) return Add();
        var (name, members) = Pick(linked);
        var command = RemoveCommand(source.Reference, name, Pick(members));
        if (random.Next(2) == 0) command.RemoveRelatedHolons.Occurrence = (uint)random.Next(2);
        return command;
    }

    private List<HolonReference> MembersOf(SeenHolon holon, string name) =>
        _view.Look(holon.Reference) is { } found ? [.. _view.Members(found, name)] : [];

    private MutationCommand Describe()
    {
        var holon = Draft();
        var same = types.Names.Where(each => InverseSchema.Declared(types.Lineage(each)).SequenceEqual(InverseSchema.Declared(holon.Lineage))).ToList();
        return same.Count == 0 ? Add() : DescribeCommand(holon.Reference, types.Reference(Transaction, Pick(same)));
    }

    private MutationCommand Load()
    {
        var (book, person, known) = (newName(), newName(), PickOr(_seen, each => each.Lineage.Contains(InverseSchema.Person)).Name);
        return LoadCommand(TestSchema.File(
            "load.json",
            TestSchema.Holon(
                book, random.Next(2) == 0 ? InverseSchema.Book : InverseSchema.Novel, null,
                ("Authors", new[] { person, known }), ("Readers", new[] { person, person }), ("Similar", book), ("Uses", "Title")),
            TestSchema.Holon(person, InverseSchema.Person, null, ("Knows", known))));
    }

    /// <summary>A holon that can be changed, mostly.</summary>
    private SeenHolon Draft() => PickOr(_seen, each => each.IsStaged || each.IsTransient);

    private SeenHolon PickOr(IReadOnlyList<SeenHolon> items, Func<SeenHolon, bool> preferred)
    {
        var some = items.Where(preferred).ToList();
        return Pick(some.Count == 0 || random.Next(25) == 0 ? items : some);
    }

    [GeneratedRegex("""("transactionId": \{[^}]*\},? ?)|("spaceId": "[^"]*",? ?)""")]
    private static partial Regex Ids();

    private T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];
}

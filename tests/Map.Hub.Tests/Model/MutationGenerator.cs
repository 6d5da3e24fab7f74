using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests.Model;

/// <summary>Makes random mutations that are undo steps.</summary>
internal sealed class MutationGenerator(Random random, ModelSpace space)
{
    private const int FewHolons = 30;

    private static readonly string[] Names = ["Title", "Pages", "Note"];

    private readonly ReferenceGenerator _references = new(random, space);
    private int _loads;

    /// <param name="transaction">The transaction to change.</param>
    /// <param name="other">Another one, for references that do not belong.</param>
    public MutationCommand Next(ModelTransaction transaction, ModelTransaction other)
    {
        var many = transaction.State.Snapshot.Holons.Count + transaction.State.Staged.Count > FewHolons + space.Types.Count;
        return random.Next(116) switch
        {
            < 5 => new MutationCommand { NewHolon = new NewHolonCommand { Content = Content(transaction, isTransient: true) } },
            < 16 when !many => Stage(new StageNewHolonCommand { Content = Content(transaction, isTransient: false) }),
            < 16 => DeleteCommand(_references.Holon(transaction, other)),
            < 19 => Stage(new StageNewHolonCommand { Transient = _references.TransientMostly(transaction, other) }),
            < 20 when !many => Load(transaction),
            < 30 => new MutationCommand { StageNewVersion = new StageNewVersionCommand { Holon = _references.SavedMostly(transaction, other) } },
            < 34 => DeleteCommand(_references.Holon(transaction, other)),
            < 48 => Set(_references.Draft(transaction, other)),
            < 53 => Unset(_references.Draft(transaction, other)),
            < 58 => Describe(transaction, _references.Draft(transaction, other)),
            < 82 => Add(transaction, other),
            < 100 => Remove(transaction, other),
            < 106 => AbandonCommand(_references.Draft(transaction, other)),
            < 109 => new MutationCommand { CloneHolon = new CloneHolonCommand { Holon = _references.AnyPhase(transaction, other) } },
            < 112 when !many => Copy(_references.AnyPhase(transaction, other)),
            _ => PredecessorCommand(_references.Draft(transaction, other), random.Next(5) == 0 ? null : _references.Holon(transaction, other)),
        };
    }

    private MutationCommand Copy(HolonReference holon)
    {
        var command = new StageNewFromCloneCommand { Holon = holon };
        if (random.Next(4) > 0) command.Key = random.Next(15) == 0 ? "" : _references.Key();
        return new MutationCommand { StageNewFromClone = command };
    }

    private static MutationCommand Stage(StageNewHolonCommand command) => new() { StageNewHolon = command };

    private MutationCommand Set(HolonReference holon) =>
        new() { WithPropertyValue = new WithPropertyValueCommand { Holon = holon, Properties = { Properties() } } };

    private MutationCommand Unset(HolonReference holon) =>
        new() { RemovePropertyValue = new RemovePropertyValueCommand { Holon = holon, Names = { Pick(Names) } } };

    private HolonContent Content(ModelTransaction transaction, bool isTransient)
    {
        var content = new HolonContent();
        if (random.Next(10) > 2) content.Key = _references.Key();
        content.Properties.AddRange(Properties());
        if (random.Next(30) == 0) return content;
        var type = space.Types[Pick(ReferenceGenerator.TypeNames)];
        content.Descriptor_ = Symbols.Saved(transaction.Id, type);
        if (random.Next(2) == 0) return content;
        var name = Pick(_references.NamesOf(type));
        content.Relationships.Add(new Relationship { Name = name, Targets = { _references.Targets(transaction, transaction, name, isTransient) } });
        return content;
    }

    private MutationCommand Load(ModelTransaction transaction)
    {
        var (book, person) = ($"b{_loads++ % 20}", $"p{_loads % 20}");
        var keyed = _references.Plain(transaction.State.View()).Select(each => each.Key).OfType<string>().Append("none").Append(book).ToList();
        return LoadCommand(TestSchema.File(
            "load.json",
            TestSchema.Holon(book, TestSchema.Book, null, (TestSchema.Authors, person), (TestSchema.Similar, Pick(keyed))),
            TestSchema.Holon(person, TestSchema.Person)));
    }

    private MutationCommand Describe(ModelTransaction transaction, HolonReference holon)
    {
        // Mostly between types that declare the same relationships, so that links of these come to be.
        var type = ReferenceGenerator.Find(transaction, holon)?.Type;
        string[] types = type is null || random.Next(3) == 0 ? ReferenceGenerator.TypeNames
            : type == space.Types[TestSchema.Book] || type == space.Types[TestSchema.Novel] ? [TestSchema.Book, TestSchema.Novel]
            : [.. ReferenceGenerator.TypeNames.Where(each => space.Types[each] == type)];
        return DescribeCommand(holon, Symbols.Saved(transaction.Id, space.Types[Pick(types)]));
    }

    private MutationCommand Add(ModelTransaction transaction, ModelTransaction other)
    {
        var holon = _references.Draft(transaction, other);
        var found = ReferenceGenerator.Find(transaction, holon);
        var name = Name(found);
        var command = AddCommand(holon, name, [.. _references.Targets(transaction, other, name, holon.Transient is not null)]);
        if (ModelRule.Of.GetValueOrDefault(name) is { IsOrdered: false } ? random.Next(40) > 0 : random.Next(2) == 0) return command;
        var members = found?.See(name).Where(link => !transaction.State.IsHidden(link.Target)).ToList() ?? [];
        var member = members.Count > 0 && random.Next(15) > 0
            ? transaction.ReferenceTo(transaction.State, Pick(members).Target)
            : _references.Target(transaction, other, name);
        command.AddRelatedHolons.Position = random.Next(3) switch
        {
            0 => new Position { First = new Edge() },
            1 => new Position { Before = member },
            _ => new Position { After = member },
        };
        return command;
    }

    private MutationCommand Remove(ModelTransaction transaction, ModelTransaction other)
    {
        var holon = _references.Draft(transaction, other);
        var found = ReferenceGenerator.Find(transaction, holon);
        var used = found?.Links.Where(pair => pair.Value.Count > 0).Select(pair => pair.Key).ToList() ?? [];
        var name = used.Count > 0 && random.Next(10) > 0 ? Pick(used) : Name(found);
        var members = found?.See(name).Select(link => link.Target).ToList() ?? [];
        var target = members.Count > 0 && random.Next(10) > 0
            ? transaction.ReferenceTo(transaction.State, Pick(members))
            : _references.Target(transaction, other, name);
        var command = RemoveCommand(holon, name, target);
        if (random.Next(3) == 0) command.RemoveRelatedHolons.Occurrence = (uint)random.Next(3);
        return command;
    }

    private string Name(ModelHolon? holon) => random.Next(40) switch
    {
        0 => Pick(["DescribedBy", "Predecessor", "Instances"]),
        1 when holon?.Type == space.Types[TestSchema.Person] => Pick([TestSchema.AuthorOf, TestSchema.ReaderOf]),
        2 or 3 => Pick([.. ModelRule.Of.Keys]),
        _ => Pick(_references.NamesOf(holon?.Type)),
    };

    private IEnumerable<Property> Properties()
    {
        for (var i = random.Next(3); i >= 0; i--)
        {
            yield return random.Next(6) == 0
                ? new Property { Name = "Key", Value = Text(random.Next(10) == 0 ? "" : _references.Key()) }
                : new Property { Name = Pick(Names), Value = random.Next(2) == 0 ? Number(random.Next(3)) : Text($"t{random.Next(3)}") };
        }
    }

    private T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];
}

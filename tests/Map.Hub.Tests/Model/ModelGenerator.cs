using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests.Model;

/// <summary>Makes random mutations: most of them sensible, some not.</summary>
internal sealed class ModelGenerator(Random random, ModelSpace space)
{
    private const int FewHolons = 30;

    private static readonly string[] Types = [TestSchema.Item, TestSchema.Book, TestSchema.Novel, TestSchema.Person];
    private static readonly string[] Names = ["Title", "Pages", "Note"];

    private int _loads;

    /// <param name="transaction">The transaction to change.</param>
    /// <param name="other">Another one, for references that do not belong.</param>
    public MutationCommand Next(ModelTransaction transaction, ModelTransaction other)
    {
        var many = transaction.Snapshot.Holons.Count + transaction.State.Staged.Count > FewHolons + space.Types.Count;
        return random.Next(100) switch
        {
            < 5 => new MutationCommand { NewHolon = new NewHolonCommand { Content = Content(transaction, isTransient: true) } },
            < 16 when !many => Stage(new StageNewHolonCommand { Content = Content(transaction, isTransient: false) }),
            < 16 => DeleteCommand(Holon(transaction, other)),
            < 19 => Stage(new StageNewHolonCommand { Transient = TransientMostly(transaction, other) }),
            < 20 when !many => Load(transaction),
            < 30 => new MutationCommand { StageNewVersion = new StageNewVersionCommand { Holon = SavedMostly(transaction, other) } },
            < 34 => DeleteCommand(Holon(transaction, other)),
            < 48 => Set(Draft(transaction, other)),
            < 53 => Unset(Draft(transaction, other)),
            < 58 => Describe(transaction, Draft(transaction, other)),
            < 82 => Add(transaction, other),
            _ => Remove(transaction, other),
        };
    }

    private static MutationCommand Stage(StageNewHolonCommand command) => new() { StageNewHolon = command };

    private MutationCommand Set(HolonReference holon) =>
        new() { WithPropertyValue = new WithPropertyValueCommand { Holon = holon, Properties = { Properties() } } };

    private MutationCommand Unset(HolonReference holon) =>
        new() { RemovePropertyValue = new RemovePropertyValueCommand { Holon = holon, Names = { Pick(Names) } } };

    private HolonContent Content(ModelTransaction transaction, bool isTransient)
    {
        var content = new HolonContent();
        if (random.Next(10) > 2) content.Key = Key();
        content.Properties.AddRange(Properties());
        var type = Types[random.Next(Types.Length)];
        if (random.Next(12) == 0) return content;
        content.Descriptor_ = transaction.Saved(space.Types[type]);
        if (random.Next(2) == 0) return content;
        var name = Pick(NamesOf(space.Types[type]));
        content.Relationships.Add(new Relationship { Name = name, Targets = { Targets(transaction, transaction, name, isTransient) } });
        return content;
    }

    private MutationCommand Load(ModelTransaction transaction)
    {
        var (book, person) = ($"b{_loads++ % 20}", $"p{_loads % 20}");
        var keyed = Plain(transaction, transaction.View()).Select(each => transaction.InView(each).Key).OfType<string>().Append("none").Append(book).ToList();
        return LoadCommand(TestSchema.File(
            "load.json",
            TestSchema.Holon(book, TestSchema.Book, null, (TestSchema.Authors, person), (TestSchema.Similar, Pick(keyed))),
            TestSchema.Holon(person, TestSchema.Person)));
    }

    private MutationCommand Describe(ModelTransaction transaction, HolonReference holon)
    {
        // Only between types that declare the same relationships; a change of those is for other tests.
        var type = Find(transaction, holon)?.Type;
        string[] types = type is null ? Types
            : type == space.Types[TestSchema.Book] || type == space.Types[TestSchema.Novel] ? [TestSchema.Book, TestSchema.Novel]
            : [.. Types.Where(each => space.Types[each] == type)];
        return DescribeCommand(holon, transaction.Saved(space.Types[Pick(types)]));
    }

    private MutationCommand Add(ModelTransaction transaction, ModelTransaction other)
    {
        var holon = Draft(transaction, other);
        var name = Name(Find(transaction, holon));
        var command = AddCommand(holon, name, [.. Targets(transaction, other, name, holon.Transient is not null)]);
        if (ModelRule.Of.GetValueOrDefault(name) is { IsOrdered: false } ? random.Next(40) > 0 : random.Next(2) == 0) return command;
        var members = Find(transaction, holon)?.LinksOf(name).Where(link => !transaction.State.IsHidden(link.Target)).ToList() ?? [];
        var member = members.Count > 0 && random.Next(15) > 0 ? transaction.ReferenceTo(Pick(members).Target) : Target(transaction, other, name);
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
        var holon = Draft(transaction, other);
        var found = Find(transaction, holon);
        var used = found?.Links.Where(pair => pair.Value.Count > 0).Select(pair => pair.Key).ToList() ?? [];
        var name = used.Count > 0 && random.Next(10) > 0 ? Pick(used) : Name(found);
        var members = found?.LinksOf(name).Select(link => link.Target).ToList() ?? [];
        var target = members.Count > 0 && random.Next(10) > 0 ? transaction.ReferenceTo(Pick(members)) : Target(transaction, other, name);
        var command = RemoveCommand(holon, name, target);
        if (random.Next(3) == 0) command.RemoveRelatedHolons.Occurrence = (uint)random.Next(3);
        return command;
    }

    private IEnumerable<HolonReference> Targets(ModelTransaction transaction, ModelTransaction other, string name, bool isTransient)
    {
        for (var i = random.Next(3); i >= 0; i--)
        {
            var transients = transaction.State.Transient.Keys.ToList();
            yield return isTransient && transients.Count > 0 && random.Next(3) == 0
                ? transaction.Transient(Pick(transients))
                : Target(transaction, other, name);
        }
    }

    /// <summary>A holon in view, a person where those are wanted; few, so that links meet again.</summary>
    private HolonReference Target(ModelTransaction transaction, ModelTransaction other, string name)
    {
        if (random.Next(25) == 0) return Any(transaction, other);
        var isPerson = name is TestSchema.Authors or TestSchema.Credits or TestSchema.Readers;
        var view = Plain(transaction, transaction.View())
            .Where(each => transaction.InView(each).Type == space.Types[TestSchema.Person] == isPerson || random.Next(10) == 0).Take(5).ToList();
        return view.Count == 0 ? Any(transaction, other) : transaction.ReferenceTo(Pick(view));
    }

    private string Name(ModelHolon? holon) => random.Next(40) switch
    {
        0 => "DescribedBy",
        1 when holon?.Type == space.Types[TestSchema.Person] => Pick([TestSchema.AuthorOf, TestSchema.ReaderOf]),
        _ => Pick(NamesOf(holon?.Type)),
    };

    private string[] NamesOf(string? type)
    {
        if (type is null || type == space.Types[TestSchema.Person]) return [TestSchema.Friends];
        return type == space.Types[TestSchema.Item] ? [TestSchema.Similar, TestSchema.Friends]
            : [TestSchema.Authors, TestSchema.Credits, TestSchema.Readers, TestSchema.Similar, TestSchema.Friends];
    }

    private HolonReference Draft(ModelTransaction transaction, ModelTransaction other)
    {
        var (staged, transients) = (transaction.State.Staged.Keys.ToList(), transaction.State.Transient.Keys.ToList());
        if (random.Next(20) == 0 || staged.Count + transients.Count == 0) return Any(transaction, other);
        return staged.Count > 0 && (transients.Count == 0 || random.Next(5) > 0)
            ? transaction.Staged(Pick(staged))
            : transaction.Transient(Pick(transients));
    }

    private HolonReference Holon(ModelTransaction transaction, ModelTransaction other)
    {
        var view = Plain(transaction, transaction.View()).ToList();
        return random.Next(12) == 0 || view.Count == 0 ? Any(transaction, other) : transaction.ReferenceTo(Pick(view));
    }

    private HolonReference SavedMostly(ModelTransaction transaction, ModelTransaction other)
    {
        var saved = Plain(transaction, transaction.Snapshot.Holons.Keys).ToList();
        return random.Next(12) == 0 || saved.Count == 0 ? Any(transaction, other) : transaction.Saved(Pick(saved));
    }

    private HolonReference TransientMostly(ModelTransaction transaction, ModelTransaction other)
    {
        var transients = transaction.State.Transient.Keys.ToList();
        return random.Next(8) == 0 || transients.Count == 0 ? Any(transaction, other) : transaction.Transient(Pick(transients));
    }

    /// <summary>A reference of any kind to any holon or none, of this transaction or another.</summary>
    private HolonReference Any(ModelTransaction transaction, ModelTransaction other)
    {
        var state = transaction.State;
        var known = Plain(transaction, transaction.Snapshot.Holons.Keys.Concat(state.Staged.Keys).Concat(state.Transient.Keys));
        var holon = Pick([.. known, "00000000000000000000000000000001"]);
        var of = random.Next(6) == 0 ? other : transaction;
        return random.Next(5) switch
        {
            0 => of.Transient(holon),
            1 => of.Staged(holon),
            2 => of.Saved(holon, (uint)random.Next(1, 4)),
            3 => of.Saved(space.SpaceHolon),
            _ => of.Saved(holon),
        };
    }

    private IEnumerable<Property> Properties()
    {
        for (var i = random.Next(3); i >= 0; i--)
        {
            yield return random.Next(6) == 0
                ? new Property { Name = "Key", Value = Text(random.Next(10) == 0 ? "" : Key()) }
                : new Property { Name = Names[random.Next(Names.Length)], Value = random.Next(2) == 0 ? Number(random.Next(3)) : Text($"t{random.Next(3)}") };
        }
    }

    private static ModelHolon? Find(ModelTransaction transaction, HolonReference reference)
    {
        var id = ModelTransaction.IdOf(reference);
        return reference.Transient is null
            ? transaction.State.Staged.GetValueOrDefault(id) ?? transaction.Snapshot.Find(id)
            : transaction.State.Transient.GetValueOrDefault(id);
    }

    /// <summary>Neither types nor the holon of the space.</summary>
    private IEnumerable<string> Plain(ModelTransaction transaction, IEnumerable<string> holons) =>
        holons.Where(each => each != space.SpaceHolon && transaction.Snapshot.Find(each)?.Type != space.Types["Type"]);

    private string Key() => $"k{random.Next(25)}";

    private T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];
}

using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>Chooses holons and refers to them: mostly in the way that fits.</summary>
internal sealed class ReferenceGenerator(Random random, ModelSpace space)
{
    public static readonly string[] TypeNames = [TestSchema.Item, TestSchema.Book, TestSchema.Novel, TestSchema.Person];

    /// <summary>A draft, transient or staged.</summary>
    public HolonReference Draft(ModelTransaction transaction, ModelTransaction other)
    {
        var (staged, transients) = (transaction.State.Staged.Keys.ToList(), transaction.State.Transient.Keys.ToList());
        if (random.Next(20) == 0 || staged.Count + transients.Count == 0) return Any(transaction, other);
        return staged.Count > 0 && (transients.Count == 0 || random.Next(5) > 0)
            ? Symbols.Staged(transaction.Id, Pick(staged))
            : Symbols.Transient(transaction.Id, Pick(transients));
    }

    /// <summary>A holon in view, as the view gives it.</summary>
    public HolonReference Holon(ModelTransaction transaction, ModelTransaction other)
    {
        var view = Plain(transaction.State.View()).ToList();
        return random.Next(12) == 0 || view.Count == 0 ? Any(transaction, other) : transaction.ReferenceTo(transaction.State, Pick(view).Id);
    }

    /// <summary>A holon in view, a draft, or an earlier version.</summary>
    public HolonReference AnyPhase(ModelTransaction transaction, ModelTransaction other) => random.Next(3) switch
    {
        0 => Draft(transaction, other),
        1 => Pinned(transaction, other),
        _ => Holon(transaction, other),
    };

    public HolonReference SavedMostly(ModelTransaction transaction, ModelTransaction other)
    {
        var saved = Plain(transaction.State.Snapshot.Holons.Values).ToList();
        return random.Next(12) == 0 || saved.Count == 0 ? Any(transaction, other) : Symbols.Saved(transaction.Id, Pick(saved).Id);
    }

    public HolonReference Pinned(ModelTransaction transaction, ModelTransaction other)
    {
        var gone = space.Gone.TakeLast(5).ToList();
        var saved = gone.Count > 0 && random.Next(4) == 0 ? Symbols.Saved(transaction.Id, Pick(gone)) : SavedMostly(transaction, other);
        if (saved.Smart is not { HasVersion: false }) return saved;
        var versions = space.Versions(Symbols.HolonOf(saved), space.Latest.Number).ToList();
        return Symbols.Saved(Symbols.TransactionOf(saved), Symbols.HolonOf(saved), (uint)random.Next(1, versions.Count + 2));
    }

    public HolonReference TransientMostly(ModelTransaction transaction, ModelTransaction other)
    {
        var transients = transaction.State.Transient.Keys.ToList();
        return random.Next(8) == 0 || transients.Count == 0 ? Any(transaction, other) : Symbols.Transient(transaction.Id, Pick(transients));
    }

    /// <summary>Members for a relationship, where transient ones may be among them.</summary>
    public IEnumerable<HolonReference> Targets(ModelTransaction transaction, ModelTransaction other, string name, bool isTransient)
    {
        for (var i = random.Next(3); i >= 0; i--)
        {
            var transients = transaction.State.Transient.Keys.ToList();
            yield return isTransient && transients.Count > 0 && random.Next(3) == 0
                ? Symbols.Transient(transaction.Id, Pick(transients))
                : Target(transaction, other, name);
        }
    }

    /// <summary>A holon in view, a person where those are wanted; few, so that links meet again.</summary>
    public HolonReference Target(ModelTransaction transaction, ModelTransaction other, string name)
    {
        if (random.Next(25) == 0) return Any(transaction, other);
        var isPerson = name is TestSchema.Authors or TestSchema.Credits or TestSchema.Readers;
        var view = Plain(transaction.State.View())
            .Where(each => each.Type == space.Types[TestSchema.Person] == isPerson || random.Next(10) == 0).Take(5).ToList();
        return view.Count == 0 ? Any(transaction, other) : transaction.ReferenceTo(transaction.State, Pick(view).Id);
    }

    /// <summary>A reference of any kind to any holon or none, of this transaction or another.</summary>
    public HolonReference Any(ModelTransaction transaction, ModelTransaction other)
    {
        var state = transaction.State;
        var known = Plain(state.Snapshot.Holons.Values.Concat(space.Latest.Holons.Values).Concat(state.Staged.Values).Concat(state.Transient.Values));
        var holon = Pick([.. known.Select(each => each.Id), Symbols.Nothing]);
        var of = (random.Next(6) == 0 ? other : transaction).Id;
        return random.Next(5) switch
        {
            0 => Symbols.Transient(of, holon),
            1 => Symbols.Staged(of, holon),
            2 => Symbols.Saved(of, holon, (uint)random.Next(1, 4)),
            3 => Symbols.Saved(of, space.SpaceHolon),
            _ => Symbols.Saved(of, holon),
        };
    }

    /// <summary>A name under which a holon has, or might have, members.</summary>
    public string[] NamesOf(int? type)
    {
        if (type is null) return [TestSchema.Friends];
        if (type == space.Types[TestSchema.Person]) return [TestSchema.Remarks, TestSchema.Friends];
        return type == space.Types[TestSchema.Item] ? [TestSchema.Similar, TestSchema.Parts, TestSchema.Friends]
            : [TestSchema.Authors, TestSchema.Credits, TestSchema.Readers, TestSchema.Similar, TestSchema.Parts, TestSchema.Friends];
    }

    public static ModelHolon? Find(ModelTransaction transaction, HolonReference reference)
    {
        var id = Symbols.HolonOf(reference);
        return reference.Transient is null
            ? transaction.State.Staged.GetValueOrDefault(id) ?? transaction.State.Snapshot.Find(id)
            : transaction.State.Transient.GetValueOrDefault(id);
    }

    /// <summary>Neither types nor the holon of the space.</summary>
    public IEnumerable<ModelHolon> Plain(IEnumerable<ModelHolon> holons) =>
        holons.Where(each => each.Id != space.SpaceHolon && !space.Types.Values.Contains(each.Id));

    public string Key() => $"k{random.Next(25)}";

    private T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];
}

using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests.Model;

/// <summary>Makes random steps: most of them sensible, some not.</summary>
internal sealed class ModelGenerator
{
    private const int MaxOpen = 4;
    private const int MostSteps = 200;

    private readonly Random _random;
    private readonly ModelSpace _space;
    private readonly MutationGenerator _mutations;
    private readonly QueryGenerator _queries;
    private readonly Queue<ModelStep> _next = [];
    private readonly Dictionary<int, List<CommandStep>> _stamped = [];
    private int _symbol;

    public ModelGenerator(Random random, ModelSpace space)
    {
        (_random, _space) = (random, space);
        _symbol = Symbols.First + space.Latest.Holons.Count;
        _mutations = new MutationGenerator(random, space);
        _queries = new QueryGenerator(random, space);
    }

    public ModelStep Next()
    {
        if (_next.TryDequeue(out var next)) return next;
        var open = _space.Open.ToList();
        if (open.Count == 0 || (open.Count < MaxOpen && _random.Next(60) == 0)) return Begin();
        var transaction = Pick(open);
        switch (_random.Next(1_000))
        {
            case < 1:
                return Restart(open);
            case < 8:
                return Look(transaction.Id);
            case < 14:
                return ToEnded(transaction);
            case < 24 when _stamped.TryGetValue(transaction.Id, out var stamped):
                return Repeat(transaction, Pick(stamped));
            case < 40:
                return Commit(transaction);
            case < 43:
                return Command(transaction.Id, RollbackMutation);
            case < 75:
                return Move(transaction);
            case < 125:
                return Mark(transaction);
            case < 145:
                return Refresh(transaction);
            case < 400:
                return Query(transaction, Pick(open));
            default:
                return Command(transaction.Id, _mutations.Next(transaction, Pick(open)));
        }
    }

    private BeginStep Begin() => new(NewSymbol(), _random.Next(4) == 0 ? _random.Next(1, 6) : 0);

    private CommandStep Command(int transaction, MutationCommand mutation)
    {
        var id = _random.Next(8) == 0 ? $"r{_symbol}" : "";
        var step = new CommandStep(transaction, new CommandBody { Mutation = mutation }, NewSymbol(), id);
        // A load makes two.
        _symbol++;
        if (id.Length == 0) return step;
        if (!_stamped.TryGetValue(transaction, out var stamped)) _stamped[transaction] = stamped = [];
        stamped.Add(step);
        return step;
    }

    /// <summary>The same request once more, or another under its id.</summary>
    private CommandStep Repeat(ModelTransaction transaction, CommandStep earlier) => _random.Next(4) > 0
        ? earlier
        : Command(transaction.Id, _mutations.Next(transaction, transaction)) with { RequestId = earlier.RequestId };

    /// <summary>A command to a transaction that has ended, or never was.</summary>
    private CommandStep ToEnded(ModelTransaction transaction)
    {
        var ended = _space.Ended.Select(each => each.Id).Append(Symbols.Nothing).ToList();
        return Command(Pick(ended), _mutations.Next(transaction, transaction));
    }

    private CommandStep Commit(ModelTransaction transaction)
    {
        if (_random.Next(2) == 0)
        {
            // Mends what it may have met.
            _next.Enqueue(Refresh(transaction));
            _next.Enqueue(Command(transaction.Id, CommitMutation));
        }

        // What it saved is seen by one that begins after it.
        var fresh = NewSymbol();
        _next.Enqueue(new BeginStep(fresh, 0));
        _next.Enqueue(Look(fresh));
        if (_random.Next(6) > 0) _next.Enqueue(Command(fresh, RollbackMutation));
        return Command(transaction.Id, CommitMutation);
    }

    /// <summary>Some steps back, and some forward again.</summary>
    private CommandStep Move(ModelTransaction transaction)
    {
        var (back, forward) = (_random.Next(6), _random.Next(6));
        for (var i = 0; i < back + forward; i++) _next.Enqueue(Command(transaction.Id, i < back ? UndoMutation : RedoMutation));
        return Command(transaction.Id, _random.Next(2) == 0 ? UndoMutation : RedoMutation);
    }

    private LookStep Look(int transaction) => new(transaction, _random.Next(LookStep.Parts));

    /// <summary>A restart, and after it the whole history of one transaction: back to the beginning, and forward again.</summary>
    private RestartStep Restart(List<ModelTransaction> open)
    {
        foreach (var each in open) _next.Enqueue(Look(each.Id));
        var transaction = Pick(open);
        var (back, forward) = (Math.Min(transaction.CanUndo, MostSteps), Math.Min(transaction.CanRedo, MostSteps));
        Walk(UndoMutation, back);
        Walk(RedoMutation, back + forward);
        Walk(UndoMutation, forward);
        return new RestartStep();

        void Walk(MutationCommand move, int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                _next.Enqueue(Command(transaction.Id, move));
                if (i == steps / 2 || i == steps - 1) _next.Enqueue(Look(transaction.Id));
            }
        }
    }

    /// <summary>A new marker, or some moves to markers.</summary>
    private CommandStep Mark(ModelTransaction transaction)
    {
        var markers = transaction.Markers.ToList();
        if (markers.Count == 0 || _random.Next(3) == 0)
            return Command(transaction.Id, MarkCommand(_random.Next(20) == 0 ? new string('m', _random.Next(2) * 201) : AnyMarker(), "label"));
        for (var i = _random.Next(4); i > 0; i--) _next.Enqueue(Command(transaction.Id, ToMarker()));
        return Command(transaction.Id, ToMarker());

        MutationCommand ToMarker()
        {
            var marker = _random.Next(3) == 0 ? AnyMarker() : Pick(markers);
            return _random.Next(2) == 0 ? UndoToCommand(marker) : RedoToCommand(marker);
        }

        // Few, so that one that is gone is asked for, or placed again.
        string AnyMarker() => $"m{_random.Next(10)}";
    }

    /// <summary>A refresh with a choice for most conflicts.</summary>
    private CommandStep Refresh(ModelTransaction transaction)
    {
        var command = new RefreshCommand();
        var conflicts = new ModelRefresh(transaction, transaction.State).Conflicts().Select(draft => draft.Id).ToList();
        var others = transaction.State.Staged.Keys.Where(_ => _random.Next(20) == 0);
        foreach (var holon in conflicts.Where(_ => _random.Next(15) > 0).Union(others))
        {
            var isGone = _space.Latest.Find(holon) is null;
            var keep = _random.Next(3) == 0 || (isGone && _random.Next(10) > 0) ? RefreshChoice.Types.Keep.Theirs : RefreshChoice.Types.Keep.Mine;
            command.Choices.Add(new RefreshChoice { Holon = Symbols.Staged(transaction.Id, holon), Keep = keep });
        }

        return Command(transaction.Id, new MutationCommand { Refresh = command });
    }

    private CommandStep Query(ModelTransaction transaction, ModelTransaction other) =>
        new(transaction.Id, new CommandBody { Query = _queries.Next(transaction, other) }, NewSymbol(), "");

    private int NewSymbol() => _symbol++;

    private T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];
}

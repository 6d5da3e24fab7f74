using Map.Core.Services;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;
using Keep = Map.V1.RefreshChoice.Types.Keep;

namespace Map.Hub.Tests.Inverses;

/// <summary>
/// Random commands in a few transactions of one space, with commits, refreshes, restarts and new types. All of a run
/// follows from its seed.
/// </summary>
internal sealed class InverseRun : IDisposable
{
    private const int MaxOpen = 3;

    private readonly TestHub _hub = new();
    private readonly Random _random;
    private readonly Random _looks = new(1);
    private readonly TypeTable _types;
    private readonly List<InverseEdits> _open = [];
    private readonly Queue<(InverseEdits Session, MutationCommand Command)> _next = [];
    private readonly HashSet<InverseEdits> _changed = [];
    private HolonSpaceManager _space;
    private int _names;
    private int _commits;

    public InverseRun(int seed)
    {
        _random = new Random(seed);
        // A report makes warnings of what is not as the types demand, so that any graph is committed.
        _space = _hub.Spaces.Create("inverses", enforceValidation: false, [InverseSchema.File], default).Manager;
        var first = _hub.Begin(_space);
        _types = new TypeTable(first);
        first.Rollback();
    }

    /// <summary>How many commands were answered, by what they are and what became of them.</summary>
    public SortedDictionary<string, int> Outcomes { get; } = new(StringComparer.Ordinal);

    /// <summary>The last commands, the newest last.</summary>
    public Queue<string> Log { get; } = [];

    public void Dispose() => _hub.Dispose();

    /// <summary>Sends one command, or does what is beside the commands.</summary>
    public void Step()
    {
        if (_next.TryDequeue(out var next))
        {
            if (_open.Contains(next.Session)) Send(next.Session, next.Command);
            return;
        }

        if (_open.Count == 0 || (_open.Count < MaxOpen && _random.Next(40) == 0)) Begin();
        var session = _open[_random.Next(_open.Count)];
        switch (_random.Next(1_000))
        {
            case < 2:
                Restart();
                break;
            case < 6:
                AddType();
                break;
            case < 30:
                Commit(session);
                break;
            case < 33:
                Send(session, RollbackMutation);
                break;
            case < 50:
                Refresh(session);
                break;
            case < 75:
                Move(session);
                break;
            case < 95:
                Mark(session);
                break;
            default:
                Send(session, session.Next());
                break;
        }
    }

    /// <summary>Checks the transactions that were changed since they were last.</summary>
    public void Check()
    {
        foreach (var session in _open.Where(_changed.Contains)) Check(session.Transaction, session.Transients, $"transaction {session.Number}");
        _changed.Clear();
    }

    /// <summary>Checks what is saved: as a new transaction sees it, and the store as a whole.</summary>
    public void CheckSaved()
    {
        var fresh = _hub.Begin(_space);
        Check(fresh, [], "a new transaction");
        fresh.Rollback();
        var report = _hub.Verify(_space.Space.Id);
        if (report.Count > 0) throw new InverseBroken($"verify says: {string.Join("; ", report.Findings)}");
        Count("Verify");
    }

    private void Check(TestTransaction transaction, IEnumerable<HolonReference> transients, string where)
    {
        try
        {
            Count("links checked", new InverseView(transaction, _types, _looks).Check(transients));
        }
        catch (InverseBroken broken)
        {
            throw new InverseBroken($"In {where}: {broken.Message}");
        }
    }

    private void Begin()
    {
        var transaction = _hub.Begin(_space);
        _open.Add(new InverseEdits(_names++, transaction, _types, _random, NewName));
        Count("Begin");
    }

    private void Commit(InverseEdits session)
    {
        var response = Send(session, CommitMutation);
        for (var i = 0; i < 3 && !response.Success && Mend(session, response); i++) response = Send(session, CommitMutation);
        if (!response.Success)
        {
            if (_random.Next(2) == 0) Send(session, RollbackMutation);
            return;
        }

        if (++_commits % 8 == 0) CheckSaved();
        else
        {
            var fresh = _hub.Begin(_space);
            Check(fresh, [], "a new transaction");
            fresh.Rollback();
        }
    }

    /// <summary>A refresh, with choices where it asks for them.</summary>
    private void Refresh(InverseEdits session)
    {
        var response = Send(session, new MutationCommand { Refresh = new RefreshCommand() });
        if (!response.Success) Mend(session, response);
    }

    /// <summary>Refreshes with a choice for each holon that errors name.</summary>
    private bool Mend(InverseEdits session, MapResponse refused)
    {
        var command = new RefreshCommand();
        var errors = refused.Errors.Where(error => error.Reference?.Staged is not null).DistinctBy(error => error.Reference).ToList();
        foreach (var error in errors.Where(error => error.Code == ErrorCode.DuplicateKey)) session.Rename(error.Reference);
        foreach (var error in errors.Where(error => error.Code == ErrorCode.Conflict))
            command.Choices.Add(new RefreshChoice { Holon = error.Reference, Keep = _random.Next(3) == 0 ? Keep.Theirs : Keep.Mine });
        if (Send(session, new MutationCommand { Refresh = command }).Success) return true;

        // Of what was deleted nothing can be kept.
        foreach (var choice in command.Choices) choice.Keep = Keep.Theirs;
        return Send(session, new MutationCommand { Refresh = command }).Success;
    }

    /// <summary>Some steps back, and some forward again.</summary>
    private void Move(InverseEdits session)
    {
        var (back, forward) = (_random.Next(1, 8), _random.Next(6));
        for (var i = 0; i < back + forward; i++) _next.Enqueue((session, i < back ? UndoMutation : RedoMutation));
    }

    private void Mark(InverseEdits session)
    {
        var marker = $"m{_random.Next(4)}";
        Send(session, _random.Next(3) switch { 0 => MarkCommand(marker), 1 => UndoToCommand(marker), _ => RedoToCommand(marker) });
    }

    private void Restart()
    {
        _hub.Restart();
        _space = _hub.Spaces.Get("inverses");
        foreach (var session in _open) session.Restart(_hub);
        Count("Restart");
        Note("restart");
        _changed.UnionWith(_open);
        Check();
    }

    /// <summary>A type that extends one of the others, in a commit of its own.</summary>
    private void AddType()
    {
        var (name, extends) = ($"Type{_names++}", _types.Names[_random.Next(_types.Names.Count)]);
        var transaction = _hub.Begin(_space);
        transaction.Load(InverseSchema.Extension(name, extends));
        transaction.Commit();
        var after = _hub.Begin(_space);
        _types.Add(SeenHolon.IdOf(after.ByKey(name)), name, extends);
        after.Rollback();
        Count("AddType");
        Note($"{name} extends {extends}");
    }

    private MapResponse Send(InverseEdits session, MutationCommand command)
    {
        var response = session.Send(command);
        _changed.Add(session);
        var outcome = response.Success ? "" : response.Errors[0].Code.ToString();
        Count($"{command.CommandCase} {outcome}");
        Note($"transaction {session.Number}: {session.Describe(command)} {outcome}");
        Assert.DoesNotContain(ErrorCode.Internal, response.Errors.Select(error => error.Code));
        if (response.Success && command.CommandCase is MutationCommand.CommandOneofCase.Commit or MutationCommand.CommandOneofCase.Rollback)
            _open.Remove(session);
        return response;
    }

    private string NewName() => $"h{_names++}";

    private void Count(string outcome, int count = 1) => Outcomes[outcome] = Outcomes.GetValueOrDefault(outcome) + count;

    private void Note(string what)
    {
        Log.Enqueue(what);
        if (Log.Count > 20) Log.Dequeue();
    }
}

using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>A transaction of the model: the states of its whole history, and where in it it is.</summary>
internal sealed class ModelTransaction(ModelSpace space, int id, ModelSnapshot snapshot)
{
    private readonly List<ModelState> _states = [new ModelState { Snapshot = snapshot }];
    private readonly Dictionary<string, int> _markers = [];
    private readonly Dictionary<string, (MutationCommand Command, CommandResponse? Reply)> _replies = [];
    private int _at;

    public int Id => id;

    public ModelSpace Space => space;

    public TransactionStatus Status { get; private set; } = TransactionStatus.Open;

    public ModelState State => _states[_at];

    /// <summary>Pages given out.</summary>
    public Dictionary<int, ModelPage> Pages { get; } = [];

    /// <summary>How many steps can be undone.</summary>
    public int CanUndo => _at;

    /// <summary>How many steps can be redone.</summary>
    public int CanRedo => _states.Count - 1 - _at;

    public IEnumerable<string> Markers => _markers.Keys;

    /// <summary>Runs a command.</summary>
    /// <exception cref="ModelRefusal">It is refused, and nothing has changed.</exception>
    public CommandResponse? Execute(CommandStep step)
    {
        if (Status == TransactionStatus.Committed) throw new ModelRefusal(ErrorCode.TransactionCommitted);
        if (Status == TransactionStatus.RolledBack) throw new ModelRefusal(ErrorCode.TransactionRolledBack);
        if (step.Command.Query is { } query) return new ModelQueries(this, State, step.New).Answer(query);
        var mutation = step.Command.Mutation;
        // An end is known by its transaction, not by its request.
        if (mutation.Commit is not null || mutation.Rollback is not null) return End(mutation);
        if (_replies.TryGetValue(step.RequestId, out var kept))
            return kept.Command.Equals(mutation) ? kept.Reply : throw new ModelRefusal(ErrorCode.RequestIdReused);
        var reply = Run(mutation, step.New);
        if (step.RequestId.Length > 0) _replies.Add(step.RequestId, (mutation, reply));
        return reply;
    }

    /// <summary>What a reference means.</summary>
    /// <exception cref="ModelRefusal">It means nothing in this transaction.</exception>
    public ModelHolon Resolve(ModelState state, HolonReference reference)
    {
        RequireOwn(reference);
        var holon = Symbols.HolonOf(reference);
        if (reference.Smart is { HasVersion: true } pinned)
            return space.FindVersion(holon, pinned.Version, state.Snapshot.Number)?.Holon ?? throw new ModelRefusal(ErrorCode.VersionNotFound);
        var found = reference.KindCase switch
        {
            HolonReference.KindOneofCase.Transient => state.Transient.GetValueOrDefault(holon),
            HolonReference.KindOneofCase.Staged => state.Staged.GetValueOrDefault(holon),
            _ => state.Snapshot.Find(holon),
        };
        return found ?? throw new ModelRefusal(ErrorCode.HolonNotFound);
    }

    public void RequireOwn(HolonReference reference)
    {
        if (Symbols.TransactionOf(reference) != id) throw new ModelRefusal(ErrorCode.CrossTransactionReference);
    }

    /// <summary>The reference by which the view gives a holon.</summary>
    public HolonReference ReferenceTo(ModelState state, int holon) =>
        state.FindDraft(holon) is not null || state.IsHidden(holon) ? Symbols.Staged(id, holon)
        : state.Transient.ContainsKey(holon) ? Symbols.Transient(id, holon) : Symbols.Saved(id, holon);

    private CommandResponse? End(MutationCommand mutation)
    {
        var result = mutation.Commit is null ? null : space.Commit(State);
        Status = result is null ? TransactionStatus.RolledBack : TransactionStatus.Committed;
        // Nothing of it is wanted any more, and a run has many.
        _states.RemoveRange(0, _states.Count - 1);
        _at = 0;
        return result is null ? null : new CommandResponse { Commit = result };
    }

    private CommandResponse? Run(MutationCommand mutation, int newId)
    {
        switch (mutation.CommandCase)
        {
            case MutationCommand.CommandOneofCase.Undo:
                if (_at == 0) throw new ModelRefusal(ErrorCode.NothingToUndo);
                _at--;
                return null;
            case MutationCommand.CommandOneofCase.Redo:
                if (CanRedo == 0) throw new ModelRefusal(ErrorCode.NothingToRedo);
                _at++;
                return null;
            case MutationCommand.CommandOneofCase.AddUndoMarker:
                AddMarker(mutation.AddUndoMarker);
                return null;
            case MutationCommand.CommandOneofCase.UndoToMarker:
                MoveTo(mutation.UndoToMarker.MarkerId, isBack: true);
                return null;
            case MutationCommand.CommandOneofCase.RedoToMarker:
                MoveTo(mutation.RedoToMarker.MarkerId, isBack: false);
                return null;
            default:
                return Step(mutation, newId);
        }
    }

    private void AddMarker(AddUndoMarkerCommand command)
    {
        if (command.MarkerId.Length is 0 or > 200 || command.Label.Length > 1_000) throw new ModelRefusal(ErrorCode.InvalidRequest);
        if (!_markers.TryAdd(command.MarkerId, _at)) throw new ModelRefusal(ErrorCode.DuplicateMarker);
    }

    private void MoveTo(string marker, bool isBack)
    {
        if (marker.Length is 0 or > 200) throw new ModelRefusal(ErrorCode.InvalidRequest);
        if (!_markers.TryGetValue(marker, out var place)) throw new ModelRefusal(ErrorCode.UnknownMarker);
        if (isBack ? place > _at : place < _at) throw new ModelRefusal(ErrorCode.MarkerNotReachable);
        _at = place;
    }

    /// <summary>Runs a step on a copy of the state, which is taken when the step does not refuse.</summary>
    private CommandResponse? Step(MutationCommand mutation, int newId)
    {
        var next = State.Copy();
        var reply = mutation.Refresh is { } refresh
            ? new ModelRefresh(this, next).Run(refresh)
            : new ModelMutations(this, next, newId).Run(mutation);
        _states.RemoveRange(_at + 1, CanRedo);
        _states.Add(next);
        foreach (var (marker, place) in _markers.ToList())
            if (place > _at) _markers.Remove(marker);
        _at++;
        return reply;
    }
}

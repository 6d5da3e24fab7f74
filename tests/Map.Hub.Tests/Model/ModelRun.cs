using System.Text.Json;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests.Model;

/// <summary>Sends the same commands to a hub and to the model, and compares what they answer and show.</summary>
internal sealed class ModelRun : IDisposable
{
    private const int MaxOpen = 4;
    private const string SpaceName = "model";

    private static readonly Comparer<Core.Identity.TransactionId> ById =
        Comparer<Core.Identity.TransactionId>.Create((a, b) => a.Local.CompareTo(b.Local));

    private readonly TestHub _hub = new();
    private readonly Random _random;
    private readonly ModelSpace _model;
    private readonly ModelGenerator _generator;
    private readonly List<(TestTransaction Hub, ModelTransaction Model)> _open = [];
    private readonly List<(TestTransaction Hub, ErrorCode Code)> _ended = [];
    private HolonSpaceManager _space;

    public ModelRun(int seed)
    {
        _random = new Random(seed);
        _space = _hub.NewSpace(SpaceName, [TestSchema.Alone]);
        _model = ReadTypes(_hub.Begin(_space));
        _generator = new ModelGenerator(_random, _model);
    }

    /// <summary>What was sent last, for the message of a failure.</summary>
    public string Last { get; private set; } = "";

    /// <summary>How many commands were answered, by their outcome.</summary>
    public SortedDictionary<string, int> Outcomes { get; } = new(StringComparer.Ordinal);

    public void Dispose() => _hub.Dispose();

    public void Step()
    {
        if (_open.Count == 0 || (_open.Count < MaxOpen && _random.Next(60) == 0)) Begin();
        var at = _random.Next(_open.Count);
        switch (_random.Next(1_000))
        {
            case < 2:
                Restart();
                break;
            case < 15 when _ended.Count > 0:
                SendToEnded();
                break;
            case < 50:
                Commit(at);
                break;
            case < 60:
                Rollback(at);
                break;
            case < 130:
                Move(at, UndoMutation, model => model.Undo());
                break;
            case < 180:
                Move(at, RedoMutation, model => model.Redo());
                break;
            default:
                Mutate(at);
                break;
        }
    }

    /// <summary>Compares the whole view of every open transaction, and of a new one.</summary>
    public void CompareAll()
    {
        foreach (var (hub, model) in _open) Compare(hub, model);
        var (fresh, latest) = NewPair();
        Compare(fresh, latest);
        fresh.Rollback();
    }

    private static ModelSpace ReadTypes(TestTransaction transaction)
    {
        var holons = new SortedDictionary<string, ModelHolon>(StringComparer.Ordinal);
        var types = new Dictionary<string, string>();
        var space = "";
        foreach (var member in transaction.Ok(new QueryCommand { GetAll = new GetAllQuery() }).Page.Members)
        {
            var content = transaction.Content(member.Reference);
            var holon = new ModelHolon { Id = ModelTransaction.IdOf(member.Reference), Phase = HolonPhase.Saved, Version = 1 };
            holon.Commit = content.HasKey ? 1UL : 0;
            holon.Type = content.Descriptor_ is null ? null : ModelTransaction.IdOf(content.Descriptor_);
            foreach (var property in content.Properties) holon.Properties[property.Name] = property.Value;
            holons[holon.Id] = holon;
            if (content.HasKey) types[content.Key] = holon.Id;
            else space = holon.Id;
        }

        transaction.Rollback();
        return new ModelSpace(new ModelSnapshot(1, holons), types, space);
    }

    private void Begin() => _open.Add(NewPair());

    private (TestTransaction Hub, ModelTransaction Model) NewPair()
    {
        var hub = _hub.Begin(_space);
        return (hub, new ModelTransaction(_model, Binding.WireWriter.ToWire(hub.Id)));
    }

    private void Restart()
    {
        Last = "restart";
        _hub.Restart();
        _space = _hub.Spaces.Get(SpaceName);
        for (var i = 0; i < _ended.Count; i++) _ended[i] = (_ended[i].Hub.On(_hub.Dispatcher), _ended[i].Code);
        for (var i = 0; i < _open.Count; i++) _open[i] = (_open[i].Hub.On(_hub.Dispatcher), _open[i].Model);
        Assert.Equal(_open.Select(each => each.Hub.Id).Order(ById), _space.List().Select(info => info.Id).Order(ById));
        CompareAll();
        foreach (var (hub, model) in _open) WalkHistory(hub, model);
        Count("Restart");
    }

    /// <summary>Goes back to the beginning and forward again as far as it goes, and looks around on the way.</summary>
    private void WalkHistory(TestTransaction hub, ModelTransaction model)
    {
        var (back, forward) = (model.CanUndo, model.CanRedo);
        Last = $"history of {hub.Id}: {back} steps back, {forward} forward";
        for (var i = 0; i < back; i++) Step(UndoMutation, model.Undo, isStop: i == back / 2);
        hub.Send(UndoMutation).Refused(ErrorCode.NothingToUndo);
        Compare(hub, model);
        for (var i = 0; i < back + forward; i++) Step(RedoMutation, model.Redo, isStop: i == back / 2);
        hub.Send(RedoMutation).Refused(ErrorCode.NothingToRedo);
        Compare(hub, model);
        for (var i = 0; i < forward; i++) Step(UndoMutation, model.Undo, isStop: false);

        void Step(MutationCommand move, Action modelMove, bool isStop)
        {
            hub.Ok(move);
            modelMove();
            if (isStop) Compare(hub, model);
        }
    }

    private void SendToEnded()
    {
        var (hub, code) = _ended[_random.Next(_ended.Count)];
        Last = $"a command to an ended transaction: {code}";
        hub.Send(ByKeyQuery("k1")).Refused(code);
        hub.Send(new MutationCommand { NewHolon = new NewHolonCommand() }).Refused(code);
        Count(code.ToString());
    }

    private void Rollback(int at)
    {
        var (hub, _) = _open[at];
        Last = "rollback";
        hub.Rollback();
        Count("Rollback");
        End(at, ErrorCode.TransactionRolledBack);
    }

    private void Commit(int at)
    {
        var (hub, model) = _open[at];
        Last = $"commit {hub.Id}";
        var response = hub.Send(CommitMutation);
        try
        {
            var (saved, deleted) = _model.Commit(model);
            Assert.True(response.Success, $"the model commits, the hub says {response}");
            Assert.Equal(_model.Latest.Number, response.Body.Commit.CommitNumber);
            Assert.Equal(saved, response.Body.Commit.Saved.Select(id => ModelTransaction.ToText(id.LocalId)));
            Assert.Equal(deleted, response.Body.Commit.Deleted.Select(id => ModelTransaction.ToText(id.LocalId)));
        }
        catch (ModelRefusal refusal)
        {
            Assert.False(response.Success, $"the model says {string.Join(", ", refusal.Errors)}");
            Assert.Equal(
                refusal.Errors.Order(),
                response.Errors.Select(error => (error.Code, ModelTransaction.IdOf(error.Reference))).Order());
            Compare(hub, model);
            Count($"Commit {refusal.Errors[0].Code}");
            return;
        }

        Count("Commit");
        End(at, ErrorCode.TransactionCommitted);
        var (fresh, latest) = NewPair();
        Compare(fresh, latest);
        fresh.Rollback();
    }

    private void End(int at, ErrorCode code)
    {
        _ended.Add((_open[at].Hub, code));
        _open.RemoveAt(at);
        if (_ended.Count > 20) _ended.RemoveAt(0);
    }

    private void Move(int at, MutationCommand mutation, Action<ModelTransaction> move)
    {
        var (hub, model) = _open[at];
        var code = Send(hub, mutation, _ => move(model));
        if (code is null && _random.Next(5) == 0) Compare(hub, model);
    }

    private void Mutate(int at)
    {
        var (hub, model) = _open[at];
        var mutation = _generator.Next(model, _open[_random.Next(_open.Count)].Model);
        var code = Send(hub, mutation, response => model.Step(
            state => new ModelCommands(model, state, NewIds(hub, mutation, response)).Run(mutation)));
        if (code is null && Touched(model) is { } holon) Assert.Equal(model.Show(holon), ViewDump.Of(hub, holon));
        if (_random.Next(50) == 0) Compare(hub, model);
    }

    /// <summary>Sends a mutation to both.</summary>
    /// <returns>The code with which both refused it; null when both ran it.</returns>
    private ErrorCode? Send(TestTransaction hub, MutationCommand mutation, Action<MapResponse> run)
    {
        Last = $"{hub.Id}: {mutation}";
        var response = hub.Send(mutation);
        try
        {
            run(response);
            Assert.True(response.Success, $"the model runs it, the hub says {response}");
            Count($"{mutation.CommandCase}");
            return null;
        }
        catch (ModelRefusal refusal)
        {
            Assert.False(response.Success, $"the hub runs it, the model says {refusal.Errors[0].Code}");
            Assert.Contains(response.Errors[0].Code, refusal.Errors.Select(error => error.Code));
            Count($"{mutation.CommandCase} {refusal.Errors[0].Code}");
            return refusal.Errors[0].Code;
        }
    }

    private static Queue<string> NewIds(TestTransaction hub, MutationCommand mutation, MapResponse response)
    {
        if (!response.Success) return [];
        if (response.Body?.Reference is { } reference) return new([ModelTransaction.IdOf(reference)]);
        if (mutation.LoadHolons is null) return [];
        using var json = JsonDocument.Parse(mutation.LoadHolons.Files[0].Content.Memory);
        return new(json.RootElement.GetProperty("holons").EnumerateArray().Select(holon => ModelTransaction.IdOf(
            hub.ByKey(holon.GetProperty("key").GetString()!, hub.ByKey(holon.GetProperty("type").GetString()!)))));
    }

    /// <summary>A draft of the transaction, any: those just changed are among few.</summary>
    private HolonReference? Touched(ModelTransaction model)
    {
        var (staged, transient) = (model.State.Staged.Keys.ToList(), model.State.Transient.Keys.ToList());
        if (staged.Count + transient.Count == 0) return null;
        var at = _random.Next(staged.Count + transient.Count);
        return at < staged.Count ? model.Staged(staged[at]) : model.Transient(transient[at - staged.Count]);
    }

    private static void Compare(TestTransaction hub, ModelTransaction model)
    {
        Assert.Equal(model.Show(), hub.View());
        Assert.Equal(model.State.Staged.Values.Count(draft => draft.Phase != HolonPhase.Abandoned), (int)hub.StagedCount());
        Assert.Equal(model.State.Transient.Count, (int)hub.TransientCount());
        foreach (var transient in model.State.Transient.Keys)
            Assert.Equal(model.Show(model.Transient(transient)), ViewDump.Of(hub, model.Transient(transient)));
    }

    private void Count(string outcome) => Outcomes[outcome] = Outcomes.GetValueOrDefault(outcome) + 1;
}

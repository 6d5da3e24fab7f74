using System.Text.Json;
using Map.Hub.Binding;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests.Model;

/// <summary>A real hub that is spoken to in symbols.</summary>
internal sealed class HubSide : IDisposable
{
    private const string SpaceName = "model";

    private readonly TestHub _hub = new();
    private readonly SymbolMap _symbols = new();
    private readonly Dictionary<int, TestTransaction> _transactions = [];
    private HolonSpaceManager _space;

    public HubSide() => _space = _hub.NewSpace(SpaceName, [TestSchema.Alone], enforces: false);

    public void Dispose() => _hub.Dispose();

    /// <summary>The space with its types, as it is before the run. Each gets a symbol.</summary>
    public ModelSpace ReadSpace()
    {
        var transaction = _hub.Begin(_space);
        var members = transaction.Ok(new QueryCommand { GetAll = new GetAllQuery() }).Page.Members;
        _symbols.Bind(Symbols.Space, members[0].Reference.Smart.HolonId.SpaceId);
        for (var i = 0; i < members.Count; i++) _symbols.Bind(Symbols.First + i, members[i].Reference.Smart.HolonId.LocalId);
        var holons = new SortedDictionary<int, ModelHolon>();
        foreach (var member in members)
        {
            var content = _symbols.ToModel(transaction.Content(member.Reference));
            var holon = new ModelHolon { Id = Symbols.HolonOf(content.Reference), Phase = HolonPhase.Saved, Version = 1 };
            // Commit 0 made the space's own holon, commit 1 the types.
            holon.Commit = content.HasKey ? 1UL : 0;
            holon.Type = content.Descriptor_ is null ? null : Symbols.HolonOf(content.Descriptor_);
            foreach (var property in content.Properties) holon.Properties[property.Name] = property.Value;
            holons[holon.Id] = holon;
        }

        transaction.Rollback();
        var types = holons.Values.Where(holon => holon.Key is not null).ToDictionary(holon => holon.Key!, holon => holon.Id);
        return new ModelSpace(new ModelSnapshot(1, holons), types, holons.Values.Single(holon => holon.Key is null).Id);
    }

    public void Begin(int transaction, ulong asOf)
    {
        var info = _space.Begin("test", "tests", Caller.Owner, (long)asOf);
        _symbols.Bind(transaction, WireWriter.ToWire(info.Id.Local));
        _transactions[transaction] = new TestTransaction(_hub.Dispatcher, info.Id, Caller.Owner);
    }

    /// <summary>Sends a command.</summary>
    /// <returns>The answer with symbols.</returns>
    public MapResponse Execute(CommandStep step)
    {
        var request = _symbols.ToHub(new MapRequest { TransactionId = Symbols.Transaction(step.Transaction), Command = step.Command });
        var response = _hub.Dispatcher.Execute(request, Caller.Owner, step.RequestId, default);
        if (response.Success) BindNew(step, response);
        return _symbols.ToModel(response);
    }

    public void Restart()
    {
        _hub.Restart();
        _space = _hub.Spaces.Get(SpaceName);
        foreach (var (symbol, transaction) in _transactions) _transactions[symbol] = transaction.On(_hub.Dispatcher);
    }

    /// <summary>The transactions that are open.</summary>
    public IEnumerable<int> Open() => _space.List().Select(info => _transactions.Single(each => each.Value.Id == info.Id).Key);

    /// <summary>Gives symbols to what a command made.</summary>
    private void BindNew(CommandStep step, MapResponse response)
    {
        if (step.Command.Mutation is { } mutation)
        {
            if (response.Body?.Reference is { } made) _symbols.Bind(step.New, made.Staged?.LocalId ?? made.Transient.LocalId);
            if (mutation.LoadHolons is { } load) BindLoaded(_transactions[step.Transaction], load, step.New);
        }

        if (response.Body?.Page is { NextToken.IsEmpty: false } page) _symbols.BindToken(step.New, page.NextToken);
    }

    private void BindLoaded(TestTransaction transaction, LoadHolonsCommand load, int symbol)
    {
        using var json = JsonDocument.Parse(load.Files[0].Content.Memory);
        foreach (var holon in json.RootElement.GetProperty("holons").EnumerateArray())
        {
            var type = transaction.ByKey(holon.GetProperty("type").GetString()!);
            var found = transaction.Send(ByKeyQuery(holon.GetProperty("key").GetString()!, type));
            // A repeated load is not there any more when it was undone.
            if (found.Success) _symbols.Bind(symbol++, found.Body.Reference.Staged.LocalId);
        }
    }
}

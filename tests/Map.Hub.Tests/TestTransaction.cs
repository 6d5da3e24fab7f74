using Google.Protobuf;
using Map.Hub.Binding;
using Map.Hub.Dispatch;
using Map.V1;
using CoreTransactionId = Map.Core.Identity.TransactionId;

namespace Map.Hub.Tests;

/// <summary>Speaks the envelope to a dispatcher, one method for each command that tests use.</summary>
internal sealed class TestTransaction(CommandDispatcher dispatcher, CoreTransactionId id, Caller caller)
{
    public CoreTransactionId Id => id;

    public MapResponse Send(QueryCommand query) => Send(new CommandBody { Query = query });

    public MapResponse Send(MutationCommand mutation) => Send(new CommandBody { Mutation = mutation });

    public MapResponse Send(CommandBody command, CancellationToken cancellation = default) => Send(command, null, cancellation);

    public MapResponse Send(MutationCommand mutation, string requestId) =>
        Send(new CommandBody { Mutation = mutation }, requestId, default);

    public MapResponse Send(CommandBody command, string? requestId, CancellationToken cancellation) => dispatcher.Execute(
        new MapRequest { Name = "test", TransactionId = WireWriter.ToWire(id), Command = command }, caller, requestId, cancellation);

    /// <summary>The same transaction as another dispatcher has it: one that was started anew.</summary>
    public TestTransaction On(CommandDispatcher other) => new(other, id, caller);

    public HolonReference Stage(string? key, HolonReference? type = null, params (string Name, BaseValue Value)[] properties) =>
        Ok(new MutationCommand { StageNewHolon = new StageNewHolonCommand { Content = Content(key, type, properties) } }).Reference;

    public HolonReference New(string? key, HolonReference? type = null, params (string Name, BaseValue Value)[] properties) =>
        Ok(new MutationCommand { NewHolon = new NewHolonCommand { Content = Content(key, type, properties) } }).Reference;

    public HolonReference StageTransient(HolonReference transient) =>
        Ok(new MutationCommand { StageNewHolon = new StageNewHolonCommand { Transient = transient } }).Reference;

    /// <summary>A holon of a type of <see cref="TestSchema"/>.</summary>
    public HolonReference StageOf(string type, string? key, params (string Name, BaseValue Value)[] properties) =>
        Stage(key, ByKey(type), properties);

    public HolonReference StageVersion(HolonReference saved) =>
        Ok(new MutationCommand { StageNewVersion = new StageNewVersionCommand { Holon = saved } }).Reference;

    public void Set(HolonReference holon, string name, BaseValue value) => Ok(SetCommand(holon, name, value));

    public static MutationCommand SetCommand(HolonReference holon, string name, BaseValue value) => new()
    {
        WithPropertyValue = new WithPropertyValueCommand { Holon = holon, Properties = { new Property { Name = name, Value = value } } },
    };

    public void Remove(HolonReference holon, string name) =>
        Ok(new MutationCommand { RemovePropertyValue = new RemovePropertyValueCommand { Holon = holon, Names = { name } } });

    public void Add(HolonReference holon, string name, params HolonReference[] targets) => Ok(AddCommand(holon, name, targets));

    public static MutationCommand AddCommand(HolonReference holon, string name, params HolonReference[] targets) =>
        new() { AddRelatedHolons = new AddRelatedHolonsCommand { Holon = holon, Name = name, Targets = { targets } } };

    public void Describe(HolonReference holon, HolonReference type) => Ok(DescribeCommand(holon, type));

    public static MutationCommand DescribeCommand(HolonReference holon, HolonReference type) =>
        new() { WithDescriptor = new WithDescriptorCommand { Holon = holon, Descriptor_ = type } };

    public void RemoveRelated(HolonReference holon, string name, params HolonReference[] targets) => Ok(RemoveCommand(holon, name, targets));

    public static MutationCommand RemoveCommand(HolonReference holon, string name, params HolonReference[] targets) =>
        new() { RemoveRelatedHolons = new RemoveRelatedHolonsCommand { Holon = holon, Name = name, Targets = { targets } } };

    public void Delete(HolonReference holon) => Ok(DeleteCommand(holon));

    public static MutationCommand DeleteCommand(HolonReference holon) => new() { DeleteHolon = new DeleteHolonCommand { Holon = holon } };

    public void Undo() => Ok(UndoMutation);

    public static MutationCommand UndoMutation => new() { Undo = new UndoCommand() };

    public void Redo() => Ok(RedoMutation);

    public static MutationCommand RedoMutation => new() { Redo = new RedoCommand() };

    public void Mark(string id, string? label = null) => Ok(MarkCommand(id, label));

    public static MutationCommand MarkCommand(string id, string? label = null)
    {
        var command = new AddUndoMarkerCommand { MarkerId = id };
        if (label is not null) command.Label = label;
        return new MutationCommand { AddUndoMarker = command };
    }

    public void UndoTo(string id) => Ok(UndoToCommand(id));

    public static MutationCommand UndoToCommand(string id) => new() { UndoToMarker = new UndoToMarkerCommand { MarkerId = id } };

    public void RedoTo(string id) => Ok(RedoToCommand(id));

    public static MutationCommand RedoToCommand(string id) => new() { RedoToMarker = new RedoToMarkerCommand { MarkerId = id } };

    public (bool CanUndo, bool CanRedo) EditStatus()
    {
        var status = Ok(new QueryCommand { EditStatus = new EditStatusQuery() }).EditStatus;
        return (status.CanUndo, status.CanRedo);
    }

    public void Abandon(HolonReference holon) => Ok(AbandonCommand(holon));

    public static MutationCommand AbandonCommand(HolonReference holon) => new() { Abandon = new AbandonCommand { Holon = holon } };

    public static MutationCommand PredecessorCommand(HolonReference holon, HolonReference? predecessor) =>
        new() { WithPredecessor = new WithPredecessorCommand { Holon = holon, Predecessor = predecessor } };

    /// <summary>Runs a dance without a request.</summary>
    public DanceResult Dance(HolonReference holon, string dance) => Ok(DanceCommand(holon, dance)).Dance;

    /// <summary>Runs a dance with a request that is made in the same step.</summary>
    public DanceResult Dance(HolonReference holon, string dance, params (string Name, BaseValue Value)[] request) =>
        Ok(DanceCommand(holon, dance, Content(null, null, request))).Dance;

    public static MutationCommand DanceCommand(HolonReference holon, string dance, HolonContent? request = null)
    {
        var command = new ExecuteDanceCommand { Holon = holon, Dance = dance };
        if (request is not null) command.RequestContent = request;
        return new MutationCommand { ExecuteDance = command };
    }

    public CommitResult Commit() => Ok(CommitMutation).Commit;

    public static MutationCommand CommitMutation => new() { Commit = new CommitCommand() };

    public void Rollback() => Ok(RollbackMutation);

    public static MutationCommand RollbackMutation => new() { Rollback = new RollbackCommand() };

    public LoadResult Load(params Core.Loading.ImportSource[] files) => Ok(LoadCommand(files)).Load;

    public static MutationCommand LoadCommand(params Core.Loading.ImportSource[] files) => new()
    {
        LoadHolons = new LoadHolonsCommand
        {
            Files = { files.Select(file => new InlineFile { Name = file.Name, Content = ByteString.CopyFrom(file.Content.Span) }) },
        },
    };

    public BaseValue Value(HolonReference holon, string name) =>
        Ok(new QueryCommand { PropertyValue = new PropertyValueQuery { Holon = holon, Name = name } }).Value;

    public EssentialContent Content(HolonReference holon) =>
        Ok(new QueryCommand { EssentialContent = new EssentialContentQuery { Holon = holon } }).EssentialContent;

    public HolonReference ByKey(string key, HolonReference? type = null) => Ok(ByKeyQuery(key, type)).Reference;

    public static QueryCommand ByKeyQuery(string key, HolonReference? type = null) =>
        new() { GetByKey = new GetByKeyQuery { Key = key, Type = type } };

    /// <summary>The reference to a holon's saved state.</summary>
    public HolonReference Saved(HolonReference holon, uint? version = null)
    {
        var saved = new HolonReference
        {
            TransactionId = holon.TransactionId,
            Smart = new SmartRef { HolonId = Ok(new QueryCommand { HolonId = new HolonIdQuery { Holon = holon } }).HolonId },
        };
        if (version is { } pinned) saved.Smart.Version = pinned;
        return saved;
    }

    public HolonReference ById(HolonId holon) => Ok(new QueryCommand { GetById = new GetByIdQuery { HolonId = holon } }).Reference;

    /// <summary>Keys of all related holons, page by page.</summary>
    public List<string> Related(HolonReference holon, string name, uint pageSize = 0) =>
        Keys(token => new QueryCommand
        {
            RelatedHolons = new RelatedHolonsQuery { Holon = holon, Name = name, Page = new PageRequest { Size = pageSize, Token = token } },
        });

    /// <summary>Keys of all listed holons, page by page.</summary>
    public List<string> All(GetAllQuery query, uint pageSize = 0) =>
        Keys(token =>
        {
            var page = query.Clone();
            page.Page = new PageRequest { Size = pageSize, Token = token };
            return new QueryCommand { GetAll = page };
        });

    public ulong StagedCount() => Ok(new QueryCommand { StagedCount = new StagedCountQuery() }).Count;

    public ulong TransientCount() => Ok(new QueryCommand { TransientCount = new TransientCountQuery() }).Count;

    public CommandResponse Ok(QueryCommand query) => Ok(Send(query));

    public CommandResponse Ok(MutationCommand mutation) => Ok(Send(mutation));

    public static BaseValue Text(string text) => new() { StringValue = text };

    public static BaseValue Number(long number) => new() { IntegerValue = number };

    private static HolonContent Content(string? key, HolonReference? type, (string Name, BaseValue Value)[] properties)
    {
        var content = new HolonContent { Descriptor_ = type };
        if (key is not null) content.Key = key;
        content.Properties.AddRange(properties.Select(property => new Property { Name = property.Name, Value = property.Value }));
        return content;
    }

    private List<string> Keys(Func<ByteString, QueryCommand> query)
    {
        var keys = new List<string>();
        var token = ByteString.Empty;
        do
        {
            var page = Ok(query(token)).Page;
            keys.AddRange(page.Members.Select(member => member.HasKey ? member.Key : ""));
            token = page.NextToken;
        }
        while (!token.IsEmpty);
        return keys;
    }

    private static CommandResponse Ok(MapResponse response)
    {
        Assert.True(response.Success, string.Join("; ", response.Errors.Select(error => $"{error.Code}: {error.Message}")));
        // Warnings are what validation found where it does not enforce, and nothing else.
        Assert.All(response.Errors, warning => Assert.NotEmpty(warning.Details.Rule));
        return response.Body;
    }
}

/// <summary>What tests say of refusals.</summary>
internal static class Refusals
{
    /// <summary>Refused since what is staged breaks rules of its types, exactly these; answers the first of them.</summary>
    public static HolonError Invalid(this MapResponse response, params ErrorCode[] codes)
    {
        response.Refused(ErrorCode.ValidationFailed);
        Assert.Equal(codes, response.Errors.Skip(1).Select(error => error.Code));
        return response.Errors[1];
    }

    public static HolonError Refused(this MapResponse response, ErrorCode code)
    {
        Assert.False(response.Success);
        Assert.Null(response.Body);
        Assert.Equal(code, response.Errors[0].Code);
        Assert.NotEmpty(response.Errors[0].Message);
        return response.Errors[0];
    }
}

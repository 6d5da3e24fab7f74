using Map.V1;

namespace Map.Daemon.Tests;

/// <summary>Open transactions outlive the process, however it ends.</summary>
public sealed class RecoveryTests
{
    private static MutationCommand Undo => new() { Undo = new UndoCommand() };

    private static MutationCommand Redo => new() { Redo = new RedoCommand() };

    private static QueryCommand StagedCount => new() { StagedCount = new StagedCountQuery() };

    [Theory]
    [InlineData(MapProgram.Kill)]
    [InlineData(MapProgram.Terminate)]
    public async Task A_transaction_goes_on_in_a_new_process_where_it_was(int signal)
    {
        using var daemon = await TestDaemon.StartAsync();
        await daemon.MustAsync("space", "create", "library");
        var transaction = await daemon.Owner.BeginAsync("library");
        var load = new LoadHolonsCommand();
        foreach (var file in ImportFiles.Library) load.ContentIds.Add(await daemon.Owner.UploadAsync(file));
        var loaded = await SuccessAsync(daemon.Owner.MutateAsync(transaction, new MutationCommand { LoadHolons = load }));
        var note = (await SuccessAsync(daemon.Owner.MutateAsync(transaction, NewNote("a")))).Reference;
        await SuccessAsync(daemon.Owner.MutateAsync(transaction, Set(note, "b")));
        await SuccessAsync(daemon.Owner.MutateAsync(transaction, Set(note, "c")));
        await SuccessAsync(daemon.Owner.MutateAsync(transaction, Undo));
        await daemon.StopAsync(signal);
        await daemon.RunAsync();

        Assert.Equal("b", await TitleAsync(daemon, note));
        await SuccessAsync(daemon.Owner.MutateAsync(transaction, Redo));
        Assert.Equal("c", await TitleAsync(daemon, note));
        Assert.Equal(ErrorCode.NothingToRedo, (await daemon.Owner.MutateAsync(transaction, Redo)).Errors[0].Code);
        for (var i = 0; i < 2; i++) await SuccessAsync(daemon.Owner.MutateAsync(transaction, Undo));
        Assert.Equal("a", await TitleAsync(daemon, note));
        await SuccessAsync(daemon.Owner.MutateAsync(transaction, Undo));
        Assert.Equal(loaded.Load.Holons, (await daemon.Owner.QueryAsync(transaction, StagedCount)).Body.Count);
        await SuccessAsync(daemon.Owner.MutateAsync(transaction, Undo));
        Assert.Equal(0UL, (await daemon.Owner.QueryAsync(transaction, StagedCount)).Body.Count);
        Assert.Equal(ErrorCode.NothingToUndo, (await daemon.Owner.MutateAsync(transaction, Undo)).Errors[0].Code);
        await SuccessAsync(daemon.Owner.MutateAsync(transaction, Redo));
        var committed = await SuccessAsync(daemon.Owner.MutateAsync(transaction, new MutationCommand { Commit = new CommitCommand() }));
        Assert.Equal(loaded.Load.Holons, committed.Commit.SavedCount);

        // Nothing is left to come back.
        await daemon.StopAsync(signal);
        await daemon.RunAsync();
        Assert.Equal(0, await daemon.Owner.CountOpenAsync("library"));
        Assert.Equal(0UL, (await daemon.Owner.StatusAsync()).JournalsSetAside);
    }

    [Fact]
    public async Task A_request_whose_reply_was_lost_is_repeated_without_harm_in_a_new_process()
    {
        using var daemon = await TestDaemon.StartAsync();
        await daemon.MustAsync("space", "create", "library");
        var transaction = await daemon.Owner.BeginAsync("library");
        var reply = await daemon.Owner.MutateAsync(transaction, NewNote("a"), "request 1");
        Assert.True(reply.Success, reply.ToString());
        await daemon.StopAsync(MapProgram.Kill);
        await daemon.RunAsync();

        Assert.Equal(reply, await daemon.Owner.MutateAsync(transaction, NewNote("a"), "request 1"));
        var other = await daemon.Owner.MutateAsync(transaction, NewNote("b"), "request 1");
        Assert.Equal(ErrorCode.RequestIdReused, other.Errors[0].Code);
        Assert.Equal(1UL, (await daemon.Owner.QueryAsync(transaction, StagedCount)).Body.Count);
    }

    [Fact]
    public async Task A_session_takes_request_ids_too()
    {
        using var daemon = await TestDaemon.StartAsync();
        await daemon.MustAsync("space", "create", "library");
        var transaction = await daemon.Owner.BeginAsync("library");
        SessionRequest[] requests = [Request(1, "a", "one"), Request(2, "a", "one"), Request(3, "b", "one"), Request(4, "b", "")];
        var replies = await daemon.Owner.SessionAsync(requests);
        Assert.True(replies[1].Success, replies[1].ToString());
        Assert.Equal(replies[1], replies[2]);
        Assert.Equal(ErrorCode.RequestIdReused, replies[3].Errors[0].Code);
        Assert.True(replies[4].Success, replies[4].ToString());
        Assert.Equal(2UL, (await daemon.Owner.QueryAsync(transaction, StagedCount)).Body.Count);

        SessionRequest Request(ulong id, string title, string requestId) => new()
        {
            Id = id,
            RequestId = requestId,
            Request = new MapRequest { TransactionId = transaction, Command = new CommandBody { Mutation = NewNote(title) } },
        };
    }

    private static MutationCommand NewNote(string title) => new()
    {
        StageNewHolon = new StageNewHolonCommand
        {
            Content = new HolonContent { Properties = { new Property { Name = "Title", Value = new BaseValue { StringValue = title } } } },
        },
    };

    private static MutationCommand Set(HolonReference note, string title) => new()
    {
        WithPropertyValue = new WithPropertyValueCommand
        {
            Holon = note,
            Properties = { new Property { Name = "Title", Value = new BaseValue { StringValue = title } } },
        },
    };

    private static async Task<string> TitleAsync(TestDaemon daemon, HolonReference note)
    {
        var query = new QueryCommand { PropertyValue = new PropertyValueQuery { Holon = note, Name = "Title" } };
        return (await SuccessAsync(daemon.Owner.QueryAsync(note.TransactionId, query))).Value.StringValue;
    }

    private static async Task<CommandResponse> SuccessAsync(Task<MapResponse> call)
    {
        var response = await call;
        Assert.True(response.Success, response.ToString());
        return response.Body;
    }
}

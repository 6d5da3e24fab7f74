using System.Runtime.CompilerServices;
using Map.Hub;
using Map.Hub.Spaces;
using Map.Rpc;
using Map.Storage;
using Map.V1;
using static Map.Daemon.Tests.Sessions.ScratchCommands;
using CoreTransactionId = Map.Core.Identity.TransactionId;

namespace Map.Daemon.Tests.Sessions;

/// <summary>Many requests on one stream, over a real socket.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private HubServer _server = null!;
    private HolonSpaceManager _space = null!;

    public async Task InitializeAsync()
    {
        _server = await HubServer.StartAsync(change: options => options with { WriteTimeout = TimeSpan.FromSeconds(2) });
        _space = _server.NewSpace("sessions");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Requests_of_a_transaction_run_and_are_answered_in_order_while_others_are_interleaved()
    {
        await using var client = new SessionClient(_server.Channel);
        var transactions = new List<(CoreTransactionId Id, HolonReference Holon, List<ulong> Sent)>();
        for (var i = 0; i < 8; i++)
        {
            var id = Begin();
            transactions.Add((id, (await client.Send(id, Stage())).Body.Reference, []));
        }

        var reads = new List<(int Round, Task<MapResponse> Reply)>();
        for (var round = 0; round < 250; round++)
        {
            foreach (var (id, holon, sent) in transactions)
            {
                sent.Add(client.Send(id, new CommandBody { Mutation = Set(holon, round) }).Id);
                var (read, reply) = client.Send(id, new CommandBody { Query = Get(holon) });
                sent.Add(read);
                reads.Add((round, reply));
            }
        }

        await client.EndAsync();
        foreach (var (round, reply) in reads) Assert.Equal(round, (await reply).Body.Value.IntegerValue);
        foreach (var (_, _, sent) in transactions) Assert.Equal(sent, client.Answered.Where(sent.ToHashSet().Contains));
        Assert.Equal(0, client.Unexpected);
    }

    [Fact]
    public async Task A_commit_that_takes_long_holds_up_its_own_transaction_only()
    {
        await using var client = new SessionClient(_server.Channel);
        var (busy, other) = (Begin(), Begin());
        var holon = (await client.Send(other, Stage())).Body.Reference;
        await client.Send(busy, Load("a"));
        using var commit = BlockedCommit();
        var committed = client.Send(busy, new MutationCommand { Commit = new CommitCommand() });
        await commit.EnteredAsync();
        var behind = client.Send(busy, new QueryCommand { StagedCount = new StagedCountQuery() });
        for (var i = 0; i < 300; i++) await client.Send(other, Set(holon, i)).WaitAsync(Waiting.Patience);
        Assert.Equal(299, (await client.Send(other, Get(holon))).Body.Value.IntegerValue);
        Assert.False(committed.IsCompleted);
        Assert.False(behind.IsCompleted);
        commit.Release();
        Assert.True((await committed.WaitAsync(Waiting.Patience)).Success);
        Assert.Equal(ErrorCode.TransactionCommitted, (await behind.WaitAsync(Waiting.Patience)).Errors[0].Code);
    }

    [Fact]
    public async Task One_request_is_cancelled_without_harm_to_those_before_and_behind_it()
    {
        await using var client = new SessionClient(_server.Channel);
        var (busy, other) = (Begin(), Begin());
        await client.Send(busy, Load("b"));
        var holon = (await client.Send(other, Stage())).Body.Reference;
        using var commit = BlockedCommit();
        var committed = client.Send(busy, new MutationCommand { Commit = new CommitCommand() });
        await commit.EnteredAsync();
        var (waiting, cancelled) = client.Send(busy, new CommandBody { Query = new QueryCommand { StagedCount = new StagedCountQuery() } });
        client.Cancel(waiting);
        client.Cancel(987_654);
        var beside = await client.Send(other, Set(holon, 1)).WaitAsync(Waiting.Patience);
        commit.Release();
        Assert.True((await committed.WaitAsync(Waiting.Patience)).Success);
        var error = (await cancelled.WaitAsync(Waiting.Patience)).Errors[0];
        Assert.Equal((ErrorCode.Cancelled, true), (error.Code, error.Retryable));
        Assert.True(beside.Success);
        Assert.Equal(1, (await client.Send(other, Get(holon))).Body.Value.IntegerValue);
        await client.EndAsync();
    }

    [Fact]
    public async Task A_cancelled_mutation_that_waits_in_line_takes_no_effect()
    {
        await using var client = new SessionClient(_server.Channel);
        var id = Begin();
        var holon = (await client.Send(id, Stage())).Body.Reference;
        using var journal = Blocked(FaultPoint.JournalWriting);
        var first = client.Send(id, Set(holon, 1));
        await journal.EnteredAsync();
        var (line, second) = client.Send(id, new CommandBody { Mutation = Set(holon, 2) });
        var third = client.Send(id, Get(holon));
        client.Cancel(line);
        journal.Release();
        Assert.True((await first.WaitAsync(Waiting.Patience)).Success);
        var outcome = await second.WaitAsync(Waiting.Patience);
        var value = (await third.WaitAsync(Waiting.Patience)).Body.Value.IntegerValue;
        // The cancellation may come after the mutation took its turn; reply and state tell the same then.
        Assert.Equal(outcome.Success ? 2 : 1, value);
        if (!outcome.Success) Assert.Equal(ErrorCode.Cancelled, outcome.Errors[0].Code);
    }

    [Fact]
    public async Task Two_requests_of_one_id_at_once_and_one_without_content_are_refused()
    {
        await using var client = new SessionClient(_server.Channel);
        var id = Begin();
        await client.Send(id, Load("c"));
        using var commit = BlockedCommit();
        var (sent, committed) = client.Send(id, new CommandBody { Mutation = new MutationCommand { Commit = new CommitCommand() } });
        await commit.EnteredAsync();
        client.SendRaw(new SessionRequest { Id = sent, Request = new MapRequest() });
        Assert.Equal(ErrorCode.InvalidRequest, (await committed.WaitAsync(Waiting.Patience)).Errors[0].Code);
        commit.Release();
        client.SendRaw(new SessionRequest { Id = 77 });
        await client.EndAsync();
        Assert.Equal([sent, sent, 77UL], client.Answered.TakeLast(3).Order());
    }

    [Fact]
    public async Task A_client_that_sends_faster_than_the_daemon_works_is_held_back()
    {
        var id = Begin();
        _server.Run(Wire(id), new CommandBody { Mutation = Load("d") });
        using var commit = BlockedCommit();
        var taken = 0;
        var replies = new List<SessionResponse>();
        var session = Task.Run(async () =>
        {
            var requests = Offer(new() { Mutation = new MutationCommand { Commit = new CommitCommand() } }, Padded(id), 20_000, () => taken++);
            await foreach (var reply in _server.Channel.DuplexAsync<SessionRequest, SessionResponse>("map.v1.MapCommands/Session", requests))
                replies.Add(reply);
        });
        await commit.EnteredAsync();
        var stood = await Waiting.UntilStillAsync(() => Volatile.Read(ref taken));
        Assert.InRange(stood, 256, 5_000);
        commit.Release();
        await session.WaitAsync(Waiting.Patience * 2);
        Assert.Equal(Enumerable.Range(1, 20_000).Select(i => (ulong)i), replies.Select(reply => reply.Id));

        SessionRequest Padded(CoreTransactionId transaction) => new()
        {
            Request = new MapRequest
            {
                Name = new string('x', 4_000),
                TransactionId = Wire(transaction),
                Command = new CommandBody { Query = new QueryCommand { StagedCount = new StagedCountQuery() } },
            },
        };

        async IAsyncEnumerable<SessionRequest> Offer(
            CommandBody first, SessionRequest further, int count, Action sent, [EnumeratorCancellation] CancellationToken cancellation = default)
        {
            yield return new SessionRequest { Id = 1, Request = new MapRequest { TransactionId = Wire(id), Command = first } };
            for (var i = 2; i <= count && !cancellation.IsCancellationRequested; i++)
            {
                further.Id = (ulong)i;
                sent();
                yield return further;
            }

            await Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_held_back_and_then_cut_off_and_its_transaction_stays()
    {
        var id = Begin();
        var large = new BaseValue { StringValue = new string('y', 500_000) };
        var holon = _server.Run(Wire(id), new CommandBody { Mutation = Stage() }).Reference;
        var set = new WithPropertyValueCommand { Holon = holon, Properties = { new Property { Name = "Large", Value = large } } };
        _server.Run(Wire(id), new CommandBody { Mutation = new MutationCommand { WithPropertyValue = set } });
        var cutOff = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = 0;
        var read = new CommandBody { Query = new QueryCommand { PropertyValue = new PropertyValueQuery { Holon = holon, Name = "Large" } } };
        await using var replies = _server.Channel.DuplexAsync<SessionRequest, SessionResponse>("map.v1.MapCommands/Session", Offer())
            .GetAsyncEnumerator();
        Assert.True(await replies.MoveNextAsync());
        var stood = await Waiting.UntilStillAsync(() => Volatile.Read(ref taken));
        Assert.InRange(stood, 1, 50_000);
        await cutOff.Task.WaitAsync(Waiting.Patience);
        var error = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
        {
            while (await replies.MoveNextAsync().AsTask().WaitAsync(Waiting.Patience))
            {
            }
        });
        Assert.NotEqual(StatusCode.Ok, error.StatusCode);
        Assert.True(taken < 1_000_000);
        Assert.Equal(1UL, _server.Run(Wire(id), new CommandBody { Query = new QueryCommand { StagedCount = new StagedCountQuery() } }).Count);

        async IAsyncEnumerable<SessionRequest> Offer([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            await using var told = cancellation.Register(() => cutOff.TrySetResult());
            for (var i = 1UL; i <= 1_000_000 && !cancellation.IsCancellationRequested; i++)
            {
                Interlocked.Increment(ref taken);
                yield return new SessionRequest { Id = i, Request = new MapRequest { TransactionId = Wire(id), Command = read } };
            }

            await Task.CompletedTask;
        }
    }

    [Fact]
    public async Task What_a_client_that_vanishes_leaves_open_is_taken_over_by_another()
    {
        var id = Begin();
        await using (var client = new SessionClient(_server.NewChannel()))
        {
            var holon = (await client.Send(id, Stage())).Body.Reference;
            await client.Send(id, Set(holon, 1));
            for (var i = 2; i < 1_000; i++) _ = client.Send(id, Set(holon, i));
            await client.VanishAsync();
        }

        Assert.Equal([id], _space.List().Select(info => info.Id));
        await using var next = new SessionClient(_server.Channel);
        Assert.True((await next.Send(id, new MutationCommand { Undo = new UndoCommand() })).Success);
        Assert.True((await next.Send(id, new MutationCommand { Rollback = new RollbackCommand() })).Success);
        Assert.Empty(_space.List());
    }

    private static TransactionId Wire(CoreTransactionId id) => Map.Hub.Binding.WireWriter.ToWire(id);

    /// <summary>A holon that is its own type, so that a commit takes it.</summary>
    private static MutationCommand Load(string key)
    {
        var file = $$"""{ "holons": [{ "key": "{{key}}", "type": "{{key}}", "properties": { "TypeName": "{{key}}", "AllowsAdditionalProperties": true } }] }""";
        var inline = new InlineFile { Name = "one.json", Content = Google.Protobuf.ByteString.CopyFromUtf8(file) };
        return new MutationCommand { LoadHolons = new LoadHolonsCommand { Files = { inline } } };
    }

    private CoreTransactionId Begin() => _space.Begin("session", "tests", Caller.Owner).Id;

    private Block BlockedCommit() => Blocked(FaultPoint.CommitWriting);

    private Block Blocked(FaultPoint where)
    {
        var block = new Block();
        _server.Faults = point =>
        {
            if (point == where) block.Pass();
        };
        return block;
    }

    /// <summary>A step of the store that stands until it is released.</summary>
    private sealed class Block : IDisposable
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _released = new();

        public Task EnteredAsync() => _entered.Task.WaitAsync(Waiting.Patience);

        public void Release() => _released.Set();

        public void Pass()
        {
            _entered.TrySetResult();
            Assert.True(_released.Wait(Waiting.Patience));
        }

        public void Dispose() => _released.Set();
    }
}

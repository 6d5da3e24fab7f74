using System.Text;
using Google.Protobuf;
using Map.Hub;
using Map.Hub.Binding;
using Map.Hub.Spaces;
using Map.Rpc;
using Map.Rpc.Client;
using Map.Storage;
using Map.V1;

namespace Map.Daemon.Tests;

/// <summary>Watching a transaction over real sockets while it loads and commits.</summary>
public sealed class ProgressTests
{
    private const int Holons = 100_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_large_load_is_seen_to_go_on_and_its_commit_to_end()
    {
        await using var server = await HubServer.StartAsync();
        var id = Begin(server.NewSpace("large"));
        using var entered = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        using var tcp = GrpcChannel.ForTcp(server.Server.TcpEndpoints[0].ToString(), server.Server.SessionToken);
        await using var watch = Watch(tcp, id).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal((TransactionStatus.Open, null), (watch.Current.Transaction.Status, watch.Current.Progress));

        var work = Task.Run(() =>
        {
            Run(server, id, new MutationCommand { LoadHolons = new LoadHolonsCommand { Files = { Many } } });
            server.Faults = point =>
            {
                if (point != FaultPoint.CommitWriting) return;
                entered.Release();
                Assert.True(release.Wait(Patience));
            };
            Run(server, id, new MutationCommand { Commit = new CommitCommand() });
        });
        var seen = new List<Progress>();
        while (await watch.MoveNextAsync().AsTask().WaitAsync(Patience))
        {
            var news = watch.Current;
            if (news.Progress is { } progress) seen.Add(progress);
            if (news.Transaction.Status == TransactionStatus.Committing && news.Progress?.Step == "writing") break;
        }

        Assert.True(await entered.WaitAsync(Patience));
        Assert.Equal((ulong)Holons, watch.Current.Transaction.Staged);
        release.Set();
        await work.WaitAsync(Patience);
        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(Patience));
        while (watch.Current.Transaction.Status == TransactionStatus.Committing) Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(Patience));
        Assert.Equal((TransactionStatus.Committed, 1UL), (watch.Current.Transaction.Status, watch.Current.Transaction.CommitNumber));
        Assert.False(await watch.MoveNextAsync().AsTask().WaitAsync(Patience));
        AssertRising(seen);
    }

    [Fact]
    public async Task Clients_that_leave_make_room_and_the_stop_of_the_daemon_ends_a_watch()
    {
        await using var server = await HubServer.StartAsync(new HubOptions { CoreSchema = [], MaxWatchers = 1 });
        var id = Begin(server.NewSpace("small"));
        await using (var first = Watch(server.Channel, id).GetAsyncEnumerator())
        {
            Assert.True(await first.MoveNextAsync());
            Assert.Equal((StatusCode.ResourceExhausted, ErrorCode.LimitReached), await RefusedAsync(server.Channel, id));
        }

        await Eventually.HoldsAsync("there is room again", async () => await IsOpenAsync(server.Channel, id));
        await Eventually.HoldsAsync("and again", async () => await IsOpenAsync(server.Channel, id));
        await using var last = await WatchAsync(server.Channel, id);
        var stop = server.Server.StopAsync(TimeSpan.FromMinutes(5));
        var failure = await Assert.ThrowsAsync<GrpcStatusException>(async () => await last.MoveNextAsync());
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        await stop.WaitAsync(Patience);
    }

    [Fact]
    public async Task Who_may_not_use_the_space_may_not_watch_and_what_is_not_there_is_not_found()
    {
        await using var server = await HubServer.StartAsync();
        var space = server.NewSpace("small");
        var id = Begin(space);
        server.Tokens.Create("other", AccessScope.Write, ["elsewhere"], out var elsewhere);
        using var stranger = GrpcChannel.ForTcp(server.Server.TcpEndpoints[0].ToString(), elsewhere);
        Assert.Equal((StatusCode.PermissionDenied, ErrorCode.Denied), await RefusedAsync(stranger, id));
        server.Tokens.Create("this", AccessScope.Read, ["small"], out var here);
        using var reader = GrpcChannel.ForTcp(server.Server.TcpEndpoints[0].ToString(), here);
        Assert.True(await IsOpenAsync(reader, id));
        var unknown = new TransactionId { SpaceId = id.SpaceId, LocalId = ByteString.CopyFrom(new byte[16]) };
        Assert.Equal((StatusCode.NotFound, ErrorCode.TransactionNotFound), await RefusedAsync(server.Channel, unknown));
        Assert.Equal((StatusCode.InvalidArgument, ErrorCode.InvalidRequest), await RefusedAsync(server.Channel, new TransactionId()));
    }

    private static void AssertRising(List<Progress> seen)
    {
        // How many of the steps are told depends on how fast they are taken; the one that is held here always is.
        Assert.Equal("writing", seen[^1].Step);
        foreach (var step in seen.GroupBy(progress => progress.Step))
        {
            Assert.Equal(step.Select(progress => progress.Done).Order(), step.Select(progress => progress.Done));
            Assert.All(step, progress => Assert.InRange(progress.Done, 0UL, progress.Total));
        }
    }

    private static InlineFile Many { get; } = new()
    {
        Name = "many.json",
        Content = ByteString.CopyFrom(Encoding.UTF8.GetBytes(
            """{ "holons": [{ "key": "T", "type": "T", "properties": { "TypeName": "T", "AllowsAdditionalProperties": true } },"""
            + string.Join(',', Enumerable.Range(1, Holons - 1).Select(i => $$"""{ "key": "h{{i}}", "type": "T", "properties": { "Number": {{i}} } }"""))
            + "] }")),
    };

    private static TransactionId Begin(HolonSpaceManager space) => WireWriter.ToWire(space.Begin("test", "tests", Caller.Owner).Id);

    private static void Run(HubServer server, TransactionId id, MutationCommand mutation) =>
        server.Run(id, new CommandBody { Mutation = mutation });

    private static IAsyncEnumerable<WatchTransactionResponse> Watch(GrpcChannel channel, TransactionId id) =>
        channel.ServerStreamingAsync<WatchTransactionRequest, WatchTransactionResponse>(
            "map.v1.MapSpaces/WatchTransaction", new WatchTransactionRequest { TransactionId = id });

    private static async Task<IAsyncEnumerator<WatchTransactionResponse>> WatchAsync(GrpcChannel channel, TransactionId id)
    {
        var watch = default(IAsyncEnumerator<WatchTransactionResponse>);
        await Eventually.HoldsAsync("it can be watched", async () =>
        {
            watch = Watch(channel, id).GetAsyncEnumerator();
            try
            {
                return await watch.MoveNextAsync();
            }
            catch (GrpcStatusException e) when (e.StatusCode == StatusCode.ResourceExhausted)
            {
                await watch.DisposeAsync();
                return false;
            }
        });
        return watch!;
    }

    private static async Task<bool> IsOpenAsync(GrpcChannel channel, TransactionId id)
    {
        await using var watch = Watch(channel, id).GetAsyncEnumerator();
        try
        {
            return await watch.MoveNextAsync() && watch.Current.Transaction.Status == TransactionStatus.Open;
        }
        catch (GrpcStatusException e) when (e.StatusCode == StatusCode.ResourceExhausted)
        {
            return false;
        }
    }

    private static async Task<(StatusCode Status, ErrorCode Code)> RefusedAsync(GrpcChannel channel, TransactionId id)
    {
        await using var watch = Watch(channel, id).GetAsyncEnumerator();
        var failure = await Assert.ThrowsAsync<GrpcStatusException>(async () => await watch.MoveNextAsync());
        return (failure.StatusCode, failure.GetDetail<HolonError>()!.Code);
    }
}

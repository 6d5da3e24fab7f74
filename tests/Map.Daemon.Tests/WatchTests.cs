using System.Globalization;
using System.Text.RegularExpressions;
using Map.Hub;
using Map.Rpc;
using Map.Rpc.Client;
using Map.V1;

namespace Map.Daemon.Tests;

/// <summary>Watching commits over real sockets: how a watch begins, goes on and ends.</summary>
public sealed partial class WatchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Commits_are_told_over_the_socket_and_over_tcp_as_they_happen()
    {
        await using var server = await WatchServer.StartAsync();
        using var tcp = GrpcChannel.ForTcp(server.Server.TcpEndpoints[0].ToString(), server.Server.SessionToken);
        await using var one = server.Watch(null).GetAsyncEnumerator();
        await using var two = server.Watch(0, tcp).GetAsyncEnumerator();
        foreach (var watch in (IAsyncEnumerator<WatchResponse>[])[one, two])
        {
            Assert.True(await watch.MoveNextAsync());
            Assert.Equal((0UL, 15_000U), (watch.Current.Position.Commit, watch.Current.Position.HeartbeatMs));
        }

        for (var number = 1UL; number <= 3; number++)
        {
            Assert.Equal(number, server.Save(2));
            foreach (var watch in (IAsyncEnumerator<WatchResponse>[])[one, two])
            {
                Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(Patience));
                Assert.Equal((number, true), (watch.Current.Commit.Number, watch.Current.Commit.IsLast));
            }
        }

        Assert.Equal(2, server.Space.Watchers);
        await one.DisposeAsync();
        await two.DisposeAsync();
        await Eventually.HoldsAsync("nobody watches", () => server.Space.Watchers == 0);
    }

    [Fact]
    public async Task A_client_that_reads_too_slowly_is_told_after_which_commit_to_watch_again_and_misses_nothing()
    {
        await using var server = await WatchServer.StartAsync(
            options => options with { WatchPatience = TimeSpan.FromMilliseconds(300) });
        await using var slow = server.Watch(0).GetAsyncEnumerator();
        Assert.True(await slow.MoveNextAsync());
        Assert.True(await server.Channel.UnaryAsync<ListSpacesRequest, ListSpacesResponse>(
            "map.v1.MapSpaces/ListSpaces", new ListSpacesRequest()) is { Spaces.Count: 1 });
        // More than the windows of both sides hold.
        const ulong commits = 60;
        for (var i = 0UL; i < commits; i++) server.Save(900);
        await Eventually.HoldsAsync("the slow client is given up", () => server.Space.Watchers == 0);

        var seen = new List<ulong>();
        var failure = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
        {
            while (await slow.MoveNextAsync().AsTask().WaitAsync(Patience)) seen.Add(slow.Current.Commit.Number);
        });
        var error = failure.GetDetail<HolonError>()!;
        Assert.Equal((StatusCode.ResourceExhausted, ErrorCode.WatchTooSlow, true), (failure.StatusCode, error.Code, error.Retryable));
        Assert.Equal($"The client did not read for 0.3 s. Watch again after commit {seen[^1]}.", error.Message);
        Assert.InRange(seen[^1], 1UL, commits - 1);

        await foreach (var message in server.Watch(Resume(error.Message)))
        {
            if (message.Commit is not { } commit) continue;
            seen.Add(commit.Number);
            if (commit.Number == commits) break;
        }

        Assert.Equal(Enumerable.Range(1, (int)commits).Select(i => (ulong)i), seen);
    }

    [Fact]
    public async Task The_stop_of_the_daemon_ends_watches_at_once_with_where_to_go_on()
    {
        await using var server = await WatchServer.StartAsync();
        server.Save(1);
        await using var watch = server.Watch(0).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        Assert.True(await watch.MoveNextAsync());
        var stop = server.Server.StopAsync(TimeSpan.FromMinutes(5));
        var failure = await Assert.ThrowsAsync<GrpcStatusException>(async () => await watch.MoveNextAsync());
        Assert.Equal(
            (StatusCode.Unavailable, "The daemon is stopping. Watch again after commit 1."), (failure.StatusCode, failure.Message));
        await stop.WaitAsync(Patience);
    }

    [Fact]
    public async Task What_cannot_be_watched_is_refused_with_its_error()
    {
        await using var server = await WatchServer.StartAsync(options => options with { MaxWatchersOfSpace = 1 });
        server.Save(1);
        Assert.Equal((StatusCode.OutOfRange, ErrorCode.CommitNotFound), await RefusedAsync(server, server.Watch(2)));
        Assert.Equal((StatusCode.OutOfRange, ErrorCode.CommitNotFound), await RefusedAsync(server, server.Watch(ulong.MaxValue)));
        server.Tokens.Create("other", AccessScope.Read, ["elsewhere"], out var elsewhere);
        server.Tokens.Create("this", AccessScope.Read, ["watched"], out var here);
        using var stranger = GrpcChannel.ForTcp(server.Server.TcpEndpoints[0].ToString(), elsewhere);
        Assert.Equal((StatusCode.PermissionDenied, ErrorCode.Denied), await RefusedAsync(server, server.Watch(0, stranger)));
        using var reader = GrpcChannel.ForTcp(server.Server.TcpEndpoints[0].ToString(), here);
        await using (var watch = server.Watch(0, reader).GetAsyncEnumerator())
        {
            Assert.True(await watch.MoveNextAsync());
            Assert.Equal((StatusCode.ResourceExhausted, ErrorCode.LimitReached), await RefusedAsync(server, server.Watch(0)));
        }

        await Eventually.HoldsAsync("nobody watches", () => server.Space.Watchers == 0);
    }

    [Fact]
    public async Task A_transaction_begins_as_of_the_commit_asked_for()
    {
        await using var server = await WatchServer.StartAsync();
        server.Save(1);
        server.Save(1);
        var request = new BeginTransactionRequest { Space = new SpaceSelector { Name = "watched" }, Snapshot = 1 };
        var begun = await BeginAsync(request);
        Assert.Equal(1UL, begun.Snapshot);
        request.ClearSnapshot();
        Assert.Equal(2UL, (await BeginAsync(request)).Snapshot);
        request.Snapshot = 3;
        var failure = await Assert.ThrowsAsync<GrpcStatusException>(() => BeginAsync(request));
        Assert.Equal(ErrorCode.CommitNotFound, failure.GetDetail<HolonError>()!.Code);
        Assert.Equal("The space \"watched\" has no commit 3; its last is 2.", failure.Message);

        Task<BeginTransactionResponse> BeginAsync(BeginTransactionRequest begin) =>
            server.Channel.UnaryAsync<BeginTransactionRequest, BeginTransactionResponse>("map.v1.MapSpaces/BeginTransaction", begin);
    }

    private static async Task<(StatusCode Status, ErrorCode Code)> RefusedAsync(WatchServer server, IAsyncEnumerable<WatchResponse> watch)
    {
        await using var messages = watch.GetAsyncEnumerator();
        var failure = await Assert.ThrowsAsync<GrpcStatusException>(async () => await messages.MoveNextAsync());
        Assert.InRange(server.Space.Watchers, 0, 1);
        return (failure.StatusCode, failure.GetDetail<HolonError>()!.Code);
    }

    private static ulong Resume(string message) =>
        ulong.Parse(ResumeAfter().Match(message).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("Watch again after commit ([0-9]+)")]
    private static partial Regex ResumeAfter();
}

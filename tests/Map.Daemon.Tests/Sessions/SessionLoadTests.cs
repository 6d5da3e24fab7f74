using System.Diagnostics;
using Map.Hub;
using Map.Hub.Spaces;
using Map.V1;
using Xunit.Abstractions;
using static Map.Daemon.Tests.Sessions.ScratchCommands;
using CoreTransactionId = Map.Core.Identity.TransactionId;

namespace Map.Daemon.Tests.Sessions;

/// <summary>Two hundred clients at once, each with a session and a connection of its own; a minute of it with <c>MAP_TEST_LONG=1</c>.</summary>
[Collection(nameof(Alone))]
public sealed class SessionLoadTests(ITestOutputHelper output)
{
    private const int Clients = 200;

    /// <summary>Requests of one client that are under way together.</summary>
    private const int Depth = 16;

    /// <summary>How much the heap may hold beyond what it held halfway.</summary>
    private const long MaxGrowthBytes = 48L << 20;

    private static readonly TimeSpan _duration =
        TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("MAP_TEST_LONG") == "1" ? 60 : 6);

    private readonly List<long> _heap = [];
    private long _commands;
    private long _transactions;

    [Fact]
    public async Task Nothing_is_lost_or_out_of_order_and_memory_stays_flat()
    {
        await using var server = await HubServer.StartAsync();
        var space = server.NewSpace("load");
        var clock = Stopwatch.StartNew();
        var clients = Enumerable.Range(0, Clients).Select(_ => Task.Run(() => WorkAsync(server, space, clock))).ToList();
        var all = Task.WhenAll(clients);
        foreach (var quarter in (int[])[1, 2, 3, 4])
        {
            var left = _duration * quarter / 4 - clock.Elapsed;
            if (left > TimeSpan.Zero) await Task.WhenAny(all, Task.Delay(left));
            _heap.Add(GC.GetTotalMemory(forceFullCollection: true));
        }

        await all.WaitAsync(Waiting.Patience);
        Assert.Empty(space.List());
        output.WriteLine($"{_commands:N0} commands in {_transactions:N0} transactions of {Clients} clients in {clock.Elapsed.TotalSeconds:N0} s");
        output.WriteLine($"heap in MiB after each quarter: {string.Join(", ", _heap.Select(bytes => bytes >> 20))}");
        Assert.InRange(_heap[^1] - _heap[1], long.MinValue, MaxGrowthBytes);
    }

    private async Task WorkAsync(HubServer server, HolonSpaceManager space, Stopwatch clock)
    {
        using var channel = server.NewChannel();
        await using var client = new SessionClient(channel);
        while (clock.Elapsed < _duration)
        {
            var pair = (CoreTransactionId[])[Begin(space), Begin(space)];
            await Task.WhenAll(pair.Select(id => EditAsync(client, id)));
            Interlocked.Add(ref _transactions, pair.Length);
            var answered = client.Answered.ToArray();
            Assert.Equal(answered.Length, answered.Distinct().Count());
            Interlocked.Add(ref _commands, answered.Length);
            // What the test itself notes is not to count as growth.
            client.Answered.Clear();
        }

        await client.EndAsync();
        Assert.Equal(0, client.Unexpected);
    }

    /// <summary>One transaction: rounds of changes, reads and undo, each round sent at once, and each reply checked.</summary>
    private static async Task EditAsync(SessionClient client, CoreTransactionId id)
    {
        var staged = await client.Send(id, Stage());
        var holon = staged.Body.Reference;
        for (var round = 0; round < 5; round++)
        {
            var writes = new List<Task<MapResponse>>();
            var reads = new List<Task<MapResponse>>();
            for (var i = 0; i < Depth / 2; i++)
            {
                writes.Add(client.Send(id, Set(holon, round * 100 + i)));
                reads.Add(client.Send(id, Get(holon)));
            }

            writes.Add(client.Send(id, new MutationCommand { Undo = new UndoCommand() }));
            reads.Add(client.Send(id, Get(holon)));
            foreach (var write in writes) Assert.True((await write).Success);
            for (var i = 0; i <= Depth / 2; i++)
            {
                // The last read comes after the undo of the last change.
                var seen = i < Depth / 2 ? i : i - 2;
                Assert.Equal(round * 100 + seen, (await reads[i]).Body.Value.IntegerValue);
            }
        }

        Assert.True((await client.Send(id, new MutationCommand { Rollback = new RollbackCommand() })).Success);
    }

    private static CoreTransactionId Begin(HolonSpaceManager space) => space.Begin("load", "tests", Caller.Owner).Id;
}

/// <summary>Tests that measure the process, and so run when no other does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

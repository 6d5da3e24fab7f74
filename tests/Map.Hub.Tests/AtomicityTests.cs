using Map.Core.Services;
using Map.Core.Transactions;
using Map.Hub.Commands;
using Map.V1;
using Xunit.Abstractions;

namespace Map.Hub.Tests;

/// <summary>
/// Every mutation command, failing at each point where it can: at the n-th read of the store, before its journal entry and
/// before its end are written, by an error, by a defect and by cancellation. The state, the history and the journal stay
/// what they were.
/// </summary>
public sealed class AtomicityTests(ITestOutputHelper output)
{
    public static TheoryData<string> Mutations =>
        [.. new CommandRegistry().Commands.Where(command => command is { IsQuery: false, Policy: not null }).Select(command => command.Name)];

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_failure_at_any_point_leaves_no_trace(string command)
    {
        var request = CommandSamples.All[command]!;
        var points = FailAtEach(command, request, _ => throw new StoreException("The disk is gone."), ErrorCode.StoreUnavailable);
        FailAtEach(command, request, _ => throw new InvalidOperationException("a defect"), ErrorCode.Internal);
        FailAtEach(command, request, cancellation => cancellation.Cancel(), null);
        output.WriteLine($"Points of failure: {points}");
        Assert.True(points > 0, "There is no command that cannot fail.");
    }

    /// <summary>Runs the command in one world, failing at one point more each time, until it succeeds.</summary>
    /// <returns>How many points there are.</returns>
    private static int FailAtEach(
        string command, Func<TestWorld, CommandBody> request, Action<CancellationTokenSource> fail, ErrorCode? code)
    {
        HookedCatalog? catalog = null;
        using var world = new TestWorld(wrap: inner => catalog = new HookedCatalog(inner));
        var message = request(world);
        for (var point = 1; ; point++)
        {
            var before = Snapshot.Of(world);
            using var cancellation = new CancellationTokenSource();
            var (reached, last) = (0, "");
            Hook(catalog!, name =>
            {
                if (++reached != point) return;
                last = name;
                fail(cancellation);
            });
            var response = Send(world, message, cancellation.Token);
            Hook(catalog!, null);
            if (response is { Success: true }) return point - 1;
            Assert.True(reached >= point, $"{command} failed by itself: {response}");
            if (code is not null) Assert.Equal(code, response!.Errors[0].Code);
            Snapshot.Of(world).AssertEquals(before, $"{command}, failing at point {point}, {last}");
        }
    }

    private static MapResponse? Send(TestWorld world, CommandBody message, CancellationToken cancellation)
    {
        try
        {
            return world.Transaction.Send(message, cancellation);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static void Hook(HookedCatalog catalog, Action<string>? hook)
    {
        catalog.BeforeRead = hook;
        catalog.BeforeAppend = hook is null ? null : () => hook("append");
        catalog.BeforeRollback = hook is null ? null : () => hook("rollback");
        catalog.BeforeCommit = hook is null ? null : () => hook("commit");
    }

    /// <summary>All there is of a transaction, inside and outside.</summary>
    /// <param name="State">The state value.</param>
    /// <param name="Dump">What queries tell.</param>
    /// <param name="Moves">Which ways in the history are open.</param>
    /// <param name="Journal">The journal's entries with their bytes.</param>
    private sealed record Snapshot(TransactionState State, string Dump, HistoryMoves Moves, string Journal)
    {
        public static Snapshot Of(TestWorld world)
        {
            var (view, moves) = world.Space.Find(world.Transaction.Id).Read(default);
            var journal = world.Space.Store.Journals.Read(world.Transaction.Id).Entries.Select(each => $"{each.Entry.GetType().Name} {each.Bytes}");
            return new Snapshot(view.State, world.Dump(), moves, string.Join('\n', journal));
        }

        public void AssertEquals(Snapshot before, string where)
        {
            Assert.True(before.Dump == Dump, $"{where}: queries tell\n{Dump}\nafter\n{before.Dump}");
            Assert.True(before.Moves == Moves, $"{where}: {Moves} after {before.Moves}");
            Assert.True(before.Journal == Journal, $"{where}: the journal is\n{Journal}\nafter\n{before.Journal}");
            // States are immutable values, so the same one has the same content.
            Assert.True(ReferenceEquals(before.State, State), $"{where}: there is another state");
        }
    }
}

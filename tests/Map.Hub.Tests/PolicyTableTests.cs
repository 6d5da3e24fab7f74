using Map.Hub.Commands;
using Map.Hub.Dispatch;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>Every command in every state of its transaction answers, and does, what its declared policy says.</summary>
public sealed class PolicyTableTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);
    private static IReadOnlyList<CommandInfo> Commands { get; } = [.. new CommandRegistry().Commands];

    [Fact]
    public void There_is_a_request_of_every_command() =>
        Assert.Empty(Commands.Where(command => CommandSamples.All[command.Name] is null).Select(command => command.Name));

    [Fact]
    public void Where_there_is_no_such_transaction_every_command_says_so()
    {
        using var world = new TestWorld();
        using var other = new TestWorld();
        var stranger = world.Transaction.On(other.Hub.Dispatcher);
        Check(world, stranger, Lifecycle.None, Commands);
    }

    [Fact]
    public void In_an_ended_transaction_every_command_says_how_it_ended()
    {
        using var committed = new TestWorld();
        committed.Transaction.Commit();
        Check(committed, committed.Transaction, Lifecycle.Committed, Commands);
        using var rolledBack = new TestWorld();
        rolledBack.Transaction.Rollback();
        Check(rolledBack, rolledBack.Transaction, Lifecycle.RolledBack, Commands);
    }

    [Fact]
    public async Task While_a_commit_runs_every_command_is_served_or_refused_by_its_policy()
    {
        using var entered = new ManualResetEventSlim();
        using var released = new ManualResetEventSlim();
        HookedCatalog? catalog = null;
        using var world = new TestWorld(wrap: inner => catalog = new HookedCatalog(inner));
        catalog!.BeforeCommit = () =>
        {
            entered.Set();
            Assert.True(released.Wait(_patience));
        };
        var commit = Task.Run(world.Transaction.Commit);
        try
        {
            Assert.True(entered.Wait(_patience));
            Check(world, world.Transaction, Lifecycle.Committing, Commands);
        }
        finally
        {
            released.Set();
        }

        await commit.WaitAsync(_patience);
    }

    [Fact]
    public void While_the_end_is_in_doubt_every_command_is_served_or_refused_by_its_policy()
    {
        // Timers that nobody runs: the doubt would settle else.
        using var world = new TestWorld(time: new ManualTimers());
        world.Hub.Faults = point =>
        {
            if (point.ToString() == "CommitWriting") throw new IOException("No space left on device");
        };
        world.Transaction.Send(CommitMutation).Refused(ErrorCode.CommitInDoubt);
        Check(world, world.Transaction, Lifecycle.InDoubt, Commands);
    }

    [Fact]
    public void In_an_open_transaction_every_command_does_what_its_policy_declares()
    {
        foreach (var state in (Lifecycle[])[Lifecycle.Open, Lifecycle.Undone])
        {
            foreach (var command in Commands)
            {
                using var world = new TestWorld();
                if (state == Lifecycle.Open) world.Transaction.Redo();
                var (before, status) = (world.Dump(), world.Transaction.EditStatus());
                Check(world, world.Transaction, state, [command]);
                if (PolicyTable.Expected(command, state) is null) CheckEffect(command, world, before, status);
                else Assert.Equal(before, world.Dump());
            }
        }
    }

    [Fact]
    public void A_caller_without_the_scope_is_refused_by_every_command_that_needs_it_and_served_by_the_others()
    {
        foreach (var command in Commands.Where(command => command.Policy is not null))
        {
            using var world = new TestWorld();
            var before = world.Dump();
            var reader = new TestTransaction(
                world.Hub.Dispatcher, world.Transaction.Id, new Caller(CallerKind.Token, "reader", AccessScope.Read));
            var response = reader.Send(CommandSamples.All[command.Name]!(world));
            // Rollback is the one whose need depends on what it would drop; here that is work.
            var isServed = command.Policy!.Scope == AccessScope.Read && !command.Policy.EndsTransaction;
            Assert.True(isServed == response.Success, $"{command.Name}: {response}");
            if (!isServed) response.Refused(ErrorCode.Denied);
            Assert.Equal(before, world.Dump());
        }
    }

    private static void Check(TestWorld world, TestTransaction transaction, Lifecycle state, IEnumerable<CommandInfo> commands)
    {
        foreach (var command in commands)
        {
            var response = transaction.Send(CommandSamples.All[command.Name]!(world));
            var code = response.Success ? default(ErrorCode?) : response.Errors[0].Code;
            Assert.True(PolicyTable.Expected(command, state) == code, $"{command.Name}, {state}: {response}");
        }
    }

    private static void CheckEffect(CommandInfo command, TestWorld world, string before, (bool CanUndo, bool CanRedo) status)
    {
        var transaction = world.Transaction;
        var policy = command.Policy!;
        if (policy.EndsTransaction)
        {
            Assert.False(transaction.Send(ByKeyQuery("Three")).Success, command.Name);
            return;
        }

        if (command.IsQuery)
        {
            Assert.Equal(before, world.Dump());
        }
        else if (policy.IsUndoStep)
        {
            Assert.Equal((true, false), transaction.EditStatus());
            var after = world.Dump();
            transaction.Undo();
            var undone = world.Dump();
            transaction.Redo();
            Assert.Equal(after, world.Dump());
            Assert.Equal(Without(before), Without(undone));
        }
        else if (command.Name == "AddUndoMarker")
        {
            Assert.Equal((before, status), (world.Dump(), transaction.EditStatus()));
        }
    }

    /// <summary>A dump without what it tells of the history.</summary>
    private static string Without(string dump) => string.Join('\n', dump.Split('\n').Where(line => !line.StartsWith("undo ", StringComparison.Ordinal)));
}

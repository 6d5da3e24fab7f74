using Map.Crash.Tests.Load;
using Map.Crash.Tests.Model;
using Map.Crash.Tests.Processes;
using Map.Crash.Tests.Tracing;
using Map.Daemon.Tests;
using Map.V1;
using Xunit.Abstractions;

namespace Map.Crash.Tests;

/// <summary>
/// No success is told before its commit is synced. A killed process leaves what it wrote in the system's cache, so that
/// only the order of system calls tells a synced write from another.
/// </summary>
public sealed class SyncOrderTests(ITestOutputHelper output)
{
    private const string Space = "tasks";
    private const int Clients = 8;
    private const int CommitsEach = 12;
    private const int TasksEach = 3;

    [StraceFact]
    public async Task Every_success_of_concurrent_commits_is_told_after_its_sync()
    {
        var (calls, commits) = await TraceAsync();
        Assert.Empty(SyncOrder.Faults(calls, commits));
        Assert.Equal(Clients * CommitsEach, commits.Count);
        output.WriteLine($"{commits.Count} commits, {calls.Count(call => call.IsSync && call.IsWriteAheadLog)} syncs of the log");
    }

    [StraceFact]
    public async Task The_order_is_seen_to_be_broken_without_syncs()
    {
        var (calls, commits) = await TraceAsync("--no-sync");
        Assert.Equal(commits.Count, SyncOrder.Faults(calls, commits).Count(fault => fault.EndsWith("were not synced", StringComparison.Ordinal)));
    }

    /// <summary>Commits from several clients at once while the daemon is traced.</summary>
    private static async Task<(List<SystemCall> Calls, List<CommitResult> Commits)> TraceAsync(params string[] options)
    {
        using var folder = new Folder();
        var file = Path.Combine(folder.Path, "trace");
        using var daemon = new TestDaemon(Fixtures.RepositoryFiles.NewDirectory(), args => CrashHost.LaunchTraced(file, args));
        await daemon.RunAsync(options);
        await daemon.Owner.CreateSpaceAsync(Space, isBare: false);
        var transaction = await daemon.Owner.BeginAsync(Space);
        await daemon.Owner.MustAsync(transaction, TaskCalls.Load(SchemaFile.Read()));
        await daemon.Owner.MustAsync(transaction, TaskCalls.Commit());
        var commits = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => CommitAsync(daemon.OverSocket(), client)));
        Assert.Equal(0, (await daemon.StopAsync()).ExitCode);
        await Eventually.HoldsAsync("strace has written everything", () => IsWhole(file, daemon.Process.Id));
        return (Trace.Read(file), [.. commits.SelectMany(each => each)]);
    }

    private static async Task<List<CommitResult>> CommitAsync(MapClient client, int number)
    {
        var results = new List<CommitResult>();
        for (var i = 0; i < CommitsEach; i++)
        {
            var transaction = await client.BeginAsync(Space);
            var type = await client.GetAsync(transaction, TaskContent.TypeKey);
            for (var j = 0; j < TasksEach; j++)
            {
                var task = new TaskContent(j, IsDone: false, [], null, IsStaged: true);
                var key = $"c{number}-{i}-{j}";
                var content = new HolonContent { Descriptor_ = type, Key = key, Properties = { task.Properties(key) } };
                await client.MustAsync(
                    transaction, new MutationCommand { StageNewHolon = new StageNewHolonCommand { Content = content } });
            }

            results.Add((await client.MustAsync(transaction, TaskCalls.Commit())).Commit);
        }

        return results;
    }

    private static bool IsWhole(string file, int process) =>
        File.ReadLines(file).Any(line => line.StartsWith($"{process} ", StringComparison.Ordinal) && line.Contains("+++ exited with 0 +++"));
}

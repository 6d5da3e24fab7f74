using System.Diagnostics;
using Map.Crash.Tests.Model;
using Map.Crash.Tests.Processes;
using Map.Daemon.Tests;
using Map.Rpc;
using Map.Storage;
using Map.V1;

namespace Map.Crash.Tests.Load;

/// <summary>Kills one daemon after the other on the same data directory, under load, and inspects what is left.</summary>
internal sealed class Rounds : IDisposable
{
    private const string Space = "tasks";
    private const int Clients = 4;
    private const int RoundsBetweenWholeLooks = 10;
    private const int RoundsBetweenVerifications = 4;
    private const int MaxRequests = 250;
    private const int SmallWriteBuffer = 128 << 10;

    /// <summary>The exit code of a process that was killed by a signal is that of shells: 128 and the signal.</summary>
    private const int Killed = 128 + MapProgram.Kill;

    private static readonly string[] _hubs = ["Hub A", "Hub B", "Hub C"];

    private readonly Random _random;
    private readonly TestDaemon _daemon = new(Fixtures.RepositoryFiles.NewDirectory(), CrashHost.Launch);
    private readonly List<Partition> _partitions = [.. Enumerable.Range(0, Clients).Select(i => new Partition(i))];
    private readonly SpaceMaker _spaces;
    private readonly BackupMaker _backups;
    private ulong _schemaHolons;
    private int _acknowledged;

    public Rounds(int seed)
    {
        _random = new Random(seed);
        _spaces = new SpaceMaker(_daemon.Data);
        _backups = new BackupMaker(_daemon.Data + ".backups");
    }

    /// <summary>Requests that were acknowledged in all rounds.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Transactions that were open again after a crash.</summary>
    public int Reopened { get; private set; }

    /// <summary>Backups that were restored and compared.</summary>
    public int Restored { get; private set; }

    public int Backups => _backups.Listed.Count;

    public int Commits => _partitions.Sum(partition => partition.Commits);

    public async Task PrepareAsync()
    {
        await _daemon.RunAsync();
        await _daemon.Owner.CreateSpaceAsync(Space, isBare: false);
        var transaction = await _daemon.Owner.BeginAsync(Space, "schema");
        await _daemon.Owner.MustAsync(transaction, TaskCalls.Load(SchemaFile.Read()));
        await _daemon.Owner.MustAsync(transaction, TaskCalls.Load(SchemaFile.Hubs(_hubs)));
        await _daemon.Owner.MustAsync(transaction, TaskCalls.Commit());
        _schemaHolons = (await _daemon.Owner.DescribeAsync(Space)).Holons;

        // Whether one gets done before a kill is chance, and there is to be one to restore.
        await _backups.MakeAsync(_daemon.OverSocket());
        await _daemon.StopAsync(MapProgram.Kill);
    }

    /// <summary>A round that ends from outside, after a random number of acknowledged requests.</summary>
    public Task KillAsync(int round) => KillAsync(round, _random.Next(4) == 0 ? 1 : 0, _random.Next(1, MaxRequests));

    /// <summary>A round that ends from outside.</summary>
    /// <param name="round">Its number.</param>
    /// <param name="newSpaces">How many spaces are made beside.</param>
    /// <param name="requests">After how many acknowledged requests it ends.</param>
    public async Task KillAsync(int round, int newSpaces, int requests)
    {
        await StartAsync(round, []);
        var spin = _random.Next(3_000);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var work = Work(newSpaces, isBackedUp: _random.Next(3) == 0, () =>
        {
            if (Interlocked.Increment(ref _acknowledged) >= requests) end.TrySetResult();
        });
        await Task.WhenAny(end.Task, work);
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalMicroseconds < spin;) Thread.SpinWait(20);
        if (!_daemon.Process.HasExited) _daemon.Process.Signal(MapProgram.Kill);
        await EndAsync(work);
    }

    /// <summary>A round that ends at a named step.</summary>
    public async Task KillAtAsync(int round, FaultPoint point)
    {
        var isOfSpaces = point is FaultPoint.SpaceCreated or FaultPoint.CatalogueWritten or FaultPoint.CatalogueRenamed;
        var isOfBackups = point is FaultPoint.BackupCopied or FaultPoint.BackupWritten;
        var count = _random.Next(1, isOfSpaces || isOfBackups ? 3 : 30);
        await StartAsync(round, ["--crash-at", $"{point}:{count}"]);
        _daemon.Process.Signal(CrashHost.HangUp);
        await EndAsync(Work(isOfSpaces ? int.MaxValue : 0, isOfBackups, () => Interlocked.Increment(ref _acknowledged)));
        Assert.Contains($"killed at {point}", _daemon.Process.Error);
    }

    /// <summary>Lets a saboteur at the store of the daemon that was killed.</summary>
    public void Sabotage(Action<Saboteur> act) => act(new Saboteur(_daemon.Data));

    /// <summary>Looks at everything, and ends the daemon in order.</summary>
    public async Task FinishAsync()
    {
        await _daemon.RunAsync();
        await InspectAsync(isWhole: true, isVerified: true);
        Assert.Equal(0, (await _daemon.StopAsync()).ExitCode);
    }

    /// <summary>Restores a backup, and looks whether it is the state of its commit, whole.</summary>
    public async Task RestoreAsync()
    {
        if (_backups.Listed.Count == 0) return;
        var (id, commit) = _backups.Listed[_random.Next(_backups.Listed.Count)];
        using var restored = new TestDaemon(_daemon.Data + ".restored", CrashHost.Launch);
        var ending = await MapProgram.RunAsync("restore", _backups.Path, "--id", id, "--data", restored.Data);
        Assert.True(ending.ExitCode == 0, ending.Error);
        await restored.RunAsync();
        var inspection = new Inspection(restored.Owner, Space, _hubs);
        await inspection.CompareSavedAsync(_partitions, commit);
        await inspection.VerifyAsync();
        Assert.Equal((ulong)commit, (await restored.Owner.DescribeAsync(Space)).LastCommit);
        Restored++;
    }

    public void Dispose()
    {
        _daemon.Dispose();
        _backups.Dispose();
    }

    private async Task StartAsync(int round, string[] options)
    {
        // Small tables in every third round, so that tables are written and merged while it is killed.
        string[] buffer = round % 3 == 0 ? ["--write-buffer", $"{SmallWriteBuffer}"] : [];
        await _daemon.RunAsync([.. options, .. buffer]);
        await InspectAsync(round % RoundsBetweenWholeLooks == 0, round % RoundsBetweenVerifications == 0);
    }

    private async Task InspectAsync(bool isWhole, bool isVerified)
    {
        var inspection = new Inspection(_daemon.Owner, Space, _hubs);
        foreach (var partition in _partitions) Reopened += await inspection.SettleAsync(partition, _random);
        await inspection.CompareSavedAsync(_partitions, isWhole);
        await _spaces.CompareAsync(_daemon.Owner, Space);
        await _backups.CompareAsync();
        if (isVerified) await inspection.VerifyAsync();
        var space = await _daemon.Owner.DescribeAsync(Space);
        Assert.Equal(_schemaHolons + (ulong)_partitions.Sum(partition => partition.Saved.Count), space.Holons);
        Assert.Equal((ulong)_partitions.Sum(partition => partition.Open.Count), space.OpenTransactions);
    }

    /// <summary>The clients' work, which ends when the daemon does.</summary>
    private Task Work(int newSpaces, bool isBackedUp, Action acknowledged)
    {
        _acknowledged = 0;
        return Task.WhenAll(
        [
            .. _partitions.Select(partition => UntilGoneAsync(
                new Worker(Space, _hubs, partition, new Random(_random.Next()), acknowledged).RunAsync)),
            UntilGoneAsync(client => _spaces.RunAsync(client, newSpaces)),
            UntilGoneAsync(client => isBackedUp ? _backups.RunAsync(client) : Task.CompletedTask),
        ]);
    }

    /// <summary>Runs a client. That the daemon is gone is no failure, anything else is.</summary>
    private async Task UntilGoneAsync(Func<MapClient, Task> work)
    {
        try
        {
            await Task.Run(() => work(_daemon.OverSocket()));
        }
        catch (GrpcStatusException failure) when (failure.GetDetail<HolonError>() is null && failure.StatusCode != StatusCode.DeadlineExceeded)
        {
            try
            {
                await _daemon.Process.EndAsync();
            }
            catch (TimeoutException)
            {
                Assert.Fail($"A call failed while the daemon lives: {failure} {_daemon.Process.Error}");
            }
        }
    }

    private async Task EndAsync(Task work)
    {
        // Longer than a call may take, so that one that is never answered shows as such.
        await work.WaitAsync(2 * Eventually.Patience);
        Assert.Equal(Killed, (await _daemon.Process.EndAsync()).ExitCode);
        Acknowledged += _acknowledged;
    }
}

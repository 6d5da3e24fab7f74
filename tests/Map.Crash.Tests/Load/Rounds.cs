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
    private const int RoundsBetweenWholeLooks = 20;
    private const int RoundsBetweenVerifications = 4;
    private const int MaxRequestsToKill = 250;

    /// <summary>Then the load pauses, so that one long backup does not make all rounds after it long.</summary>
    private const int MaxRequests = 2 * MaxRequestsToKill;
    private const int MaxSpinMicroseconds = 3_000;
    private const int SmallWriteBuffer = 128 << 10;

    /// <summary>The exit code of a process that was killed by a signal is that of shells: 128 and the signal.</summary>
    private const int Killed = 128 + MapProgram.Kill;

    private static readonly string[] _hubs = ["Hub A", "Hub B", "Hub C"];

    private readonly Random _random;
    private readonly TestDaemon _daemon = new(Fixtures.RepositoryFiles.NewDirectory(), CrashHost.Launch);
    private readonly List<Partition> _partitions = [.. Enumerable.Range(0, Clients).Select(i => new Partition(i))];
    private readonly SpaceMaker _spaces;
    private readonly BackupMaker _backups;
    private readonly RoundLog _log;
    private ulong _schemaHolons;
    private int _acknowledged;

    /// <param name="seed">What chance begins with.</param>
    /// <param name="log">Is told of each round.</param>
    public Rounds(int seed, RoundLog log)
    {
        _log = log;
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
        _log.Begin("preparation", "work");
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
        _log.End("ready");
    }

    /// <summary>A round that ends from outside, after a random number of acknowledged requests.</summary>
    public Task KillAsync(int round) => KillAsync(round, _random.Next(4) == 0 ? 1 : 0, _random.Next(1, MaxRequestsToKill));

    /// <summary>A round that ends from outside.</summary>
    /// <param name="round">Its number.</param>
    /// <param name="newSpaces">How many spaces are made beside.</param>
    /// <param name="requests">After how many acknowledged requests it ends.</param>
    public async Task KillAsync(int round, int newSpaces, int requests)
    {
        var spin = _random.Next(MaxSpinMicroseconds);
        var isBackedUp = _random.Next(3) == 0;

        // Of backups, some are to be cut short, and some to get done under load, to be restored later.
        var backups = _backups.Made + (isBackedUp && _random.Next(2) == 0 ? 1 : 0);
        await StartAsync(round, $"killed {spin} us after {requests} requests and {backups} backups", []);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var work = Work(newSpaces, isBackedUp, () =>
        {
            if (Volatile.Read(ref _acknowledged) >= requests && _backups.Made >= backups) end.TrySetResult();
        });
        await AwaitAsync(Task.WhenAny(end.Task, work), "The clients did not get that far");
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalMicroseconds < spin;) Thread.SpinWait(20);
        if (!_daemon.Process.HasExited) _daemon.Process.Signal(MapProgram.Kill);
        await EndAsync(work);
    }

    /// <summary>A round that ends at a named step.</summary>
    public async Task KillAtAsync(int round, FaultPoint point)
    {
        var isOfSpaces = point is FaultPoint.SpaceCreated or FaultPoint.CatalogueWritten or FaultPoint.CatalogueRenamed;
        var isOfBackups = point is FaultPoint.BackupCopied or FaultPoint.BackupWritten;
        var count = isOfBackups ? 1 : _random.Next(1, isOfSpaces ? 3 : 20);
        await StartAsync(round, $"killed at {point} {count}", ["--crash-at", $"{point}:{count}"]);
        _daemon.Process.Signal(CrashHost.Arming);
        // The clients may be done before a signal is.
        await Eventually.HoldsAsync("the host counts its steps", () => Task.FromResult(_daemon.Process.Error.Contains("armed", StringComparison.Ordinal)));
        await EndAsync(Work(isOfSpaces ? int.MaxValue : 0, isOfBackups, static () => { }));
        Assert.Contains($"killed at {point}", _daemon.Process.Error);
    }

    /// <summary>Lets a saboteur at the store of the daemon that was killed.</summary>
    public void Sabotage(Action<Saboteur> act) => act(new Saboteur(_daemon.Data));

    /// <summary>Looks at everything, and ends the daemon in order.</summary>
    public async Task FinishAsync()
    {
        _log.Begin("end in order", "start");
        await _daemon.RunAsync();
        _log.Next("look");
        await InspectAsync(isWhole: true, isVerified: true);
        _log.Next("stop");
        Assert.Equal(0, (await _daemon.StopAsync()).ExitCode);
        _log.End("all is there");
    }

    /// <summary>Restores the newest backup, and looks whether it is the state of its commit, whole.</summary>
    public async Task RestoreAsync()
    {
        if (_backups.Listed.Count == 0) return;
        var (id, commit) = _backups.Listed[^1];
        _log.Begin($"restore as of commit {commit}", "restore");
        using var restored = new TestDaemon(_daemon.Data + ".restored", CrashHost.Launch);
        var ending = await MapProgram.RunAsync("restore", _backups.Path, "--id", id, "--data", restored.Data);
        Assert.True(ending.ExitCode == 0, ending.Error);
        _log.Next("start");
        await restored.RunAsync();
        _log.Next("look");
        await Task.WhenAll(_partitions.Select(partition =>
        {
            var beside = new Inspection(restored.OverSocket(), Space, _hubs);
            return Task.Run(() => beside.CompareSavedAsync(partition, commit));
        }));
        var inspection = new Inspection(restored.Owner, Space, _hubs);
        await inspection.CompareHubsAsync([.. _partitions.SelectMany(partition => partition.SavedAsOf(commit))]);
        await inspection.VerifyAsync();
        Assert.Equal((ulong)commit, (await restored.Owner.DescribeAsync(Space)).LastCommit);
        Restored++;
        _log.End("all is there");
    }

    public void Dispose()
    {
        _daemon.Dispose();
        _backups.Dispose();
    }

    private async Task StartAsync(int round, string end, string[] options)
    {
        _log.Begin($"round {round}, {end}", "start");

        // Small tables in every third round, so that tables are written and merged while it is killed.
        string[] buffer = round % 3 == 0 ? ["--write-buffer", $"{SmallWriteBuffer}"] : [];
        await _daemon.RunAsync([.. options, .. buffer]);
        _log.Next("look");
        await InspectAsync(round % RoundsBetweenWholeLooks == 0, round % RoundsBetweenVerifications == 0);
        _log.Next("work");
    }

    private async Task InspectAsync(bool isWhole, bool isVerified)
    {
        var reopened = await Task.WhenAll(_partitions.Select(partition => InspectAsync(partition, isWhole)));
        Reopened += reopened.Sum();
        var inspection = new Inspection(_daemon.Owner, Space, _hubs);
        await inspection.CompareHubsAsync([.. _partitions.SelectMany(partition => partition.Saved)]);
        await _spaces.CompareAsync(_daemon.Owner, Space);
        await _backups.CompareAsync();
        if (isVerified) await inspection.VerifyAsync();
        var space = await _daemon.Owner.DescribeAsync(Space);
        Assert.Equal(_schemaHolons + (ulong)_partitions.Sum(partition => partition.Saved.Count), space.Holons);
        Assert.Equal((ulong)_partitions.Sum(partition => partition.Open.Count), space.OpenTransactions);
    }

    /// <summary>Looks at one client's share, beside the looks at the others'.</summary>
    private Task<int> InspectAsync(Partition partition, bool isWhole)
    {
        var inspection = new Inspection(_daemon.OverSocket(), Space, _hubs);
        var random = new Random(_random.Next());
        return Task.Run(async () =>
        {
            var reopened = await inspection.SettleAsync(partition, random);
            await inspection.CompareSavedAsync(partition, isWhole);
            return reopened;
        });
    }

    /// <summary>The clients' work, which ends when the daemon does.</summary>
    /// <param name="newSpaces">How many spaces are made.</param>
    /// <param name="isBackedUp">Whether backups are made.</param>
    /// <param name="advanced">Is told of each acknowledged request and backup.</param>
    private Task Work(int newSpaces, bool isBackedUp, Action advanced)
    {
        _acknowledged = 0;
        return Task.WhenAll(
        [
            .. _partitions.Select(partition => UntilGoneAsync(
                new Worker(Space, _hubs, partition, new Random(_random.Next()), GoesOn).RunAsync)),
            UntilGoneAsync(client => _spaces.RunAsync(client, newSpaces)),
            UntilGoneAsync(client => isBackedUp ? _backups.RunAsync(client, advanced) : Task.CompletedTask),
        ]);

        bool GoesOn()
        {
            var requests = Interlocked.Increment(ref _acknowledged);
            advanced();
            return requests < MaxRequests;
        }
    }

    /// <summary>Runs a client. That the daemon is gone is no failure, anything else is, and ends the others, too.</summary>
    private async Task UntilGoneAsync(Func<MapClient, Task> work)
    {
        try
        {
            var client = _daemon.OverSocket();
            await Task.Run(() => work(client));
        }
        catch (GrpcStatusException lost) when (lost.GetDetail<HolonError>() is null && lost.StatusCode != StatusCode.DeadlineExceeded)
        {
            await RequireGoneAsync(lost);
        }
        catch
        {
            if (!_daemon.Process.HasExited) _daemon.Process.Signal(MapProgram.Kill);
            throw;
        }
    }

    private async Task RequireGoneAsync(GrpcStatusException lost)
    {
        try
        {
            await _daemon.Process.EndAsync();
        }
        catch (TimeoutException alive)
        {
            _daemon.Process.Signal(MapProgram.Kill);
            throw new TimeoutException($"A call failed while the daemon lives: {lost.Message} {alive.Message}", lost);
        }
    }

    private async Task EndAsync(Task work)
    {
        await AwaitAsync(work, "The clients did not end, which they do when the daemon does");
        _log.Next("end");
        Assert.Equal(Killed, (await _daemon.Process.EndAsync()).ExitCode);
        Acknowledged += _acknowledged;
        _log.End($"{_acknowledged} requests, as expected");
    }

    private static async Task AwaitAsync(Task end, string failure)
    {
        // Longer than a call may take, so that one that is never answered shows as such.
        var patience = 2 * Eventually.Patience;
        try
        {
            await end.WaitAsync(patience);
        }
        catch (TimeoutException vain) when (!end.IsCompleted)
        {
            throw new TimeoutException($"{failure}, in {patience.TotalSeconds} s.", vain);
        }
    }
}

using Map.Crash.Tests.Disk;
using Map.Crash.Tests.Load;
using Map.Crash.Tests.Processes;
using Map.Daemon.Tests;
using Map.V1;

namespace Map.Crash.Tests;

/// <summary>A daemon whose disk has no room: reads go on, nothing acknowledged is lost, and it goes on by itself.</summary>
public sealed class FullDiskTests
{
    private const int DiskMebibytes = 96;
    private const int FewTasks = 50;
    private const int ManyTasks = 15_000;

    /// <summary>Small ones, so that a small disk has room for them.</summary>
    private static readonly string[] _smallBuffers = ["--write-buffer", $"{4 << 20}"];

    [SmallDiskFact]
    public Task It_fills_up_while_small_commits_are_made() => FillAsync(FewTasks, leftBytes: 256 << 10);

    [SmallDiskFact]
    public Task It_fills_up_in_the_midst_of_a_large_commit() => FillAsync(ManyTasks, leftBytes: 2 << 20);

    [SmallDiskFact]
    public async Task It_fills_up_while_transactions_are_only_edited()
    {
        using var disk = SmallDisk.Mount(DiskMebibytes);
        using var daemon = new TestDaemon(Path.Combine(disk.Path, "d"), CrashHost.Launch);
        await daemon.RunAsync(_smallBuffers);
        var saver = new Saver(daemon.Owner);
        await saver.PrepareAsync();
        Assert.Null(await saver.SaveAsync(FewTasks));
        var transaction = await daemon.Owner.BeginAsync(Saver.Space);

        disk.Fill(leftBytes: 256 << 10);
        var staged = saver.Saved;
        HolonError? error;
        for (var more = saver.Make(FewTasks); (error = await saver.LoadAsync(transaction, more)) is null; more = saver.Make(FewTasks))
            staged = staged.AddRange(more);
        Assert.True(staged.Count > saver.Saved.Count);
        Assert.Equal(ErrorCode.StoreUnavailable, error.Code);
        Assert.Contains("No space left on device", error.Message);
        await daemon.RequireDoubtAsync("No space left on device");
        await saver.CompareAsync(transaction, staged);

        disk.Free();
        var last = saver.Make(FewTasks);
        await Eventually.HoldsAsync("it takes loads again", async () => await saver.LoadAsync(transaction, last) is null);
        staged = staged.AddRange(last);
        await saver.CompareAsync(transaction, staged);
        await daemon.RequireRecoveredAsync();
        await daemon.StopAsync(MapProgram.Kill);
        await daemon.RunAsync(_smallBuffers);
        await new Saver(daemon.Owner).CompareAsync(transaction, staged);
    }

    [SmallDiskFact]
    public async Task A_full_disk_of_the_log_does_not_stop_the_daemon()
    {
        using var folder = new Folder();
        var data = Path.Combine(folder.Path, "data");
        Directory.CreateDirectory(Path.Combine(data, "log"));
        File.SetUnixFileMode(data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var disk = SmallDisk.Mount(1, Path.Combine(data, "log"));
        disk.Fill();
        var daemon = new TestDaemon(data);
        try
        {
            await daemon.RunAsync("--log-level", "verbose");
            var saver = new Saver(daemon.Owner);
            await saver.PrepareAsync();
            for (var i = 0; i < 20; i++) Assert.Null(await saver.SaveAsync(FewTasks));
            await saver.CompareAsync();
            Assert.Equal(0, (await daemon.StopAsync()).ExitCode);
        }
        finally
        {
            daemon.Process.Dispose();
        }
    }

    [SmallDiskFact]
    public async Task A_start_on_a_full_disk_says_so_and_does_no_harm()
    {
        using var disk = SmallDisk.Mount(DiskMebibytes);
        var fresh = Path.Combine(disk.Path, "fresh");
        using var daemon = new TestDaemon(Path.Combine(disk.Path, "d"), CrashHost.Launch);
        await daemon.RunAsync(_smallBuffers);
        var saver = new Saver(daemon.Owner);
        await saver.PrepareAsync();
        Assert.Null(await saver.SaveAsync(FewTasks));
        await daemon.StopAsync(MapProgram.Kill);
        disk.Fill();

        var first = await MapProgram.RunAsync("run", "--data", fresh, "--no-tcp");
        Assert.Equal((4, ""), (first.ExitCode, first.Output));
        Assert.Contains("No space left on device", first.Error);
        var again = await MapProgram.RunAsync("run", "--data", daemon.Data, "--no-tcp");
        Assert.Equal((4, ""), (again.ExitCode, again.Output));
        Assert.Contains("No space left on device", again.Error);

        disk.Free();
        await daemon.RunAsync(_smallBuffers);
        await new Saver(daemon.Owner).CompareAsync(expected: saver.Saved);
    }

    private static async Task FillAsync(int tasks, long leftBytes)
    {
        using var disk = SmallDisk.Mount(DiskMebibytes);
        using var daemon = new TestDaemon(Path.Combine(disk.Path, "d"), CrashHost.Launch);
        await daemon.RunAsync(_smallBuffers);
        var saver = new Saver(daemon.Owner);
        await saver.PrepareAsync();
        Assert.Null(await saver.SaveAsync(FewTasks));
        var reader = await daemon.Owner.BeginAsync(Saver.Space);
        var seen = saver.Saved;

        disk.Fill(leftBytes);
        var error = await saver.SaveUntilRefusedAsync(tasks);
        Assert.Contains(error.Code, (ErrorCode[])[ErrorCode.CommitInDoubt, ErrorCode.StoreUnavailable]);
        Assert.Contains("No space left on device", error.Message);
        Assert.DoesNotContain("restart", error.Message, StringComparison.OrdinalIgnoreCase);
        await saver.CompareAsync(reader, seen);
        await daemon.RequireDoubtAsync("No space left on device");
        Assert.NotNull(await saver.SaveAsync(FewTasks));
        await saver.CompareAsync(reader, seen);

        disk.Free();
        await Eventually.HoldsAsync("it saves again", async () => await saver.SaveAsync(FewTasks) is null);
        await saver.SettleAsync();
        await saver.CompareAsync();
        await daemon.RequireRecoveredAsync();
        Assert.False(daemon.Process.HasExited);
        await daemon.StopAsync(MapProgram.Kill);
        await daemon.RunAsync(_smallBuffers);
        await new Saver(daemon.Owner).CompareAsync(expected: saver.Saved);
    }
}

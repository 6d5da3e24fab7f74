using Map.Crash.Tests.Disk;
using Map.Crash.Tests.Load;
using Map.Crash.Tests.Processes;
using Map.Crash.Tests.Tracing;
using Map.Daemon.Tests;
using Map.V1;

namespace Map.Crash.Tests;

/// <summary>A daemon whose disk does not take writes.</summary>
public sealed class ReadOnlyDiskTests
{
    private const int FewTasks = 50;

    [SmallDiskFact]
    public async Task A_start_on_a_read_only_disk_says_so_and_works_again_on_a_writable_one()
    {
        using var disk = SmallDisk.Mount(96);
        using var daemon = new TestDaemon(Path.Combine(disk.Path, "d"));
        await daemon.RunAsync();
        var saver = new Saver(daemon.Owner);
        await saver.PrepareAsync();
        Assert.Null(await saver.SaveAsync(FewTasks));
        await daemon.StopAsync();

        disk.Remount(isReadOnly: true);
        var refused = await MapProgram.RunAsync("run", "--data", daemon.Data, "--no-tcp");
        Assert.Equal((4, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("Read-only file system", refused.Error);
        Assert.DoesNotContain("   at ", refused.Error, StringComparison.Ordinal);

        disk.Remount(isReadOnly: false);
        await daemon.RunAsync();
        await new Saver(daemon.Owner).CompareAsync(expected: saver.Saved);
    }

    /// <summary>
    /// A file system with files open for writing cannot be made read-only, so that its answers are made up: whatever
    /// would change it is refused by strace, which is taken off again.
    /// </summary>
    [StraceFact]
    public async Task A_disk_that_becomes_read_only_is_told_and_used_again_once_it_is_writable()
    {
        using var daemon = new TestDaemon(Fixtures.RepositoryFiles.NewDirectory());
        await daemon.RunAsync();
        var saver = new Saver(daemon.Owner);
        await saver.PrepareAsync();
        Assert.Null(await saver.SaveAsync(FewTasks));
        var reader = await daemon.Owner.BeginAsync(Saver.Space);
        var seen = saver.Saved;

        await using (await RefusedCalls.BeginAsync(daemon.Process.Id, "EROFS"))
        {
            var error = await saver.SaveUntilRefusedAsync(FewTasks);
            Assert.Contains(error.Code, (ErrorCode[])[ErrorCode.CommitInDoubt, ErrorCode.StoreUnavailable]);
            Assert.Contains("Read-only file system", error.Message);
            Assert.DoesNotContain("restart", error.Message, StringComparison.OrdinalIgnoreCase);
            await saver.CompareAsync(reader, seen);
            await daemon.RequireDoubtAsync("Read-only file system");
            Assert.NotNull(await saver.SaveAsync(FewTasks));
        }

        await Eventually.HoldsAsync("it saves again", async () => await saver.SaveAsync(FewTasks) is null);
        await saver.SettleAsync();
        await saver.CompareAsync();
        await daemon.RequireRecoveredAsync();
        await daemon.StopAsync(MapProgram.Kill);
        await daemon.RunAsync();
        await new Saver(daemon.Owner).CompareAsync(expected: saver.Saved);
    }
}

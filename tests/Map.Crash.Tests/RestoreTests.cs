using Map.Crash.Tests.Disk;
using Map.Crash.Tests.Processes;
using Map.Daemon.Tests;
using Map.Storage;

namespace Map.Crash.Tests;

/// <summary>A restore that is killed leaves nothing that could be taken for a restored directory.</summary>
public sealed class RestoreTests
{
    private const int FewTasks = 50;

    [Fact]
    public async Task A_killed_restore_leaves_the_place_free_and_the_next_one_is_whole()
    {
        using var folder = new Folder();
        var backups = Path.Combine(folder.Path, "backups");
        using var daemon = new TestDaemon(Fixtures.RepositoryFiles.NewDirectory());
        await daemon.RunAsync();
        var saver = new Saver(daemon.Owner);
        await saver.PrepareAsync();
        Assert.Null(await saver.SaveAsync(FewTasks));
        await daemon.MustAsync("backup", backups);

        using var restored = new TestDaemon(Path.Combine(folder.Path, "restored"));
        foreach (var point in (FaultPoint[])[FaultPoint.RestoreCopied, FaultPoint.RestoreChecked])
        {
            using var killed = MapProgram.Launch(
                CrashHost.Program, ["restore", backups, "--data", restored.Data, "--crash-at", $"{point}:1"]);
            var ending = await killed.EndAsync();
            Assert.Equal(128 + MapProgram.Kill, ending.ExitCode);
            Assert.Contains($"killed at {point}", ending.Error);
            Assert.False(Directory.Exists(restored.Data) && Directory.EnumerateFileSystemEntries(restored.Data).Any());
        }

        await restored.MustAsync("restore", backups);
        await restored.MustAsync("verify");
        Assert.Equal([backups, restored.Data], Directory.EnumerateFileSystemEntries(folder.Path).Order(StringComparer.Ordinal));
        await restored.RunAsync();
        await new Saver(restored.Owner).CompareAsync(expected: saver.Saved);
        await restored.StopAsync();
    }
}

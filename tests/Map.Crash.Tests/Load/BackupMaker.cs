using System.Globalization;
using Map.Daemon.Tests;
using Map.V1;

namespace Map.Crash.Tests.Load;

/// <summary>Makes backups, and looks after a crash whether each that was acknowledged is there, and none in part.</summary>
internal sealed class BackupMaker(string path) : IDisposable
{
    private const string Space = "tasks";
    private const uint Keep = 5;

    private readonly List<string> _acknowledged = [];
    private bool _isChanged;
    private volatile int _made;

    public string Path => path;

    /// <summary>How many were acknowledged.</summary>
    public int Made => _made;

    /// <summary>The backups that there are, each with the commit that it is as of.</summary>
    public IReadOnlyList<(string Id, long Commit)> Listed { get; private set; } = [];

    /// <summary>Makes backups until a call fails.</summary>
    /// <param name="client">The client.</param>
    /// <param name="made">Is told of each.</param>
    public async Task RunAsync(MapClient client, Action made)
    {
        while (true)
        {
            await MakeAsync(client);
            made();
        }
    }

    /// <summary>Makes a backup.</summary>
    public async Task MakeAsync(MapClient client)
    {
        _isChanged = true;
        var made = default(BackupInfo);
        var request = new BackupRequest { Destination = path, Keep = Keep };
        await foreach (var response in client.FollowAsync<BackupRequest, BackupResponse>("MapAdmin/Backup", request))
            made = response.Backup ?? made;
        Assert.NotNull(made);
        Assert.Empty(made.LeftOut);
        _acknowledged.Add(made.BackupId);
        _made = _acknowledged.Count;
    }

    /// <summary>
    /// Lists the backups, if any was begun since the last look; they are to be those that were acknowledged last, and at
    /// most one that was not.
    /// </summary>
    public async Task CompareAsync()
    {
        if (!_isChanged || !Directory.Exists(path)) return;
        _isChanged = false;
        var ending = await MapProgram.RunAsync("backup", "list", path, "--json");
        Assert.True(ending.ExitCode == 0, ending.Error);
        Assert.Empty(ending.Json.GetProperty("damaged").EnumerateArray());
        Listed = [.. ending.Json.GetProperty("backups").EnumerateArray().Select(backup => (
            backup.GetProperty("backupId").GetString()!,
            long.Parse(
                backup.GetProperty("spaces").EnumerateArray().Single(space => space.GetProperty("name").GetString() == Space)
                    .GetProperty("commitNumber").GetString()!,
                CultureInfo.InvariantCulture)))];
        var expected = _acknowledged.Concat(Listed.Select(each => each.Id)).Distinct().Order(StringComparer.Ordinal).TakeLast((int)Keep);
        Assert.Subset(Listed.Select(each => each.Id).ToHashSet(), expected.ToHashSet());
    }

    public void Dispose()
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }
}

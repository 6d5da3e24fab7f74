using Map.Bench.Server;

namespace Map.Bench.Harness;

/// <summary>What rows share: settings, progress, and a place for what they make, which is removed in the end.</summary>
internal sealed class BenchContext : IDisposable
{
    private readonly DirectoryInfo _scratch;
    private int _directories;

    public BenchContext(BenchSettings settings, DirectoryInfo scratch, CancellationToken cancellation)
    {
        Settings = settings;
        Cancellation = cancellation;
        var name = $"map-bench-{Guid.NewGuid().ToString("N")[..8]}";
        _scratch = Directory.CreateDirectory(Path.Combine(scratch.FullName, name));
    }

    public BenchSettings Settings { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>Is told what goes on.</summary>
    public Action<string> Progress { get; set; } = static _ => { };

    public string ScratchDirectory => _scratch.FullName;

    /// <summary>A path that nothing is at.</summary>
    public string NewPath(string purpose) => Path.Combine(_scratch.FullName, $"{purpose}{_directories++}");

    /// <summary>A server of its own for a row, so that none suffers from what another left in memory.</summary>
    public Task<ServerProcess> StartServerAsync() => StartServerAsync(NewPath("data"));

    /// <summary>A server on a directory that a row has.</summary>
    public async Task<ServerProcess> StartServerAsync(string data)
    {
        Progress("starting the server");
        return await ServerProcess.StartAsync(data, Cancellation);
    }

    public void Dispose() => _scratch.Delete(recursive: true);
}

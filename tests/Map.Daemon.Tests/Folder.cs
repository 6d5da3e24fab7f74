using Map.Fixtures;

namespace Map.Daemon.Tests;

/// <summary>A temporary directory, gone afterwards.</summary>
internal sealed class Folder : IDisposable
{
    public string Path { get; } = RepositoryFiles.NewDirectory();

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

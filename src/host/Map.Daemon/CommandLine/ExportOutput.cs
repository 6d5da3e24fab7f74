namespace Map.Daemon.CommandLine;

/// <summary>Where an export goes: a stream, or a file that is there whole or not at all.</summary>
internal sealed class ExportOutput : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly string? _path;
    private readonly string? _partial;
    private readonly bool _replaces;

    /// <summary>Writes to a stream.</summary>
    public ExportOutput(Stream stream) => _stream = stream;

    /// <summary>Writes to a file, under another name beside it until it is whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="replaces">Whether one that is there is replaced.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public ExportOutput(string path, bool replaces)
    {
        (_path, _replaces) = (Path.GetFullPath(path), replaces);
        _partial = $"{_path}.{Environment.ProcessId}.partial";
        _stream = new FileStream(_partial, FileMode.CreateNew, FileAccess.Write);
    }

    /// <summary>Writes the next bytes.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => _stream.WriteAsync(bytes, cancellation);

    /// <summary>Ends it: everything was written.</summary>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        await _stream.FlushAsync(cancellation);
        if (_partial is null) return;
        if (_stream is FileStream file) file.Flush(flushToDisk: true);
        await _stream.DisposeAsync();
        File.Move(_partial, _path!, _replaces);
    }

    /// <summary>Leaves nothing behind that is not whole.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        if (_partial is not null) File.Delete(_partial);
    }
}

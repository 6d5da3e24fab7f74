using System.Runtime.CompilerServices;
using Map.Core.Services;
using Map.V1;

namespace Map.Hub.Watching;

/// <summary>
/// One watcher of what is committed in a space. It reads the commits from the store at its own pace and waits for the
/// next one only when it has told all: nothing is kept for it, so it can neither lose anything nor fill memory.
/// </summary>
public sealed class CommitWatch : IDisposable
{
    /// <summary>Changes in one message: some 100 kB.</summary>
    private const int MaxChangesPerPart = 1_000;

    private readonly IHolonStore _store;
    private readonly CommitSignal _signal;
    private readonly HubOptions _options;
    private readonly TimeProvider _time;
    private Action? _leave;

    internal CommitWatch(
        IHolonStore store, CommitSignal signal, long after, HubOptions options, TimeProvider time, Action leave)
    {
        _store = store;
        _signal = signal;
        _options = options;
        _time = time;
        _leave = leave;
        Position = after;
    }

    /// <summary>The last commit of which all messages were handed out.</summary>
    public long Position { get; private set; }

    /// <summary>How long the client may keep a message waiting.</summary>
    public TimeSpan Patience => _options.WatchPatience;

    /// <summary>The messages, without an end. One reader, once.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async IAsyncEnumerable<WatchResponse> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return ToPosition();
        while (true)
        {
            while (_store.LatestCommit > Position)
            {
                foreach (var part in CommitParts.Of(_store, Position + 1, MaxChangesPerPart))
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (part.IsLast) Position++;
                    yield return new WatchResponse { Commit = part };
                }
            }

            if (!await _signal.WaitAsync(Position, _options.WatchHeartbeat, _time, cancellation)) yield return ToPosition();
        }
    }

    /// <summary>Makes room for another watcher.</summary>
    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();

    private WatchResponse ToPosition() => new()
    {
        Position = new WatchPosition { Commit = (ulong)Position, HeartbeatMs = (uint)_options.WatchHeartbeat.TotalMilliseconds },
    };
}

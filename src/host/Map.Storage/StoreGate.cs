using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Reading;

namespace Map.Storage;

/// <summary>
/// The way to the open store of a space. Opens it for whoever enters when it is closed, and closes it when told to, but
/// under nobody. Safe for many threads at once.
/// </summary>
internal sealed class StoreGate(SpaceId space, Func<OpenStore> open) : IDisposable
{
    /// <summary>
    /// How long a new opening waits for the users of the one before, since RocksDB opens a database once at a time. All reads
    /// wait meanwhile, also those within a read that is being waited for.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _opening = new();
    private volatile OpenStore? _store;
    private volatile bool _isDisposed;

    /// <summary>Whether it is open now.</summary>
    internal bool IsOpen => _store is { Released.IsCompleted: false };

    /// <summary>Enters, opening the store when it is closed. Dispose the lease to leave.</summary>
    /// <exception cref="StoreException">It cannot be opened, or is closed for good.</exception>
    internal StoreLease Enter()
    {
        while (true)
        {
            var store = _store;
            if (store?.TryEnter() == true)
            {
                store.NoteUse();
                return new StoreLease(store);
            }

            Open(store);
        }
    }

    /// <summary>Enters if it is open, to look after it: that does not count as use.</summary>
    internal StoreLease? Peek() => _store is { } store && store.TryEnter() ? new StoreLease(store) : null;

    /// <summary>When it was last used; see <see cref="OpenStore.LastUse"/>.</summary>
    internal long LastUse(long now) => _store?.LastUse(now) ?? now;

    /// <summary>Enters for reading.</summary>
    /// <exception cref="StoreException">As with <see cref="Enter"/>.</exception>
    internal ReadLease Read(ViewKind kind)
    {
        var store = Enter().Store;
        try
        {
            return new ReadLease(store, store.Views.Rent(kind));
        }
        catch
        {
            store.Leave();
            throw;
        }
    }

    /// <summary>
    /// Closes the store if nobody uses it; the next to enter opens it anew. Waits for nobody: who opens a store may close
    /// others to make room.
    /// </summary>
    /// <returns>Whether it is closed now.</returns>
    internal bool TryClose()
    {
        if (!_opening.TryEnter()) return false;
        try
        {
            return _store?.TryClose() ?? true;
        }
        finally
        {
            _opening.Exit();
        }
    }

    /// <summary>
    /// Closes the store once its users have left, and opens it anew; nobody enters in between. Users who stay long keep it
    /// as it was.
    /// </summary>
    /// <exception cref="StoreException">Users stay, or it cannot be opened; then the next to enter tries again.</exception>
    /// <exception cref="ObjectDisposedException">It is closed for good.</exception>
    internal void Reopen()
    {
        lock (_opening)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_store?.TryClose(Patience) == false)
                throw new StoreException($"Space {space} is not opened anew yet, since reads that began before have not ended.");
            _store = open();
        }
    }

    /// <summary>Closes the store for good, once its users have left.</summary>
    public void Dispose()
    {
        lock (_opening)
        {
            _isDisposed = true;
            _store?.Close();
        }
    }

    /// <summary>Opens the store, unless somebody has by now, or has let its users in again.</summary>
    private void Open(OpenStore? refused)
    {
        lock (_opening)
        {
            if (_isDisposed) throw new StoreException($"Space {space} is closed, since the daemon stops.");
            if (_store != refused || refused?.IsClosed == false) return;
            _store = open();
        }
    }
}

/// <summary>The use of an open store, which is not closed before the lease is disposed.</summary>
/// <param name="store">The store.</param>
internal readonly struct StoreLease(OpenStore store) : IDisposable
{
    internal OpenStore Store { get; } = store;

    public void Dispose() => Store.Leave();
}

/// <summary>The use of an open store by one read.</summary>
/// <param name="store">The store.</param>
/// <param name="view">Rows of one moment.</param>
internal readonly struct ReadLease(OpenStore store, ReadView view) : IDisposable
{
    internal OpenStore Store { get; } = store;

    internal ReadView View { get; } = view;

    public void Dispose()
    {
        Store.Views.Return(View);
        Store.Leave();
    }
}

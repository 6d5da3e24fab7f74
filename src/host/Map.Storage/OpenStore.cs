using Map.Core.Identity;
using Map.Storage.Encoding;
using Map.Storage.Native;
using Map.Storage.Reading;

namespace Map.Storage;

/// <summary>
/// The database of a space from one opening to its close, with everything that lives as long. Counts who uses it, so
/// that it is closed under nobody.
/// </summary>
internal sealed class OpenStore
{
    /// <summary>Added to the count of users once nobody may enter any more.</summary>
    private const int Closed = int.MinValue;

    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _users;
    private bool _wasUsed = true;
    private long _lastUse;

    private OpenStore(Database rows, HeadFile head, LocalId spaceHolon, CommitState last)
    {
        (Rows, Head, SpaceHolon, Last) = (rows, head, spaceHolon, last);
        Views = new ViewPool(rows);
        Views.Renew(last.Number);
    }

    /// <summary>The database.</summary>
    internal Database Rows { get; }

    /// <summary>The head file.</summary>
    internal HeadFile Head { get; }

    /// <summary>The id of the space's own holon, as the database has it.</summary>
    internal LocalId SpaceHolon { get; }

    /// <summary>The state after the last commit when it was opened.</summary>
    internal CommitState Last { get; }

    /// <summary>Iterators kept for the next reader.</summary>
    internal ViewPool Views { get; }

    /// <summary>Ends once the database is closed, which is when its last user has left.</summary>
    internal Task Released => _released.Task;

    /// <summary>Whether nobody may enter.</summary>
    internal bool IsClosed => Volatile.Read(ref _users) < 0;

    /// <summary>Takes over a new database that has commit 0.</summary>
    internal static OpenStore Create(Database rows, HeadFile head, LocalId spaceHolon, CommitState last)
    {
        head.Write(last);
        return new OpenStore(rows, head, spaceHolon, last);
    }

    /// <summary>Takes over an opened database after checking that it is this space, of a known format, and whole.</summary>
    /// <exception cref="Map.Core.Services.StoreException">It is not.</exception>
    internal static OpenStore Check(Database rows, HeadFile head, SpaceId space)
    {
        var (spaceHolon, last) = StoreHead.Read(rows, space);
        head.Require(space, last, number => StoreHead.HashOf(rows, number));
        head.Write(last);
        return new OpenStore(rows, head, spaceHolon, last);
    }

    /// <summary>Becomes a user, if it is not closed.</summary>
    internal bool TryEnter()
    {
        var users = Volatile.Read(ref _users);
        while (users >= 0)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users) return true;
            users = seen;
        }

        return false;
    }

    /// <summary>Notes that it is used, which looking after it is not.</summary>
    internal void NoteUse()
    {
        // No clock on the way of each read, and no write where others just wrote the same.
        if (!Volatile.Read(ref _wasUsed)) Volatile.Write(ref _wasUsed, true);
    }

    /// <summary>When it was last used: now, if it was since the last time this was asked.</summary>
    internal long LastUse(long now)
    {
        if (Interlocked.Exchange(ref _wasUsed, false) || Volatile.Read(ref _users) > 0) Volatile.Write(ref _lastUse, now);
        return Volatile.Read(ref _lastUse);
    }

    /// <summary>Leaves; the last one to leave a closed store releases it.</summary>
    internal void Leave()
    {
        var users = Interlocked.Decrement(ref _users);
        Invariant.Require(users != -1, "who leaves has entered");
        if (users == Closed) Release();
    }

    /// <summary>Closes it if nobody uses it.</summary>
    /// <returns>Whether it is closed and nobody uses it.</returns>
    internal bool TryClose()
    {
        var users = Interlocked.CompareExchange(ref _users, Closed, 0);
        if (users == 0) Release();
        return users is 0 or Closed;
    }

    /// <summary>Lets nobody in any more and closes it once its users have left; lets in again when they do not leave.</summary>
    /// <param name="patience">How long to wait for them.</param>
    /// <returns>Whether it is closed and nobody uses it.</returns>
    internal bool TryClose(TimeSpan patience)
    {
        Close();
        while (!_released.Task.Wait(patience))
        {
            var users = Volatile.Read(ref _users);

            // The last one has just left, and is about to release it.
            if (users == Closed) continue;
            if (Interlocked.CompareExchange(ref _users, users & ~Closed, users) == users) return false;
        }

        return true;
    }

    /// <summary>Lets nobody in any more; it is released when the last user leaves, which may be now.</summary>
    internal void Close()
    {
        var users = Interlocked.Or(ref _users, Closed);
        if (users == 0) Release();
    }

    private void Release()
    {
        try
        {
            Views.Dispose();
            Rows.Dispose();
            Head.Dispose();
        }
        finally
        {
            // Whoever waits must not wait for ever, whatever went wrong.
            _released.SetResult();
        }
    }
}

using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Map.Guests.Running;

/// <summary>
/// The threads that run guests: few, of known stack and low priority, so that guests neither overflow a stack nor take the
/// processor from those who serve others. First come, first served.
/// </summary>
internal sealed partial class GuestThreads : IDisposable
{
    /// <summary>What the engine lets guests use, its reserve, and as much again for what the host does for them.</summary>
    private const int StackBytes = 4 << 20;

    private const int LowPriority = 10;
    private const int OfThread = 0;

    private readonly Lock _gate = new();
    private readonly LinkedList<Work> _waiting = [];
    private readonly SemaphoreSlim _available = new(0);
    private readonly Thread[] _threads;
    private readonly int _maxWaiting;
    private bool _isEnding;

    /// <summary>Starts the threads.</summary>
    /// <param name="name">What they are called.</param>
    /// <param name="count">How many.</param>
    /// <param name="maxWaiting">How much work may wait.</param>
    public GuestThreads(string name, int count, int maxWaiting)
    {
        _maxWaiting = maxWaiting;
        _threads = [.. Enumerable.Range(1, count).Select(i => new Thread(Serve, StackBytes) { IsBackground = true, Name = $"{name} {i}" })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>How much work waits.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <summary>Runs work on one of the threads, and waits for its end.</summary>
    /// <param name="work">The work. What it throws is thrown here.</param>
    /// <param name="cancellation">Ends the waiting for a thread; the work itself ends itself.</param>
    /// <returns>Whether there was room to wait; if not, nothing ran.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before it began.</exception>
    public bool TryRun(Action work, CancellationToken cancellation)
    {
        var item = new Work(work);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isEnding, this);
            if (_waiting.Count >= _maxWaiting) return false;
            item.Place = _waiting.AddLast(item);
        }

        _available.Release();
        if (!TryWait(item, cancellation)) cancellation.ThrowIfCancellationRequested();
        item.Failure?.Throw();
        return true;
    }

    /// <summary>Ends the threads once they have done what waits.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isEnding) return;
            _isEnding = true;
        }

        _available.Release(_threads.Length);
        foreach (var thread in _threads) thread.Join();
        _available.Dispose();
    }

    /// <summary>
    /// Waits for the end; false when it was cancelled before it began. A task is waited for, as the thread pool then puts another
    /// thread in the place of this one at once: those who serve others would else wait until it notices by itself.
    /// </summary>
    private bool TryWait(Work item, CancellationToken cancellation)
    {
        try
        {
            item.Done.Task.Wait(cancellation);
            return true;
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                if (item.Place is { } place)
                {
                    _waiting.Remove(place);
                    return false;
                }
            }

            // It has begun: it ends soon, and must not go on when nobody waits for it.
            item.Done.Task.Wait(CancellationToken.None);
            return true;
        }
    }

    private void Serve()
    {
        if (OperatingSystem.IsLinux()) _ = SetPriority(OfThread, 0, LowPriority);
        while (true)
        {
            _available.Wait();
            if (Take() is { } item) item.Run();
            else if (_isEnding) return;
        }
    }

    private Work? Take()
    {
        lock (_gate)
        {
            // None where its caller no longer waits.
            if (_waiting.First?.Value is not { } item) return null;
            _waiting.RemoveFirst();
            item.Place = null;
            return item;
        }
    }

    // On Linux each thread has a priority of its own, and 0 means the thread that calls.
    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);

    private sealed class Work(Action action)
    {
        /// <summary>Where it waits; null once it has begun.</summary>
        public LinkedListNode<Work>? Place { get; set; }

        public TaskCompletionSource Done { get; } = new();

        public ExceptionDispatchInfo? Failure { get; private set; }

        public void Run()
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                Failure = ExceptionDispatchInfo.Capture(e);
            }
            finally
            {
                Done.SetResult();
            }
        }
    }
}

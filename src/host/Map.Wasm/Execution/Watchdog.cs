using System.Diagnostics;

namespace Map.Wasm.Execution;

/// <summary>A deadline that the watchdog waits for. It forgets its store when the store no longer cares.</summary>
internal sealed class Deadline(Store store, long timestamp)
{
    private volatile Store? _store = store;

    /// <summary>When, by the stopwatch.</summary>
    public long Timestamp { get; } = timestamp;

    public void Forget() => _store = null;

    public void Expire() => _store?.Expire(this);
}

/// <summary>One thread of the process that tells stores when their deadlines pass. It sleeps until the next one.</summary>
internal static class Watchdog
{
    private static readonly Lock Gate = new();
    private static readonly PriorityQueue<Deadline, long> Deadlines = new();
    private static readonly AutoResetEvent Changed = new(initialState: false);
    private static Thread? s_thread;

    public static void Watch(Deadline deadline)
    {
        bool isNext;
        lock (Gate)
        {
            isNext = !Deadlines.TryPeek(out _, out var next) || deadline.Timestamp < next;
            Deadlines.Enqueue(deadline, deadline.Timestamp);
            if (s_thread is null) Start();
        }

        if (isNext) Changed.Set();
    }

    private static void Start()
    {
        s_thread = new Thread(Run) { IsBackground = true, Name = "guest watchdog", Priority = ThreadPriority.Highest };
        s_thread.Start();
    }

    private static void Run()
    {
        while (true) Changed.WaitOne(ExpirePassed());
    }

    /// <summary>Expires what has passed and returns the milliseconds to the next deadline.</summary>
    private static int ExpirePassed()
    {
        lock (Gate)
        {
            while (Deadlines.TryPeek(out var deadline, out var timestamp))
            {
                var left = timestamp - Stopwatch.GetTimestamp();
                // Rounded up, so that it is not asked again for fractions of a millisecond.
                if (left > 0) return (int)Math.Min(int.MaxValue, (left * 1_000 / Stopwatch.Frequency) + 1);
                Deadlines.Dequeue();
                deadline.Expire();
            }
        }

        return Timeout.Infinite;
    }
}

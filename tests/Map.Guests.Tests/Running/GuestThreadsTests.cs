using Map.Guests.Running;

namespace Map.Guests.Tests.Running;

/// <summary>The threads of guests.</summary>
public sealed class GuestThreadsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task More_than_may_wait_is_turned_away_and_the_others_run_in_their_order()
    {
        using var threads = new GuestThreads("tests", 1, maxWaiting: 2);
        using var gate = new ManualResetEventSlim();
        using var running = new ManualResetEventSlim();
        var order = new List<int>();
        var first = Start(threads, () =>
        {
            running.Set();
            gate.Wait();
        });
        running.Wait();
        var second = Start(threads, () => order.Add(2));
        Assert.True(SpinWait.SpinUntil(() => threads.Waiting == 1, Patience));
        var third = Start(threads, () => order.Add(3));
        Assert.True(SpinWait.SpinUntil(() => threads.Waiting == 2, Patience));
        Assert.False(threads.TryRun(() => order.Add(4), default));
        gate.Set();
        Assert.All(await Task.WhenAll(first, second, third), Assert.True);
        Assert.Equal([2, 3], order);
    }

    [Fact]
    public async Task Who_no_longer_waits_is_passed_over()
    {
        using var threads = new GuestThreads("tests", 1, maxWaiting: 1);
        using var gate = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        using var running = new ManualResetEventSlim();
        var hasRun = false;
        var first = Start(threads, () =>
        {
            running.Set();
            gate.Wait();
        });
        running.Wait();
        var second = Start(threads, () => hasRun = true, cancellation.Token);
        Assert.True(SpinWait.SpinUntil(() => threads.Waiting == 1, Patience));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(0, threads.Waiting);
        gate.Set();
        await first;
        Assert.True(threads.TryRun(() => { }, default));
        Assert.False(hasRun);
    }

    [Fact]
    public void What_work_throws_is_thrown_to_its_caller_and_the_thread_goes_on()
    {
        using var threads = new GuestThreads("tests", 1, maxWaiting: 1);
        Assert.Throws<InvalidOperationException>(() => threads.TryRun(() => throw new InvalidOperationException(), default));
        Assert.True(threads.TryRun(() => { }, default));
    }

    [Fact]
    public void Its_threads_have_a_low_priority_and_the_caller_keeps_its_own()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var threads = new GuestThreads("tests", 1, maxWaiting: 1);
        var nice = 0;
        threads.TryRun(() => nice = Nice(), default);
        Assert.Equal(Math.Max(10, Nice()), nice);
    }

    [Fact]
    public void The_end_waits_for_what_runs_and_takes_nothing_more()
    {
        var threads = new GuestThreads("tests", 2, maxWaiting: 1);
        Assert.True(threads.TryRun(() => { }, default));
        threads.Dispose();
        threads.Dispose();
        Assert.Throws<ObjectDisposedException>(() => threads.TryRun(() => { }, default));
    }

    private static Task<bool> Start(GuestThreads threads, Action work, CancellationToken cancellation = default) =>
        Task.Factory.StartNew(() => threads.TryRun(work, cancellation), default, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>The 19th number of the line, the 17th behind the name.</summary>
    private static int Nice() => int.Parse(File.ReadAllText("/proc/thread-self/stat").Split(") ")[1].Split(' ')[16]);
}

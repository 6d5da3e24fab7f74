namespace Map.Daemon.Tests;

/// <summary>Waits for what comes about by itself, and fails when it does not.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    public static Task HoldsAsync(string what, Func<bool> holds) => HoldsAsync(what, () => Task.FromResult(holds()));

    public static async Task HoldsAsync(string what, Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await holds())
        {
            Assert.False(patience.IsCancellationRequested, $"It did not come about in {Patience.TotalSeconds} s: {what}");
            await Task.Delay(Interval, CancellationToken.None);
        }
    }
}

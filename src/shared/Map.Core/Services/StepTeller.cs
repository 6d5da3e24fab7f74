namespace Map.Core.Services;

/// <summary>Tells how far a long work is and ends it when it is cancelled, both only now and then: it may be asked to for each item.</summary>
/// <param name="tell">Takes how far it is; null when nobody asks.</param>
/// <param name="cancellation">Ends the work.</param>
internal sealed class StepTeller(Action<StepProgress>? tell, CancellationToken cancellation)
{
    private const int Stride = 1_000;

    private string _step = "";
    private long _total;
    private long _done;
    private int _count;

    /// <summary>The next step begins.</summary>
    /// <param name="step">What is done.</param>
    /// <param name="total">How much there is to do.</param>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public void Begin(string step, long total)
    {
        (_step, _total, _done, _count) = (step, total, 0, 0);
        Tell();
    }

    /// <summary>One item more is done.</summary>
    /// <param name="amount">How much of the total that is.</param>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public void Advance(long amount = 1)
    {
        _done += amount;
        if (++_count % Stride == 0) Tell();
    }

    /// <summary>Items as they are taken, one step.</summary>
    public IEnumerable<T> Over<T>(string step, IReadOnlyCollection<T> items) => Over(step, items, items.Count);

    /// <summary>Items as they are taken, one step.</summary>
    public IEnumerable<T> Over<T>(string step, IEnumerable<T> items, int count)
    {
        Begin(step, count);
        foreach (var item in items)
        {
            yield return item;
            Advance();
        }
    }

    private void Tell()
    {
        cancellation.ThrowIfCancellationRequested();
        tell?.Invoke(new StepProgress(_step, _done, _total));
    }
}

using System.Runtime.CompilerServices;
using Map.Core.Services;
using Map.Hub.Transactions;

namespace Map.Hub.Watching;

/// <summary>
/// One watcher of a transaction. It is told how things are whenever it has taken what was told before, so that a slow one
/// misses steps in between and never holds up a command.
/// </summary>
public sealed class TransactionWatch : IDisposable
{
    private readonly Func<TransactionNews> _read;
    private readonly Func<Task> _next;
    private Action? _leave;

    /// <summary>Watches a transaction that has ended.</summary>
    internal TransactionWatch(TransactionInfo ended)
    {
        _read = () => new TransactionNews(ended, null);
        _next = () => Task.CompletedTask;
    }

    /// <summary>Watches a transaction.</summary>
    internal TransactionWatch(Transaction transaction, Action leave)
    {
        _read = () => new TransactionNews(transaction.Info, transaction.Progress.Value) is { HasEnded: false } news
            ? news
            : new TransactionNews(transaction.Info, null);
        _next = () => transaction.Progress.Next;
        _leave = leave;
    }

    /// <summary>How things are now, and then whenever that has changed, until the transaction has ended.</summary>
    public async IAsyncEnumerable<TransactionNews> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var told = default(TransactionNews);
        while (true)
        {
            // Before it is read how things are: what changes after that ends the wait.
            var next = _next();
            var news = _read();
            if (news != told) yield return news;
            if (news.HasEnded) yield break;
            told = news;
            await next.WaitAsync(cancellation);
        }
    }

    /// <summary>Makes room for another watcher.</summary>
    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
}

/// <summary>How things are with a transaction.</summary>
/// <param name="Info">The transaction.</param>
/// <param name="Progress">How far the command is that runs in it; null where none does that takes long.</param>
public sealed record TransactionNews(TransactionInfo Info, StepProgress? Progress)
{
    /// <summary>Whether the transaction has ended, so that nothing more comes.</summary>
    public bool HasEnded => Info.Status is TransactionStatus.Committed or TransactionStatus.RolledBack;
}

using System.Collections.Immutable;
using Map.Crash.Tests.Load;
using Map.Crash.Tests.Model;
using Map.Daemon.Tests;
using Map.Rpc;
using Map.V1;
using Tasks = System.Collections.Immutable.ImmutableSortedDictionary<string, Map.Crash.Tests.Model.TaskContent>;

namespace Map.Crash.Tests.Disk;

/// <summary>Loads and commits tasks, and remembers what was acknowledged and what was not.</summary>
internal sealed class Saver(MapClient client)
{
    public const string Space = "tasks";

    private const string Prefix = "t-";

    private readonly List<(TransactionId Id, Tasks Tasks)> _doubtful = [];
    private int _made;

    /// <summary>What was acknowledged.</summary>
    public Tasks Saved { get; private set; } = Tasks.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Makes the space with the type of the tasks.</summary>
    public async Task PrepareAsync()
    {
        await client.CreateSpaceAsync(Space, isBare: false);
        var transaction = await client.BeginAsync(Space);
        await client.MustAsync(transaction, TaskCalls.Load(SchemaFile.Read()));
        await client.MustAsync(transaction, TaskCalls.Commit());
    }

    /// <summary>Tasks that nobody made yet.</summary>
    public Tasks Make(int count)
    {
        var first = _made;
        var tasks = Enumerable.Range(first, count).Select(number => KeyValuePair.Create(
            $"{Prefix}{number:D7}", new TaskContent(number, IsDone: false, Upon(number), null, IsStaged: true)));
        _made += count;
        return tasks.ToImmutableSortedDictionary(StringComparer.Ordinal);

        ImmutableSortedSet<string> Upon(int number) => number == first ? [] : [$"{Prefix}{number - 1:D7}"];
    }

    /// <summary>Loads and commits.</summary>
    /// <returns>Why it was refused; null when it was saved.</returns>
    public async Task<HolonError?> SaveAsync(int count)
    {
        var tasks = Make(count);
        var transaction = default(TransactionId);
        var isCommitting = false;
        try
        {
            transaction = await client.BeginAsync(Space);
            if (Failure(await client.MutateAsync(transaction, TaskCalls.Load(ImportFile.Of(tasks, tasks.Keys)))) is { } early)
                return early;
            isCommitting = true;
            if (Failure(await client.MutateAsync(transaction, TaskCalls.Commit())) is { } late)
            {
                _doubtful.Add((transaction, tasks));
                return late;
            }

            Keep(tasks);
            return null;
        }
        catch (GrpcStatusException failure) when (failure.GetDetail<HolonError>() is { } error)
        {
            if (isCommitting) _doubtful.Add((transaction!, tasks));
            return error;
        }
    }

    /// <summary>Loads into a transaction that stays open.</summary>
    /// <returns>Why it was refused; null when it was staged.</returns>
    public async Task<HolonError?> LoadAsync(TransactionId transaction, Tasks tasks)
    {
        try
        {
            return Failure(await client.MutateAsync(transaction, TaskCalls.Load(ImportFile.Of(tasks, tasks.Keys))));
        }
        catch (GrpcStatusException failure) when (failure.GetDetail<HolonError>() is { } error)
        {
            return error;
        }
    }

    /// <summary>Saves until it is refused.</summary>
    public async Task<HolonError> SaveUntilRefusedAsync(int count)
    {
        while (true)
            if (await SaveAsync(count) is { } error) return error;
    }

    /// <summary>Asks for those commits of which nobody knew, until each is known.</summary>
    public async Task SettleAsync()
    {
        foreach (var (id, tasks) in _doubtful)
        {
            var status = TransactionStatus.Unspecified;
            await Eventually.HoldsAsync("the commit is settled", async () =>
            {
                status = await StatusAsync(id);
                return status is TransactionStatus.Committed or TransactionStatus.Open;
            });
            if (status == TransactionStatus.Committed) Keep(tasks);
        }

        _doubtful.Clear();
    }

    /// <summary>Everything that is saved is as it was acknowledged.</summary>
    public async Task CompareAsync(TransactionId? asOf = null, Tasks? expected = null)
    {
        expected ??= Saved;
        var transaction = asOf ?? await client.BeginAsync(Space);
        Assert.Equal(expected.Keys, await client.KeysAsync(transaction, Prefix));
        foreach (var (key, task) in expected.Where((_, i) => i % 50 == 0))
            Assert.Equal($"{key}: {task.Line}", $"{key}: {await client.LineAsync(transaction, key)}");
    }

    private void Keep(Tasks tasks) =>
        Saved = Saved.SetItems(tasks.Select(task => KeyValuePair.Create(task.Key, task.Value with { IsStaged = false })));

    private async Task<TransactionStatus> StatusAsync(TransactionId id)
    {
        try
        {
            return (await client.DescribeAsync(id)).Status;
        }
        catch (GrpcStatusException failure) when (failure.GetDetail<HolonError>() is { Code: ErrorCode.CommitInDoubt })
        {
            return TransactionStatus.Unspecified;
        }
    }

    private static HolonError? Failure(MapResponse response) => response.Success ? null : Assert.Single(response.Errors);
}

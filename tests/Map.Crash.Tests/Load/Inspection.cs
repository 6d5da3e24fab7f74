using Map.Crash.Tests.Model;
using Map.Daemon.Tests;
using Map.V1;
using Tasks = System.Collections.Immutable.ImmutableSortedDictionary<string, Map.Crash.Tests.Model.TaskContent>;

namespace Map.Crash.Tests.Load;

/// <summary>Compares what a daemon has after a crash with what its clients intended and were told.</summary>
internal sealed class Inspection(MapClient client, string space, IReadOnlyList<string> hubs)
{
    /// <summary>Settles and compares each transaction of a partition.</summary>
    /// <returns>How many are open again.</returns>
    public async Task<int> SettleAsync(Partition partition, Random random)
    {
        foreach (var (intent, number) in partition.Ended)
        {
            var info = await client.DescribeAsync(intent.Id);
            Assert.Equal(number is null ? TransactionStatus.RolledBack : TransactionStatus.Committed, info.Status);
            Assert.Equal(number, info.HasCommitNumber ? (long)info.CommitNumber : null);
        }

        partition.Ended.Clear();
        var open = (await client.ListOpenAsync(space)).ToLookup(info => info.Label);
        foreach (var intent in partition.Open.ToList()) await SettleAsync(partition, intent, open[intent.Label].SingleOrDefault());
        foreach (var intent in partition.Open)
        {
            await CompareAsync(intent);
            if (random.Next(3) == 0) await WalkAsync(intent);
        }

        return partition.Open.Count;
    }

    /// <summary>Lets the daemon check all its spaces.</summary>
    public async Task VerifyAsync()
    {
        var spaces = 0;
        await foreach (var response in client.FollowAsync<VerifyRequest, VerifyResponse>("MapAdmin/Verify", new VerifyRequest()))
        {
            if (response.Space is not { } verified) continue;
            Assert.True(verified.FindingCount == 0, $"{verified.Name}: {verified.Findings}");
            spaces++;
        }

        Assert.Equal((await client.ListSpacesAsync()).Spaces.Count, spaces);
    }

    /// <summary>Compares what is saved; of tasks that were compared before, the keys alone, unless all is asked for.</summary>
    public async Task CompareSavedAsync(Partition partition, bool isWhole)
    {
        var keys = isWhole ? partition.Saved.Keys : [.. partition.Unseen];
        await LookAsync(transaction => CompareAsync(transaction, partition.Prefix, partition.Saved, keys));
        partition.Unseen.Clear();
    }

    /// <summary>Compares everything with what was saved as of a commit.</summary>
    public Task CompareSavedAsync(Partition partition, long asOf)
    {
        var saved = partition.SavedAsOf(asOf);
        return LookAsync(transaction => CompareAsync(transaction, partition.Prefix, saved, saved.Keys));
    }

    /// <summary>Compares the links that lead to the hubs with those of the tasks.</summary>
    public Task CompareHubsAsync(IReadOnlyList<KeyValuePair<string, TaskContent>> tasks) => LookAsync(async transaction =>
    {
        foreach (var hub in hubs) await CompareHubAsync(transaction, hub, tasks);
    });

    /// <summary>Looks with a transaction of its own.</summary>
    private async Task LookAsync(Func<TransactionId, Task> look)
    {
        var transaction = await client.BeginAsync(space, "inspection");
        await look(transaction);
        await client.MustAsync(transaction, TaskCalls.Rollback());
    }

    private async Task CompareAsync(TransactionId transaction, string prefix, Tasks saved, IEnumerable<string> keys)
    {
        Assert.Equal(saved.Keys, await client.KeysAsync(transaction, prefix));
        foreach (var key in keys)
            Assert.Equal($"{key}: {saved.GetValueOrDefault(key)?.Line}", $"{key}: {await client.LineAsync(transaction, key)}");
    }

    /// <summary>The links that lead to a hub, from its end.</summary>
    private async Task CompareHubAsync(TransactionId transaction, string hub, IReadOnlyList<KeyValuePair<string, TaskContent>> tasks)
    {
        var expected = tasks
            .Where(task => task.Value.Upon.Contains(hub)).Select(task => task.Key);
        var found = await client.RelatedAsync(transaction, await client.GetAsync(transaction, hub), TaskContent.UponInverse);
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    /// <summary>Finds out whether what was asked last took effect.</summary>
    private async Task SettleAsync(Partition partition, Intent intent, TransactionInfo? open)
    {
        if (intent.Asked == Asked.Begin)
        {
            if (open is null)
            {
                partition.Drop(intent);
                return;
            }

            intent.Id = open.TransactionId;
            intent.Settle();
        }

        var info = await client.DescribeAsync(intent.Id);
        switch (intent.Asked)
        {
            case Asked.Commit when info.Status == TransactionStatus.Committed:
                partition.Commit(intent, (long)info.CommitNumber);
                return;
            case Asked.Rollback when info.Status == TransactionStatus.RolledBack:
                partition.Rollback(intent);
                return;
            default:
                break;
        }

        Assert.Equal(TransactionStatus.Open, info.Status);
        Assert.Equal(intent.Id, open?.TransactionId);
        if (intent.Asked is Asked.Commit or Asked.Rollback || !await ShowsAsync(intent, intent.Then)) intent.Forget();
        else intent.Settle();
    }

    private async Task<bool> ShowsAsync(Intent intent, Tasks tasks)
    {
        foreach (var key in intent.Touched)
            if (await client.LineAsync(intent.Id, key) != tasks.GetValueOrDefault(key)?.Line) return false;
        return true;
    }

    /// <summary>Compares all that a transaction ever touched.</summary>
    private async Task CompareAsync(Intent intent)
    {
        foreach (var key in intent.Touched)
            Assert.Equal($"{key}: {intent.Now.GetValueOrDefault(key)?.Line}", $"{key}: {await client.LineAsync(intent.Id, key)}");
    }

    /// <summary>Walks the whole history and back to where the transaction was.</summary>
    private async Task WalkAsync(Intent intent)
    {
        var at = intent.At;
        while (intent.At > 0) await MoveAsync(intent, Asked.Undo, TaskCalls.Undo());
        await RefusesAsync(intent, TaskCalls.Undo(), ErrorCode.NothingToUndo);
        while (intent.At < intent.Last) await MoveAsync(intent, Asked.Redo, TaskCalls.Redo());
        await RefusesAsync(intent, TaskCalls.Redo(), ErrorCode.NothingToRedo);
        while (intent.At > at) await MoveAsync(intent, Asked.Undo, TaskCalls.Undo());
        await CompareAsync(intent);
    }

    private async Task MoveAsync(Intent intent, Asked direction, MutationCommand command)
    {
        var before = intent.Now;
        intent.Ask(direction);
        await client.MustAsync(intent.Id, command);
        intent.Settle();
        foreach (var key in intent.Touched)
        {
            if (before.GetValueOrDefault(key) == intent.Now.GetValueOrDefault(key)) continue;
            Assert.Equal($"{key}: {intent.Now.GetValueOrDefault(key)?.Line}", $"{key}: {await client.LineAsync(intent.Id, key)}");
        }
    }

    private async Task RefusesAsync(Intent intent, MutationCommand command, ErrorCode code)
    {
        var response = await client.MutateAsync(intent.Id, command);
        Assert.Equal(code, Assert.Single(response.Errors).Code);
    }
}

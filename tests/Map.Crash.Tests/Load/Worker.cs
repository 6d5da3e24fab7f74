using System.Collections.Immutable;
using System.Text.Json;
using Google.Protobuf;
using Map.Crash.Tests.Model;
using Map.Daemon.Tests;
using Map.V1;
using Tasks = System.Collections.Immutable.ImmutableSortedDictionary<string, Map.Crash.Tests.Model.TaskContent>;

namespace Map.Crash.Tests.Load;

/// <summary>
/// A client that edits its partition in a few transactions at a time, and commits, rolls back, undoes and loads, until
/// the daemon is gone. Each intent is noted before its request is sent.
/// </summary>
/// <param name="space">The space.</param>
/// <param name="hubs">Tasks that all clients link to.</param>
/// <param name="partition">The client's share.</param>
/// <param name="random">What it does.</param>
/// <param name="goesOn">Is asked after each acknowledged request.</param>
internal sealed class Worker(string space, IReadOnlyList<string> hubs, Partition partition, Random random, Func<bool> goesOn)
{
    private const int MaxOpen = 3;
    private const int MaxSteps = 30;
    private const int MaxLinks = 8;
    private const int MaxLoad = 40;
    private const int TriesForATask = 8;

    private MapClient _client = null!;

    /// <summary>Works until a call fails, or nothing more is to be done.</summary>
    public async Task RunAsync(MapClient client)
    {
        _client = client;
        do await ActAsync();
        while (goesOn());
    }

    private async Task ActAsync()
    {
        var open = partition.Open;
        if (open.Count == 0 || (open.Count < MaxOpen && random.Next(10) == 0))
        {
            await BeginAsync();
            return;
        }

        var intent = open[random.Next(open.Count)];
        var dice = random.Next(100);
        if ((dice < 12 && intent.At > 0) || intent.At >= MaxSteps) await CommitAsync(intent);
        else if (dice < 14) await RollbackAsync(intent);
        else if (dice < 24 && intent.At > 0) await MoveAsync(intent, Asked.Undo, TaskCalls.Undo());
        else if (dice < 32 && intent.At < intent.Last) await MoveAsync(intent, Asked.Redo, TaskCalls.Redo());
        else if (dice < 36) await LoadAsync(intent);
        else if (dice < 60) await StageAsync(intent);
        else if (dice < 70) await StageVersionAsync(intent);
        else if (dice < 76) await DeleteAsync(intent);
        else if (dice < 84) await SetAsync(intent);
        else if (dice < 92) await AddLinkAsync(intent);
        else await RemoveLinkAsync(intent);
    }

    private async Task BeginAsync()
    {
        var intent = partition.Begin();
        intent.Id = await _client.BeginAsync(space, intent.Label);
        intent.Settle();
    }

    private async Task CommitAsync(Intent intent)
    {
        intent.Ask(Asked.Commit);
        var saved = await _client.MustAsync(intent.Id, TaskCalls.Commit());
        partition.Commit(intent, (long)saved.Commit.CommitNumber);
    }

    private async Task RollbackAsync(Intent intent)
    {
        intent.Ask(Asked.Rollback);
        await _client.MustAsync(intent.Id, TaskCalls.Rollback());
        partition.Rollback(intent);
    }

    private async Task MoveAsync(Intent intent, Asked direction, MutationCommand command)
    {
        intent.Ask(direction);
        await _client.MustAsync(intent.Id, command);
        intent.Settle();
    }

    private async Task StepAsync(Intent intent, MutationCommand command, Tasks next)
    {
        intent.Ask(Asked.Step, next);
        await _client.MustAsync(intent.Id, command);
        intent.Settle();
    }

    private async Task StageAsync(Intent intent)
    {
        var key = partition.NewKey();
        var task = new TaskContent(random.Next(100), random.Next(2) == 0, PickTargets(intent), PickTask(intent), IsStaged: true);
        var content = new HolonContent { Descriptor_ = await _client.GetAsync(intent.Id, TaskContent.TypeKey), Key = key };
        content.Properties.AddRange(task.Properties(key));
        await AddTargetsAsync(intent, content, TaskContent.UponName, task.Upon);
        await AddTargetsAsync(intent, content, TaskContent.FollowsName, task.Follows is null ? [] : [task.Follows]);
        Claim(intent, [key, .. task.Upon, .. (string[])(task.Follows is null ? [] : [task.Follows])]);
        await StepAsync(
            intent,
            new MutationCommand { StageNewHolon = new StageNewHolonCommand { Content = content } },
            intent.Now.Add(key, task));
    }

    private async Task StageVersionAsync(Intent intent)
    {
        if (PickTask(intent) is not { } key || intent.Now[key].IsStaged)
        {
            await StageAsync(intent);
            return;
        }

        Claim(intent, [key]);
        var command = new StageNewVersionCommand { Holon = await _client.GetAsync(intent.Id, key) };
        await StepAsync(
            intent,
            new MutationCommand { StageNewVersion = command },
            intent.Now.SetItem(key, intent.Now[key] with { IsStaged = true }));
    }

    /// <summary>Deletes a task that no other leads to.</summary>
    private async Task DeleteAsync(Intent intent)
    {
        if (PickTask(intent) is not { } key || LeadsTo(intent.Now, key) || LeadsTo(partition.Saved, key))
        {
            await StageAsync(intent);
            return;
        }

        Claim(intent, [key]);
        var command = new DeleteHolonCommand { Holon = await _client.GetAsync(intent.Id, key) };
        await StepAsync(intent, new MutationCommand { DeleteHolon = command }, intent.Now.Remove(key));
    }

    private async Task SetAsync(Intent intent)
    {
        if (PickStaged(intent) is not { } key)
        {
            await StageAsync(intent);
            return;
        }

        // Always another value, so that every step shows.
        var task = intent.Now[key] with { Effort = intent.Now[key].Effort + 1 };
        var command = new WithPropertyValueCommand { Holon = await _client.GetAsync(intent.Id, key) };
        command.Properties.Add(new Property { Name = nameof(task.Effort), Value = new BaseValue { IntegerValue = task.Effort } });
        await StepAsync(intent, new MutationCommand { WithPropertyValue = command }, intent.Now.SetItem(key, task));
    }

    private async Task AddLinkAsync(Intent intent)
    {
        if (PickStaged(intent) is not { } key || PickTask(intent) is not { } target
            || intent.Now[key].Upon.Contains(target) || intent.Now[key].Upon.Count >= MaxLinks)
        {
            await StageAsync(intent);
            return;
        }

        Claim(intent, [target]);
        var command = new AddRelatedHolonsCommand { Holon = await _client.GetAsync(intent.Id, key), Name = TaskContent.UponName };
        command.Targets.Add(await _client.GetAsync(intent.Id, target));
        var task = intent.Now[key] with { Upon = intent.Now[key].Upon.Add(target) };
        await StepAsync(intent, new MutationCommand { AddRelatedHolons = command }, intent.Now.SetItem(key, task));
    }

    private async Task RemoveLinkAsync(Intent intent)
    {
        if (PickStaged(intent) is not { } key || intent.Now[key].Upon.IsEmpty)
        {
            await StageAsync(intent);
            return;
        }

        var upon = intent.Now[key].Upon;
        var target = upon[random.Next(upon.Count)];
        var command = new RemoveRelatedHolonsCommand { Holon = await _client.GetAsync(intent.Id, key), Name = TaskContent.UponName };
        command.Targets.Add(await _client.GetAsync(intent.Id, target));
        var task = intent.Now[key] with { Upon = upon.Remove(target) };
        await StepAsync(intent, new MutationCommand { RemoveRelatedHolons = command }, intent.Now.SetItem(key, task));
    }

    private async Task LoadAsync(Intent intent)
    {
        var next = intent.Now;
        var loaded = new List<string>();
        for (var left = random.Next(1, MaxLoad); left > 0; left--)
        {
            var key = partition.NewKey();
            var upon = ImmutableSortedSet.Create(StringComparer.Ordinal, [hubs[random.Next(hubs.Count)], .. loaded.TakeLast(2)]);
            next = next.Add(key, new TaskContent(random.Next(100), IsDone: false, upon, loaded.LastOrDefault(), IsStaged: true));
            loaded.Add(key);
        }

        Claim(intent, loaded);
        await StepAsync(intent, TaskCalls.Load(ImportFile.Of(next, loaded)), next);
    }

    private async Task AddTargetsAsync(Intent intent, HolonContent content, string name, params IEnumerable<string> targets)
    {
        var relationship = new Relationship { Name = name };
        foreach (var target in targets) relationship.Targets.Add(await _client.GetAsync(intent.Id, target));
        if (relationship.Targets.Count > 0) content.Relationships.Add(relationship);
    }

    private void Claim(Intent intent, IEnumerable<string> keys)
    {
        // Everybody links to the hubs, which nobody changes.
        foreach (var key in keys.Except(hubs)) partition.Claim(key, intent);
    }

    private ImmutableSortedSet<string> PickTargets(Intent intent)
    {
        var targets = ImmutableSortedSet.Create(StringComparer.Ordinal, hubs[random.Next(hubs.Count)]);
        for (var left = random.Next(3); left > 0; left--)
            if (PickTask(intent) is { } key) targets = targets.Add(key);
        return targets;
    }

    /// <summary>A task that the transaction sees, and can touch without a conflict.</summary>
    private string? PickTask(Intent intent)
    {
        for (var tries = 0; tries < TriesForATask && intent.Now.Count > 0; tries++)
        {
            // Late ones often: what was just made is touched again.
            var place = Math.Max(random.Next(intent.Now.Count), random.Next(intent.Now.Count));
            var key = intent.Now.Keys.ElementAt(place);
            if (partition.IsFree(key, intent)) return key;
        }

        return null;
    }

    private string? PickStaged(Intent intent)
    {
        var staged = intent.Touched.Where(key => intent.Now.GetValueOrDefault(key) is { IsStaged: true }).ToList();
        return staged.Count == 0 ? null : staged[random.Next(staged.Count)];
    }

    private static bool LeadsTo(Tasks tasks, string key) =>
        tasks.Values.Any(task => task.Follows == key || task.Upon.Contains(key));
}

/// <summary>Tasks in the import format.</summary>
internal static class ImportFile
{
    public static ByteString Of(Tasks tasks, IEnumerable<string> keys) => ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(new
    {
        holons = keys.Select(key => new
        {
            key,
            type = TaskContent.TypeKey,
            properties = tasks[key].Properties(key).ToDictionary(property => property.Name, property => ToJson(property.Value)),
            relationships = Relationships(tasks[key]),
        }),
    }));

    private static List<object> Relationships(TaskContent task)
    {
        var all = new List<object> { new { name = TaskContent.UponName, target = task.Upon.ToArray() } };
        if (task.Follows is { } before) all.Add(new { name = TaskContent.FollowsName, target = before });
        return all;
    }

    private static object ToJson(BaseValue value) => value.KindCase switch
    {
        BaseValue.KindOneofCase.StringValue => value.StringValue,
        BaseValue.KindOneofCase.IntegerValue => value.IntegerValue,
        BaseValue.KindOneofCase.DoubleValue => value.DoubleValue,
        BaseValue.KindOneofCase.BoolValue => value.BoolValue,
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };
}

using Tasks = System.Collections.Immutable.ImmutableSortedDictionary<string, Map.Crash.Tests.Model.TaskContent>;

namespace Map.Crash.Tests.Model;

/// <summary>
/// The tasks that one client alone writes, so that commits do not conflict: what is saved, and its open transactions.
/// </summary>
internal sealed class Partition(int number)
{
    private readonly Dictionary<string, long> _changed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Intent> _claims = new(StringComparer.Ordinal);
    private readonly List<(long Number, Tasks Saved)> _states = [];
    private long _commits;
    private int _transactions;
    private int _tasks;

    /// <summary>What the keys begin with.</summary>
    public string Prefix => $"c{number}-";

    public Tasks Saved { get; private set; } = Tasks.Empty.WithComparers(StringComparer.Ordinal);

    public List<Intent> Open { get; } = [];

    /// <summary>Ends since the last look, to be asked for after a crash.</summary>
    public List<(Intent Intent, long? CommitNumber)> Ended { get; } = [];

    /// <summary>Keys that were saved or deleted since the last look.</summary>
    public HashSet<string> Unseen { get; } = new(StringComparer.Ordinal);

    /// <summary>How many transactions were saved.</summary>
    public int Commits => (int)_commits;

    public string NewKey() => $"{Prefix}{_tasks++:D6}";

    public Intent Begin()
    {
        var intent = new Intent($"{Prefix}{_transactions++}", Saved, _commits);
        Open.Add(intent);
        return intent;
    }

    /// <summary>Whether a transaction can touch a task without a conflict.</summary>
    public bool IsFree(string key, Intent intent) =>
        _changed.GetValueOrDefault(key) <= intent.Since && (!_claims.TryGetValue(key, out var owner) || owner == intent);

    public void Claim(string key, Intent intent)
    {
        intent.Touched.Add(key);
        _claims[key] = intent;
    }

    /// <summary>What was saved as of a commit of the space.</summary>
    public Tasks SavedAsOf(long number) =>
        _states.LastOrDefault(state => state.Number <= number) is { Saved: { } saved } ? saved : Tasks.Empty;

    /// <summary>A transaction is saved.</summary>
    public void Commit(Intent intent, long number)
    {
        _commits++;
        foreach (var key in intent.Touched)
        {
            _changed[key] = _commits;
            Unseen.Add(key);
            if (!intent.Now.TryGetValue(key, out var task)) Saved = Saved.Remove(key);
            else if (task.IsStaged) Saved = Saved.SetItem(key, task with { IsStaged = false });
        }

        _states.Add((number, Saved));
        End(intent, number);
    }

    /// <summary>A transaction is rolled back.</summary>
    public void Rollback(Intent intent) => End(intent, null);

    /// <summary>Forgets a transaction that the daemon does not know.</summary>
    public void Drop(Intent intent)
    {
        Open.Remove(intent);
        foreach (var key in intent.Touched) _claims.Remove(key);
    }

    private void End(Intent intent, long? number)
    {
        Drop(intent);
        Ended.Add((intent, number));
    }
}

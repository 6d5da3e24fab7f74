using System.Collections.Immutable;
using Map.V1;
using Tasks = System.Collections.Immutable.ImmutableSortedDictionary<string, Map.Crash.Tests.Model.TaskContent>;

namespace Map.Crash.Tests.Model;

/// <summary>What was asked of the daemon, and is not answered yet.</summary>
internal enum Asked
{
    Nothing,
    Begin,
    Step,
    Undo,
    Redo,
    Commit,
    Rollback,
}

/// <summary>
/// The intent log of one transaction: what its client sees after each step, and what it asked for last. It is written
/// before the request is sent.
/// </summary>
/// <param name="label">Its label, by which it is found when the reply to Begin is lost.</param>
/// <param name="start">What its client has saved.</param>
/// <param name="since">When it began, in commits of its client.</param>
internal sealed class Intent(string label, Tasks start, long since)
{
    private readonly List<Tasks> _steps = [start];
    private Tasks? _next;

    public string Label => label;

    public long Since => since;

    public TransactionId Id { get; set; } = null!;

    /// <summary>Keys that it ever touched, or links that it made lead to.</summary>
    public HashSet<string> Touched { get; } = new(StringComparer.Ordinal);

    public Asked Asked { get; private set; } = Asked.Begin;

    /// <summary>The steps that are in effect.</summary>
    public int At { get; private set; }

    /// <summary>All steps, those that can be done again included.</summary>
    public int Last => _steps.Count - 1;

    public Tasks Start => start;

    public Tasks Now => _steps[At];

    public Tasks After(int steps) => _steps[steps];

    /// <summary>What is seen if the request took effect.</summary>
    public Tasks Then => Asked switch
    {
        Asked.Step => _next!,
        Asked.Undo => _steps[At - 1],
        Asked.Redo => _steps[At + 1],
        _ => Now,
    };

    public void Ask(Asked what, Tasks? next = null) => (Asked, _next) = (what, next);

    /// <summary>The request did not take effect.</summary>
    public void Forget() => Ask(Asked.Nothing);

    /// <summary>The request took effect.</summary>
    public void Settle()
    {
        switch (Asked)
        {
            case Asked.Step:
                _steps.RemoveRange(At + 1, Last - At);
                _steps.Add(_next!);
                At++;
                break;
            case Asked.Undo:
                At--;
                break;
            case Asked.Redo:
                At++;
                break;
            default:
                break;
        }

        Forget();
    }
}

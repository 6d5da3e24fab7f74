using System.Collections.Immutable;
using Map.V1;

namespace Map.Crash.Tests.Model;

/// <summary>What a task is to hold, in view of its transaction.</summary>
/// <param name="Effort">A property.</param>
/// <param name="IsDone">Another.</param>
/// <param name="Upon">Keys of the tasks that it depends upon.</param>
/// <param name="Follows">Key of the task before; null for none.</param>
/// <param name="IsStaged">Whether the transaction has it staged.</param>
internal sealed record TaskContent(long Effort, bool IsDone, ImmutableSortedSet<string> Upon, string? Follows, bool IsStaged)
{
    public const string TypeKey = "Task.HolonType";
    public const string UponName = "DependsUpon";
    public const string UponInverse = "NeededFor";
    public const string FollowsName = "Follows";

    private const double Weight = 0.25;

    /// <summary>Everything of it in a line, to compare and to show.</summary>
    public string Line => Text(IsStaged, Effort, IsDone, Weight, Upon, Follows is null ? [] : [Follows]);

    /// <summary>The properties as a client sends them.</summary>
    public IEnumerable<Property> Properties(string key) =>
    [
        new Property { Name = "Title", Value = new BaseValue { StringValue = key } },
        new Property { Name = nameof(Effort), Value = new BaseValue { IntegerValue = Effort } },
        new Property { Name = nameof(Weight), Value = new BaseValue { DoubleValue = Weight } },
        new Property { Name = nameof(IsDone), Value = new BaseValue { BoolValue = IsDone } },
    ];

    /// <summary>The line of a task as the daemon answers it.</summary>
    public static string LineOf(EssentialContent content, IEnumerable<string> upon, IEnumerable<string> follows)
    {
        var values = content.Properties.ToDictionary(property => property.Name, property => property.Value);
        Assert.Equal(content.Key, values["Title"].StringValue);
        Assert.Equal(content.Key, values["Key"].StringValue);
        Assert.Equal(5, values.Count);
        return Text(
            content.Reference.KindCase == HolonReference.KindOneofCase.Staged,
            values[nameof(Effort)].IntegerValue,
            values[nameof(IsDone)].BoolValue,
            values[nameof(Weight)].DoubleValue,
            upon.Order(StringComparer.Ordinal),
            follows);
    }

    private static string Text(
        bool isStaged, long effort, bool isDone, double weight, IEnumerable<string> upon, IEnumerable<string> follows) =>
        FormattableString.Invariant(
            $"{(isStaged ? "staged" : "saved")}, effort {effort}, {(isDone ? "done" : "open")}, weight {weight}, ")
        + $"upon [{string.Join(", ", upon)}], follows [{string.Join(", ", follows)}]";
}

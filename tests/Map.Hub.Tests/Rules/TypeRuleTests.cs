using System.Text.RegularExpressions;
using Map.Core.Validation;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests.Rules;

/// <summary>
/// Every rule of types, from each of its sides: a small graph that satisfies it and one that violates it, over the core schema.
/// </summary>
public sealed partial class TypeRuleTests : IDisposable
{
    private readonly TestHub _hub = new();

    public static TheoryData<string, bool> Runs
    {
        get
        {
            var runs = new TheoryData<string, bool>();
            foreach (var example in RuleCases.All)
                foreach (var over in (Over[])[Over.Nothing, Over.Saved])
                    if (example.Over.HasFlag(over)) runs.Add(example.ToString(), over == Over.Saved);
            return runs;
        }
    }

    public void Dispose() => _hub.Dispose();

    [Theory]
    [MemberData(nameof(Runs))]
    internal void Commit_and_Validate_tell_what_violates_a_rule_and_nothing_else(string name, bool isOverSaved)
    {
        var example = RuleCases.All.Single(each => each.ToString() == name);
        foreach (var enforces in (bool[])[true, false])
        {
            AssertTold(Prepare("broken", example, isOverSaved, enforces), example, enforces);
            AssertFine(Prepare("fine", example, isOverSaved, enforces), example);
        }
    }

    [Fact]
    public void Every_rule_has_an_example_that_breaks_it_and_every_example_a_name_of_its_own()
    {
        Assert.Equal(Enum.GetValues<TypeRule>(), RuleCases.All.Select(example => example.Rule).Distinct().Order());
        Assert.Equal(RuleCases.All.Count, RuleCases.All.Select(example => example.ToString()).Distinct().Count());
        Assert.All(RuleCases.All, example => Assert.Contains(example.Findings, finding => finding.Rule == example.Rule));
    }

    /// <summary>A transaction in a new space, with what is given before.</summary>
    internal TestTransaction Prepare(string name, RuleCase example, bool isOverSaved, bool enforces)
    {
        var space = _hub.NewSpace($"{name} {(enforces ? "enforces" : "reports")}", enforces: enforces);
        var transaction = Take(_hub.Begin(space), example);
        if (!isOverSaved) return transaction;
        transaction.Commit();
        return _hub.Begin(space);
    }

    private static void AssertFine(TestTransaction transaction, RuleCase example)
    {
        foreach (var step in example.Satisfies) step.Take(transaction);
        Assert.Equal(([], []), Validate(transaction));
        var response = transaction.Send(CommitMutation);
        Assert.True(response.Success, Text(response.Errors));
        Assert.Empty(response.Errors);
    }

    private static void AssertTold(TestTransaction transaction, RuleCase example, bool enforces)
    {
        foreach (var step in example.Violates) step.Take(transaction);
        var (errors, warnings) = Validate(transaction);
        Assert.Equal(example.Findings, errors.Concat(warnings));
        // What fails a commit everywhere, and what never does.
        Assert.All(errors, finding => Assert.True(enforces || finding.Rule.IsStructural()));
        Assert.All(warnings, finding => Assert.True(finding.Rule == TypeRule.InstancesConform || !(enforces || finding.Rule.IsStructural())));
        var before = transaction.Full();
        var response = transaction.Send(CommitMutation);
        if (errors.Count == 0)
        {
            Assert.True(response.Success, Text(response.Errors));
            Assert.Equal(warnings.Select(each => each.Sentence), response.Errors.Select(Sentence));
            return;
        }

        response.Refused(ErrorCode.ValidationFailed);
        Assert.Equal(errors, response.Errors.Skip(1).Select(error => Told(transaction, error)));
        Assert.Equal(before, transaction.Full());
    }

    internal static (List<Finding> Errors, List<Finding> Warnings) Validate(TestTransaction transaction)
    {
        var findings = transaction.Ok(new QueryCommand { Validate = new ValidateQuery() }).Findings;
        return (
            [.. findings.Errors.Select(error => Told(transaction, error))],
            [.. findings.Warnings.Select(error => Told(transaction, error))]);
    }

    private static Finding Told(TestTransaction transaction, HolonError error)
    {
        var key = transaction.Ok(new QueryCommand { Key = new KeyQuery { Holon = error.Reference } }).Key.Key;
        return new Finding(Enum.Parse<TypeRule>(error.Details.Rule), error.Code, key, error.Field, Sentence(error));
    }

    private static string Sentence(HolonError error) => Id().Replace(error.Message, "{id}");

    private static string Text(IEnumerable<HolonError> errors) => string.Join("; ", errors.Select(error => $"{error.Code}: {error.Message}"));

    private static TestTransaction Take(TestTransaction transaction, RuleCase example)
    {
        if (example.Types.Length > 0) Step.Load([Part.TheSchema, .. example.Types]).Take(transaction);
        foreach (var step in example.Given) step.Take(transaction);
        return transaction;
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();
}

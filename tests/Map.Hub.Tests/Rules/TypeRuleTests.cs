using System.Text.RegularExpressions;
using Map.Core.Validation;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests.Rules;

/// <summary>
/// Every rule of types, from each of its sides: a small graph that satisfies it and one that violates it, over the core schema.
/// </summary>
public sealed partial class TypeRuleTests : IClassFixture<RuleSpaces>
{
    private readonly RuleSpaces _spaces;

    public TypeRuleTests(RuleSpaces spaces) => _spaces = spaces;

    public static TheoryData<string, bool, bool> Runs
    {
        get
        {
            var runs = new TheoryData<string, bool, bool>();
            foreach (var example in RuleCases.All)
            {
                if (example.Over.HasFlag(Over.Nothing)) runs.Add(example.ToString(), false, true);
                if (example.Over.HasFlag(Over.Saved)) runs.Add(example.ToString(), true, true);
                runs.Add(example.ToString(), example.Over.HasFlag(Over.Saved), false);
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Commit_and_Validate_tell_what_violates_a_rule_and_nothing_else(string name, bool isOverSaved, bool enforces)
    {
        var example = RuleCases.All.Single(each => each.ToString() == name);
        AssertTold(Prepare(example, isOverSaved, enforces), example, enforces);
        if (enforces) AssertFine(Prepare(example, isOverSaved, enforces), example);
    }

    [Fact]
    public void Every_rule_has_an_example_that_breaks_it_and_every_example_a_name_of_its_own()
    {
        Assert.Equal(Enum.GetValues<TypeRule>(), RuleCases.All.Select(example => example.Rule).Distinct().Order());
        Assert.Equal(RuleCases.All.Count, RuleCases.All.Select(example => example.ToString()).Distinct().Count());
        Assert.All(RuleCases.All, example => Assert.Contains(example.Findings, finding => finding.Rule == example.Rule));
    }

    /// <summary>A transaction in a space of nothing but the core schema and what is given before.</summary>
    internal TestTransaction Prepare(RuleCase example, bool isOverSaved, bool enforces)
    {
        var transaction = Take(_spaces.BeginAnew(enforces), example);
        if (!isOverSaved) return transaction;
        transaction.Commit();
        return _spaces.Begin(enforces);
    }

    private static void AssertFine(TestTransaction transaction, RuleCase example)
    {
        foreach (var step in example.Satisfies) step.Take(transaction);
        var (errors, warnings) = Validate(transaction);
        Assert.Empty(errors.Concat(warnings));
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

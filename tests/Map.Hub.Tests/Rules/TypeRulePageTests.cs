using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using Map.Core.Validation;
using Map.Fixtures;
using Map.V1;

namespace Map.Hub.Tests.Rules;

/// <summary>The page of rules is made of the examples that the tests run; <c>MAP_UPDATE_DOCS=1</c> writes it anew.</summary>
public partial class TypeRulePageTests
{
    private static readonly string Page = Path.Combine(RepositoryFiles.Docs, "type-rules.md");

    [Fact]
    public void The_page_of_rules_is_up_to_date()
    {
        var text = Render();
        if (Environment.GetEnvironmentVariable("MAP_UPDATE_DOCS") == "1") File.WriteAllText(Page, text);
        Assert.True(text == File.ReadAllText(Page), $"{Page} is not what the examples say. Run: MAP_UPDATE_DOCS=1 ./build.sh test");
    }

    private static string Render()
    {
        var page = new StringBuilder("""
            # Rules of types

            What must hold of holons by their types, rule by rule. `Commit` judges all that is staged over the latest commit, `Validate`
            tells the same on demand; each violation names the holon (`subject`), its property or relationship (`field`), the rule
            (`details.rule`, as the headings here) and says in a sentence what is wrong. In a space that was created with
            `report` they are warnings, but for those that the store itself hangs on (*always*).

            Each example is run by a test over the core schema, staged with its types in one transaction and, where it can be,
            over saved ones. Names of types and values are shortened here; `{id}` stands for the id of a holon. This page is generated
            by a test from the examples.

            """);
        var what = Summaries();
        foreach (var rule in RuleCases.All.GroupBy(example => example.Rule))
        {
            var told = rule.Key == TypeRule.InstancesConform ? "a warning" : rule.Key.IsStructural() ? "always" : "where types are enforced";
            page.Append($"\n## {rule.Key}\n\n{what[rule.Key]} Told {told}.\n\n");
            page.Append("| Of | With | Fine | Violates it | Told then |\n|---|---|---|---|---|\n");
            foreach (var example in rule) AppendRow(page, example);
        }

        return page.ToString();
    }

    private static void AppendRow(StringBuilder page, RuleCase example)
    {
        IEnumerable<string> given = [.. example.Types.Select(part => part.Text), .. example.Given.Select(step => step.Text)];
        var told = example.Findings.Select(finding =>
        {
            var other = finding.Rule == example.Rule ? "" : $"{finding.Rule}, ";
            var at = finding.Field.Length > 0 ? $" at {finding.Field}" : "";
            return $"{other}`{WireName(finding.Code)}`{at}: {Escape(finding.Sentence)}";
        });
        page.Append($"| {example.Side} | {Lines(given)} | {Lines(example.Satisfies.Select(step => step.Text))} | ")
            .Append($"{Lines(example.Violates.Select(step => step.Text))} | {string.Join("<br>", told)} |\n");
    }

    private static string Lines(IEnumerable<string> texts) => string.Join("<br>", texts.Where(text => text.Length > 0).Select(Escape));

    private static string Escape(string text) => text
        .Replace("|", "\\|", StringComparison.Ordinal).Replace("->", "-&gt;", StringComparison.Ordinal)
        .Replace("[", "\\[", StringComparison.Ordinal);

    private static string WireName(ErrorCode code) =>
        typeof(ErrorCode).GetField(code.ToString())!.GetCustomAttribute<OriginalNameAttribute>()!.Name.Replace("ERROR_CODE_", "");

    /// <summary>What the source says of each rule.</summary>
    private static Dictionary<TypeRule, string> Summaries()
    {
        var source = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "src", "shared", "Map.Core", "Validation", "TypeRule.cs"));
        var found = Summary().Matches(source).Where(match => Enum.IsDefined(typeof(TypeRule), match.Groups["rule"].Value));
        return found.ToDictionary(
            match => Enum.Parse<TypeRule>(match.Groups["rule"].Value),
            match => match.Groups["text"].Value.Replace("<c>", "`", StringComparison.Ordinal).Replace("</c>", "`", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"/// <summary>(?<text>.+)</summary>\s+(?<rule>\w+),")]
    private static partial Regex Summary();
}

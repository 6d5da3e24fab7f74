using System.Text;
using Map.Core.Loading;
using Map.Fixtures;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests.Rules;

/// <summary>
/// What our validation finds in the schemas that the field publishes, each group with its reason; <c>MAP_UPDATE_DOCS=1</c> writes
/// the page anew.
/// </summary>
public sealed class PublishedFindingsTests : IDisposable
{
    private const int MaxNamed = 4;

    private static readonly string Page = Path.Combine(RepositoryFiles.Docs, "published-schemas.md");

    private static readonly Dictionary<string, string> _reasons = new()
    {
        ["PropertyRequired SchemaName"] =
            "`MetaTypeDescriptor` lists SchemaName, which is required, among the properties of every type descriptor; only the four "
            + "schemas have one. Types name their schema by `ComponentOf`.",
        ["PropertyRequired Description"] = "The schema of commands says nothing of itself; that of schemas requires it.",
        ["PropertyRequired Arity"] = "The abstract root of operators is described by the meta type of operators, and is none itself.",
        ["PropertyRequired OperatorCategory"] = "As with Arity: the abstract root is no operator.",
        ["PropertyRequired DeletionSemantic"] = "The abstract roots of relationship types are described as relationship types, and are none.",
        ["PropertyRequired MinCardinality"] = "As with DeletionSemantic: the abstract roots are no relationships.",
        ["KeyFollowsRule Key"] =
            "The TypeName of these two is that of the type that they extend, where their keys name them: a slip of the pen.",
        ["MemberCount InstanceKeyRule"] =
            "The relationship is 1..1 of each holon type, but a key rule is inherited along Extends, and most types rely on that.",
        ["MemberCount ElementValueType"] = "The abstract roots of list types have no items to be of a type.",
        ["MemberCount ValueType"] = "The abstract root of property types has no values.",
        ["MemberCount HasInverse"] = "The abstract root of declared relationship types is no relationship, and so has no inverse.",
        ["MemberCount SourceType"] = "The abstract roots of relationship types are no relationships, and so lead from nowhere.",
        ["MemberCount TargetType"] = "As with SourceType: they lead nowhere.",
        ["MemberCount Response"] = "The abstract root of dances answers nothing.",
    };

    private readonly TestHub _hub = new();

    public void Dispose() => _hub.Dispose();

    [PublishedSchemasFact]
    public void The_page_of_published_schemas_tells_every_violation_with_its_reason()
    {
        var found = Find();
        Assert.Equal(_reasons.Keys.Order(StringComparer.Ordinal), found.Select(group => group.Key).Order(StringComparer.Ordinal));
        var text = Render(found);
        if (Environment.GetEnvironmentVariable("MAP_UPDATE_DOCS") == "1") File.WriteAllText(Page, text);
        Assert.True(text == File.ReadAllText(Page), $"{Page} is not what is found. Run: MAP_UPDATE_DOCS=1 ./build.sh test");
    }

    [PublishedSchemasFact]
    public void They_are_saved_with_warnings_where_a_space_reports_and_refused_where_it_enforces()
    {
        var reported = Load(enforces: false).Send(CommitMutation);
        Assert.True(reported.Success);
        Assert.NotEmpty(reported.Errors);
        var enforced = Load(enforces: true);
        var refused = enforced.Send(CommitMutation);
        refused.Refused(ErrorCode.ValidationFailed);
        Assert.Equal(Told(reported.Errors), Told(refused.Errors.Skip(1)));
        Assert.Equal(325UL, enforced.StagedCount());

        static IEnumerable<string> Told(IEnumerable<HolonError> errors) =>
            errors.Select(error => $"{error.Details.Rule} {error.Field} {error.Message}").Order(StringComparer.Ordinal);
    }

    private List<IGrouping<string, (string Key, HolonError Error)>> Find()
    {
        var transaction = Load(enforces: false);
        var findings = transaction.Ok(new QueryCommand { Validate = new ValidateQuery() }).Findings;
        Assert.Empty(findings.Errors);
        return [.. findings.Warnings.Select(error => (Key(error), error))
            .OrderBy(each => each.Item1, StringComparer.Ordinal)
            .GroupBy(each => $"{each.error.Details.Rule} {each.error.Field}")
            .OrderBy(group => group.Key, StringComparer.Ordinal)];

        string Key(HolonError error) => transaction.Ok(new QueryCommand { Key = new KeyQuery { Holon = error.Reference } }).Key.Key;
    }

    private TestTransaction Load(bool enforces)
    {
        var transaction = _hub.Begin(_hub.NewSpace(enforces ? "enforces" : "reports", [], enforces));
        transaction.Load([.. Directory.GetDirectories(RepositoryFiles.PublishedSchemas).Order(StringComparer.Ordinal).SelectMany(TestHub.Files)]);
        return transaction;
    }

    private static string Render(List<IGrouping<string, (string Key, HolonError Error)>> found)
    {
        var page = new StringBuilder($"""
            # The published schemas under our validation

            The schemas that the field publishes (core, dances, commands and a test, 325 holons) load as they are, and say of themselves
            what they do not keep: {found.Sum(group => group.Count()):N0} violations, of the {found.Count} kinds below. In a space
            that was created with `report` they are warnings, and the schemas are saved; an enforcing space refuses them, and uses
            the core schema of this repository instead. No code makes an exception of them. This page is generated by a test.

            | Rule | At | Count | Reason | Holons | For instance |
            |---|---|---|---|---|---|

            """);
        foreach (var group in found)
        {
            var (rule, field) = (group.First().Error.Details.Rule, group.First().Error.Field);
            var more = group.Count() - MaxNamed;
            var named = string.Join("<br>", group.Take(MaxNamed).Select(each => each.Key)) + (more > 0 ? $"<br>and {more:N0} more" : "");
            page.Append($"| [{rule}](type-rules.md#{rule.ToLowerInvariant()}) | {field} | {group.Count():N0} | {_reasons[group.Key]} | ")
                .Append($"{named} | {group.First().Error.Message} |\n");
        }

        return page.ToString();
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using Map.V1;

namespace Map.Daemon.CommandLine.Queries;

/// <summary>A query as options. They make the object that docs/queries.md describes, steps in the order in which they stand.</summary>
internal static class QueryOptions
{
    private static readonly Option<string[]> From = New<string[]>("--from", "type", "Begin with the holons of a type, and of those that extend it");

    private static readonly Option<string[]> Key = New<string[]>("--key", "key", "Begin with the holon of a key");

    private static readonly Option<string[]> Id = New<string[]>("--id", "id", "Begin with the holon of an id, as --json shows it");

    private static readonly Option<string[]> Where = New<string[]>("--where", "condition", "Keep what meets a condition, as \"Year >= 1850\"");

    private static readonly Option<string[]> Follow = New<string[]>("--follow", "names", "Go to the members under a name, or one of several");

    private static readonly Option<string[]> Depth = New<string[]>(
        "--depth", "links", "Of the --follow before: over so many links, as 2 or 1..3 [default: 1]");

    private static readonly Option<bool> Distinct = new("--distinct") { Description = "Each holon once, not for each way to it" };

    private static readonly Option<string[]> OrderBy = New<string[]>("--order-by", "names", "Order by properties; by -Name from last to first");

    private static readonly Option<string> Limit = New<string>("--limit", "number", "So many rows at most");

    private static readonly Option<string[]> Select = New<string[]>("--select", "names", "Properties to show");

    /// <summary>All of them, in the order in which help has them.</summary>
    public static IReadOnlyList<Option> All { get; } = [From, Key, Id, Where, Follow, Depth, Distinct, OrderBy, Limit, Select];

    /// <summary>Reads the options as they stand on the command line.</summary>
    public static ParsedQuery Read(ParseResult result)
    {
        var problems = new List<QueryProblem>();
        var reader = new Reader(problems) { IsDistinct = result.GetValue(Distinct) };
        var option = "";
        foreach (var token in result.Tokens)
        {
            if (token.Type == TokenType.Argument && option.Length > 0) reader.Take(option, token.Value);
            option = token.Type == TokenType.Option ? token.Value : "";
        }

        return ParsedQuery.FromNode(reader.End(), problems);
    }

    private static Option<T> New<T>(string name, string helpName, string description) => new(name) { HelpName = helpName, Description = description };

    /// <summary>Collects the parts of one query.</summary>
    private sealed class Reader(List<QueryProblem> problems)
    {
        private static readonly QueryPlace Whole = new("the command line");

        private readonly List<QueryNode> _seeds = [];
        private readonly List<QueryNode> _steps = [];
        private readonly List<QueryNode> _order = [];
        private readonly List<QueryNode> _select = [];
        private readonly List<QueryField> _fields = [];

        // Of the last --follow, which a --depth behind it belongs to.
        private List<QueryField>? _follow;

        public bool IsDistinct { private get; init; }

        public void Take(string option, string text)
        {
            var place = new QueryPlace($"{option} {Output.ShellWord(text)}");
            if (option == From.Name) _seeds.Add(Object(place, ("type", Text(place, text))));
            else if (option == Key.Name) _seeds.Add(Object(place, ("key", Text(place, text))));
            else if (option == Id.Name) _seeds.Add(Object(place, ("id", Text(place, text))));
            else if (option == Where.Name) _steps.Add(Object(place, ("where", ConditionText.Read(text, place, problems))));
            else if (option == Follow.Name) TakeFollow(text, place);
            else if (option == Depth.Name) TakeDepth(text, place);
            else if (option == OrderBy.Name) _order.AddRange(Names(text).Select(name => Order(place, name)));
            else if (option == Limit.Name) _fields.Add(new QueryField("limit", place, Number(place, text)));
            else if (option == Select.Name) _select.AddRange(Names(text).Select(name => Text(place, name)));
        }

        public QueryObject End()
        {
            if (_seeds.Count == 0) problems.Add(new QueryProblem(Whole, "a query, or where to begin (--from, --key, --id), is missing."));
            else _fields.Add(new QueryField("from", Whole, new QueryList(Whole, _seeds)));
            _fields.Add(new QueryField("steps", Whole, new QueryList(Whole, _steps)));
            _fields.Add(new QueryField("distinct", Whole, new QueryScalar(Whole, new BaseValue { BoolValue = IsDistinct })));
            _fields.Add(new QueryField("orderBy", Whole, new QueryList(Whole, _order)));
            _fields.Add(new QueryField("select", Whole, new QueryList(Whole, _select)));
            return new QueryObject(Whole, _fields);
        }

        private void TakeFollow(string text, QueryPlace place)
        {
            var names = new QueryList(place, [.. Names(text).Select(name => Text(place, name))]);
            _follow = [new QueryField("follow", place, names)];
            _steps.Add(new QueryObject(place, _follow));
        }

        private void TakeDepth(string text, QueryPlace place)
        {
            if (_follow is null) problems.Add(new QueryProblem(place, "it stands behind the --follow that it belongs to."));
            else if (_follow.Count > 1) problems.Add(new QueryProblem(place, "its --follow has a depth already."));
            else _follow.Add(new QueryField("depth", place, DepthOf(text, place)));
        }

        private QueryNode DepthOf(string text, QueryPlace place)
        {
            QueryScalar[] numbers = [.. text.Split("..").Select(number => Number(place, number))];
            if (numbers.Length <= 2 && numbers.All(number => number.Value is { HasIntegerValue: true, IntegerValue: >= 0 and <= uint.MaxValue }))
                return numbers is [var only] ? only : new QueryList(place, numbers);
            problems.Add(new QueryProblem(place, "it is a number of links, as 2, or the least and the most, as 1..3."));
            return new QueryUnreadable(place);
        }

        private static QueryNode Order(QueryPlace place, string name) => name.StartsWith('-')
            ? Object(place, ("property", Text(place, name[1..])), ("descending", new QueryScalar(place, new BaseValue { BoolValue = true })))
            : Text(place, name);

        private static QueryScalar Number(QueryPlace place, string text) =>
            QueryNumber.Read(Encoding.UTF8.GetBytes(text)) is { } number ? new QueryScalar(place, number) : Text(place, text);

        private static QueryScalar Text(QueryPlace place, string text) => new(place, new BaseValue { StringValue = text });

        private static QueryObject Object(QueryPlace place, params (string Name, QueryNode Value)[] fields) =>
            new(place, [.. fields.Select(field => new QueryField(field.Name, place, field.Value))]);

        private static string[] Names(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}

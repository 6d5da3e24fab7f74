using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Map.Daemon.CommandLine.Queries;
using Map.Fixtures;
using Map.V1;

namespace Map.Daemon.Tests.Queries;

/// <summary>Queries as JSON objects: the messages that they give, and what is told where they are wrong.</summary>
public sealed class PlainQueryTests
{
    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order()];

    private static string Folder => Path.Combine(RepositoryFiles.Root, "tests", "fixtures", "queries");

    [Theory]
    [MemberData(nameof(Files))]
    public void An_object_gives_its_message(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, $"{file}.json")));
        var query = Parse(json.RootElement.GetProperty("query").GetRawText());
        Assert.Empty(query.Problems);
        Assert.Equal(JsonParser.Default.Parse<TraverseQuery>(json.RootElement.GetProperty("message").GetRawText()), query.Message);
    }

    [Fact]
    public void The_files_have_each_comparison_and_each_part_of_the_message()
    {
        var text = string.Concat(Directory.GetFiles(Folder, "*.json").Select(File.ReadAllText));
        Assert.All(ComparisonsOfTheContract, value => Assert.Contains($"\"{value.Name}\"", text));
        // What a query as an object does not have: references of a transaction, pages, plans, kinds that values get from their properties.
        string[] without = ["holon", "page", "explain", "enumValue", "bytesValue", "timestampValue"];
        var names = PartsOf(TraverseQuery.Descriptor, []).Select(field => field.JsonName).Distinct().Except(without).ToArray();
        Assert.Contains("maxDepth", names);
        Assert.All(names, name => Assert.Contains($"\"{name}\":", text));
    }

    [Theory]
    [InlineData("", "", "Not well-formed JSON")]
    [InlineData("{\n  \"from\": Book }", "Book", "Not well-formed JSON")]
    [InlineData("{\"from\": \"Book\"} x", "x", "Not well-formed JSON")]
    [InlineData("{\"from\": \"Book\", }", "}", "Not well-formed JSON")]
    [InlineData("{\"from\": \"\\ud800\"}", "\"\\ud800\"", "The text is not well-formed Unicode.")]
    [InlineData("[]", "[]", "A query is an object, as {\"from\": \"Book\"}.")]
    [InlineData("{}", "{}", "The query does not say where to begin: \"from\" is missing.")]
    [InlineData("{\"from\": \"B\", \"form\": \"Book\"}", "\"form\"", "Unknown field \"form\". Did you mean 'from'?")]
    [InlineData("{\"from\": \"B\", \"having\": 1}", "\"having\"", "Unknown field \"having\". There are: from, steps, distinct, orderBy, limit, select.")]
    [InlineData("{\"from\": []}", "[]", "\"from\" is empty. Name one at least.")]
    [InlineData("{\"from\": 1}", "1", "A seed is the name of a type or an object")]
    [InlineData("{\"from\": null}", "null", "null says nothing.")]
    [InlineData("{\"from\": \"A\", \"from\": \"B\"}", "\"from\": \"B\"", "\"from\" stands twice in this object.")]
    [InlineData("{\"from\": {\"key\": 7}}", "7", "\"key\" is text.")]
    [InlineData("{\"from\": {\"key\": \"A\", \"exact\": true}}", "\"exact\"", "\"exact\" cannot stand beside \"key\".")]
    [InlineData("{\"from\": {\"id\": \"0196d5a0-7c1e-7b32-9f00-1a2b3c4d5e6f/0196d5a0-7c1e-7b32-9f00-1a2b3c4d5e6f\", \"type\": \"B\"}}", "\"type\"", "\"type\" cannot stand beside \"id\".")]
    [InlineData("{\"from\": {\"id\": \"0196d5a0-7c1e-7b32-9f00-1a2b3c4d5e6f\"}}", "\"0196", "\"id\" is two UUIDs with '/' in between")]
    [InlineData("{\"from\": {\"exact\": \"yes\"}}", "\"yes\"", "\"exact\" is true or false.")]
    [InlineData("{\"from\": \"B\", \"limit\": -1}", "-1", "\"limit\" is a whole number, not negative.")]
    [InlineData("{\"from\": \"B\", \"limit\": 1.5}", "1.5", "\"limit\" is a whole number, not negative.")]
    [InlineData("{\"from\": \"B\", \"distinct\": 1}", "1", "\"distinct\" is true or false.")]
    [InlineData("{\"from\": \"B\", \"select\": \"Name\"}", "\"Name\"", "\"select\" is a list of names of properties.")]
    [InlineData("{\"from\": \"B\", \"select\": [\"A\", 1]}", "1", "Here stands the name of a property.")]
    [InlineData("{\"from\": \"B\", \"orderBy\": [{\"descending\": true}]}", "{\"desc", "The order has no \"property\".")]
    [InlineData("{\"from\": \"B\", \"orderBy\": [1]}", "1", "An order is the name of a property")]
    [InlineData("{\"from\": \"B\", \"steps\": {}}", "{}", "\"steps\" is a list of steps.")]
    public void What_is_wrong_with_a_query_is_told_with_its_place(string text, string at, string problem) => Refused(text, at, problem);

    [Theory]
    [InlineData("{}", "{}", "A step is an object, {\"where\": condition} or {\"follow\": relationship}.")]
    [InlineData("7", "7", "A step is an object")]
    [InlineData("{\"folow\": \"A\"}", "\"folow\"", "Unknown field \"folow\". Did you mean 'follow'?")]
    [InlineData("{\"follow\": \"A\", \"where\": {\"B\": 1}}", "\"where\"", "\"where\" cannot stand beside \"follow\".")]
    [InlineData("{\"where\": {\"B\": 1}, \"depth\": 2}", "\"depth\"", "Only a step with \"follow\" has a depth.")]
    [InlineData("{\"follow\": [1]}", "1", "\"follow\" is the name of a relationship, or a list of names.")]
    [InlineData("{\"follow\": []}", "[]", "\"follow\" is empty. Name one at least.")]
    [InlineData("{\"follow\": \"A\", \"depth\": [1, 2, 3]}", "[1, 2", "\"depth\" is a number of links, as 2, or a list")]
    [InlineData("{\"follow\": \"A\", \"depth\": -1}", "-1", "\"depth\" is a number of links")]
    [InlineData("{\"follow\": \"A\", \"depth\": [1, 4294967296]}", "4294967296", "\"depth\" is a number of links")]
    [InlineData("{\"where\": \"Form = Novel\"}", "\"Form", "A condition is an object, as {\"Form\": \"Novel\"}")]
    [InlineData("{\"where\": {}}", "{}", "The condition says nothing.")]
    [InlineData("{\"where\": {\"Year\": {}}}", "{}", "The property \"Year\" is compared with nothing.")]
    [InlineData("{\"where\": {\"Year\": {\"atleast\": 1}}}", "\"atleast\"", "Unknown comparison \"atleast\". Did you mean 'atLeast'?")]
    [InlineData("{\"where\": {\"Year\": {\"oneOf\": 1}}}", "1", "\"oneOf\" is a list of values.")]
    [InlineData("{\"where\": {\"Year\": {\"exists\": 1}}}", "1", "\"exists\" is true or false.")]
    [InlineData("{\"where\": {\"Year\": {\"less\": {}}}}", "{}", "A value is text, a number, true, false or a list of these.")]
    [InlineData("{\"where\": {\"Year\": 12345678901234567890}}", "1234", "The number is out of range")]
    [InlineData("{\"where\": {\"Year\": 1e400}}", "1e400", "The number is out of range")]
    [InlineData("{\"where\": {\"Year\": [1, [2]]}}", "[2]", "A list of values has no lists in it.")]
    [InlineData("{\"where\": {\"Year\": [1, \"2\"]}}", "[1", "The items of a list of values are of one kind.")]
    [InlineData("{\"where\": {\"all\": []}}", "[]", "\"all\" is a list of conditions, of one at least.")]
    [InlineData("{\"where\": {\"any\": {\"A\": 1}}}", "{\"A\"", "\"any\" is a list of conditions, of one at least.")]
    [InlineData("{\"where\": {\"not\": \"Novel\"}}", "\"Novel\"", "A condition is an object")]
    [InlineData("{\"where\": {\"isA\": 1}}", "1", "\"isA\" is the key of a type.")]
    public void What_is_wrong_with_a_step_is_told_with_its_place(string step, string at, string problem) =>
        Refused($$"""{"from": "Book", "steps": [{{step}}]}""", at, problem);

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once_with_lines_and_columns()
    {
        var query = Parse("""
            {
              "from": { "typ": "Book" },
              "steps": [
                { "where": { "Form": null } },
                { "follow": "AuthoredBy", "dept": 2 }
              ],
              "limit": "ten"
            }
            """);
        Assert.Equal(["q:2:13", "q:4:26", "q:5:31", "q:7:12"], query.Problems.Select(problem => problem.Place.ToString()));
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over()
    {
        var query = ParsedQuery.FromJson("q", Encoding.UTF8.GetPreamble().Concat("{\"from\": 1}"u8.ToArray()).ToArray());
        Assert.Equal("q:1:10", query.Problems.Single().Place.ToString());
    }

    [Theory]
    [InlineData("seeds[0]", "{}, {")]
    [InlineData("seeds[1].list.type", "\"Book\", \"keyPrefix\"")]
    [InlineData("seeds[1].list.type.name", "\"Book\", \"keyPrefix\"")]
    [InlineData("seeds[1].list.key_prefix", "\"A\" }")]
    [InlineData("seeds[2].key.type", "\"Book\" }]")]
    [InlineData("steps", "\"steps\"")]
    [InlineData("steps[0].where", "\"Form\": \"Novel\"")]
    [InlineData("steps[0].where.property.name", "\"Form\"")]
    [InlineData("steps[0].where.property.values[0]", "\"Novel\"")]
    [InlineData("steps[1].where.all.conditions[0].property", "\"Year\"")]
    [InlineData("steps[1].where.all.conditions[1].property.values[0]", "1900")]
    [InlineData("steps[1].where.all.conditions[2]", "\"Isbn\"")]
    [InlineData("steps[1].where.all.conditions[2].not.property.comparison", "\"exists\"")]
    [InlineData("steps[1].where.all.conditions[3].any.conditions[1].is_a.type", "\"Person\"")]
    [InlineData("steps[2].expand.relationships[1]", "\"CitedBy\"")]
    [InlineData("steps[2].expand.min_depth", "1, 3]")]
    [InlineData("steps[2].expand.max_depth", "3]")]
    [InlineData("steps[2].expand", "{\"follow\"")]
    [InlineData("steps[3].where.not", "\"Form\": {\"oneOf\"")]
    [InlineData("steps[3].where", "\"not\"")]
    [InlineData("steps[3].where.not.property.values[1]", "\"Play\"")]
    [InlineData("order_by[0].property", "\"Name\", {")]
    [InlineData("order_by[1].property", "\"Year\"}")]
    [InlineData("select[1]", "\"Year\"],")]
    [InlineData("limit", "10")]
    [InlineData("page.size", null)]
    [InlineData("", null)]
    public void A_part_of_the_message_is_found_where_it_is_written(string field, string? at)
    {
        const string Text = """
            {
              "from": [{}, { "type": "Book", "keyPrefix": "A" }, { "key": "Emma", "type": "Book" }],
              "steps": [
                {"where": { "Form": "Novel" }},
                {"where": {"Year": { "atLeast": 1850, "less": 1900 }, "Isbn": { "exists": false },
                           "any": [{ "isA": "Book" }, { "isA": "Person" }]}},
                {"follow": ["Cites", "CitedBy"], "depth": [1, 3]},
                {"where": {"not": {"Form": {"oneOf": ["Novel", "Play"]}}}}
              ],
              "orderBy": ["Name", {"property": "Year"}],
              "select": ["Name", "Year"],
              "limit": 10
            }
            """;
        var query = Parse(Text);
        Assert.Empty(query.Problems);
        if (at is null) Assert.Null(query.Find(field));
        else Assert.StartsWith(at, TextAt(Text, query.Find(field)!));
    }

    private static IEnumerable<EnumValueDescriptor> ComparisonsOfTheContract =>
        QueriesReflection.Descriptor.EnumTypes.Single(type => type.Name == "Comparison").Values.Where(value => value.Number != 0);

    private static IEnumerable<FieldDescriptor> PartsOf(MessageDescriptor message, HashSet<MessageDescriptor> seen)
    {
        if (!seen.Add(message) || message.Name is "HolonReference" or "PageRequest" or "Timestamp") return [];
        var fields = message.Fields.InDeclarationOrder();
        return fields.Concat(fields.Where(field => field.FieldType == FieldType.Message).SelectMany(field => PartsOf(field.MessageType, seen)));
    }

    private static ParsedQuery Parse(string text) => ParsedQuery.FromJson("q", Encoding.UTF8.GetBytes(text));

    private static void Refused(string text, string at, string problem)
    {
        var told = Assert.Single(Parse(text).Problems);
        Assert.StartsWith(problem, told.Message);
        Assert.StartsWith(at, TextAt(text, told.Place));
    }

    /// <summary>What stands at a place; the texts here are ASCII.</summary>
    private static string TextAt(string text, QueryPlace place)
    {
        Assert.Equal("q", place.Source);
        var line = text.Split('\n')[place.Line - 1];
        return line[(place.Column - 1)..];
    }
}

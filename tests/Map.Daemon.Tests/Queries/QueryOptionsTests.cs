using System.Text;
using Map.Daemon.CommandLine;
using Map.Daemon.CommandLine.Queries;

namespace Map.Daemon.Tests.Queries;

/// <summary>Queries as options: each gives the message of the object that says the same.</summary>
public sealed class QueryOptionsTests
{
    [Theory]
    [InlineData("--from|Book", """{"from": "Book"}""")]
    [InlineData("--from|Book|--key|Austen, Jane|--from|Place", """{"from": [{"type": "Book"}, {"key": "Austen, Jane"}, {"type": "Place"}]}""")]
    [InlineData(
        "--id|0196d5a0-7c1e-7b32-9f00-1a2b3c4d5e6f/0196d5a0-9a44-7d01-8c11-a1b2c3d4e5f6",
        """{"from": {"id": "0196d5a0-7c1e-7b32-9f00-1a2b3c4d5e6f/0196d5a0-9a44-7d01-8c11-a1b2c3d4e5f6"}}""")]
    [InlineData("--from|Book|--distinct|--limit|7", """{"from": "Book", "distinct": true, "limit": 7}""")]
    [InlineData("--limit=7|--from=Book", """{"from": "Book", "limit": 7}""")]
    [InlineData("--from|Book|--select|Title,PageCount|--select|Note", """{"from": "Book", "select": ["Title", "PageCount", "Note"]}""")]
    [InlineData(
        "--from|Book|--order-by|-Form|--order-by|Title,-PageCount",
        """{"from": "Book", "orderBy": [{"property": "Form", "descending": true}, "Title", {"property": "PageCount", "descending": true}]}""")]
    [InlineData("--follow|AuthoredBy|--from|Book", """{"from": "Book", "steps": [{"follow": "AuthoredBy"}]}""")]
    [InlineData("--from|Book|--follow|Continues, ContinuedBy|--depth|2", """{"from": "Book", "steps": [{"follow": ["Continues", "ContinuedBy"], "depth": 2}]}""")]
    [InlineData("--from|Book|--follow|A|--depth|0..3", """{"from": "Book", "steps": [{"follow": "A", "depth": [0, 3]}]}""")]
    [InlineData(
        "--from|Book|--where|A = 1|--follow|B|--where|C = 2|--follow|D|--depth|2|--where|E = 3",
        """
        {"from": "Book", "steps": [
          {"where": {"A": 1}}, {"follow": "B"}, {"where": {"C": 2}}, {"follow": "D", "depth": 2}, {"where": {"E": 3}}]}
        """)]
    public void Options_say_what_an_object_says(string options, string json)
    {
        var query = Read(options.Split('|'));
        Assert.Empty(query.Problems);
        Assert.Equal(ParsedQuery.FromJson("q", Encoding.UTF8.GetBytes(json)).Message, query.Message);
    }

    [Theory]
    [InlineData("Form = Novel", """{"Form": "Novel"}""")]
    [InlineData("Form=Novel", """{"Form": "Novel"}""")]
    [InlineData("  Form  =  Novel  ", """{"Form": "Novel"}""")]
    [InlineData("Form != Novel", """{"Form": {"not": "Novel"}}""")]
    [InlineData("Year < 1850", """{"Year": {"less": 1850}}""")]
    [InlineData("Year<=1850", """{"Year": {"atMost": 1850}}""")]
    [InlineData("Year > -1850", """{"Year": {"greater": -1850}}""")]
    [InlineData("Year >= 1850.5", """{"Year": {"atLeast": 1850.5}}""")]
    [InlineData("Title ~ and", """{"Title": {"contains": "and"}}""")]
    [InlineData("Title ^= War", """{"Title": {"startsWith": "War"}}""")]
    [InlineData("Isbn", """{"Isbn": {"exists": true}}""")]
    [InlineData("!Isbn", """{"Isbn": {"exists": false}}""")]
    [InlineData("! Isbn ", """{"Isbn": {"exists": false}}""")]
    [InlineData("Form in (Novel, Play)", """{"Form": {"oneOf": ["Novel", "Play"]}}""")]
    [InlineData("Title in ('War, and Peace','Emma', 1984 , \"It's\")", """{"Title": {"oneOf": ["War, and Peace", "Emma", 1984, "It's"]}}""")]
    [InlineData("Title = War and Peace", """{"Title": "War and Peace"}""")]
    [InlineData("Title = a (b)", """{"Title": "a (b)"}""")]
    [InlineData("Title = in (b)", """{"Title": "in (b)"}""")]
    [InlineData("Title = x = y", """{"Title": "x = y"}""")]
    [InlineData("Title = '1984'", """{"Title": "1984"}""")]
    [InlineData("Title = \"true\"", """{"Title": "true"}""")]
    [InlineData("Title = ''", """{"Title": ""}""")]
    [InlineData("Title = 'it''s \"so\"'", """{"Title": "it's \"so\""}""")]
    [InlineData("Title = ' '", """{"Title": " "}""")]
    [InlineData("Number = 007", """{"Number": "007"}""")]
    [InlineData("Number = 0", """{"Number": 0}""")]
    [InlineData("Number = -0.5", """{"Number": -0.5}""")]
    [InlineData("Number = 1e3", """{"Number": 1000}""")]
    [InlineData("Number = +1", """{"Number": "+1"}""")]
    [InlineData("Number = 978-0-14", """{"Number": "978-0-14"}""")]
    [InlineData("Number = 12345678901234567890", """{"Number": "12345678901234567890"}""")]
    [InlineData("Number = Infinity", """{"Number": "Infinity"}""")]
    [InlineData("LentAt >= 2026-03-02T10:15:00Z", """{"LentAt": {"atLeast": "2026-03-02T10:15:00Z"}}""")]
    [InlineData("IsPenName = true", """{"IsPenName": true}""")]
    [InlineData("IsPenName = false", """{"IsPenName": false}""")]
    [InlineData("publication year = 1", """{"publication year": 1}""")]
    [InlineData("not = 1", """{"Not": 1}""")]
    [InlineData("isA = x", """{"IsA": "x"}""")]
    [InlineData("all", """{"All": {"exists": true}}""")]
    public void A_condition_in_a_line_says_what_an_object_says(string condition, string json)
    {
        var query = Read("--from", "Book", "--where", condition);
        Assert.Empty(query.Problems);
        var same = ParsedQuery.FromJson("q", Encoding.UTF8.GetBytes($$"""{"from": "Book", "steps": [{"where": {{json}}}]}"""));
        Assert.Empty(same.Problems);
        Assert.Equal(same.Message, query.Message);
    }

    [Theory]
    [InlineData("steps[0].where.property.name", "--where 'A = 1'")]
    [InlineData("steps[1].expand.relationships[1]", "--follow B,C")]
    [InlineData("steps[1].expand.max_depth", "--depth 20")]
    [InlineData("steps[2].where.property.values[0]", "--where 'D = x'")]
    [InlineData("seeds[0].key.key", "--key K")]
    [InlineData("order_by[0].property", "--order-by -E")]
    [InlineData("select[1]", "--select F,G")]
    [InlineData("limit", "--limit 3")]
    public void A_part_of_the_message_is_found_in_its_option(string field, string place)
    {
        var query = Read(
            "--key", "K", "--where", "A = 1", "--follow", "B,C", "--depth", "20", "--where", "D = x", "--order-by", "-E", "--select", "F,G", "--limit", "3");
        Assert.Empty(query.Problems);
        Assert.Equal(place, query.Find(field)?.ToString());
    }

    private static ParsedQuery Read(params string[] options)
    {
        string[] args = ["query", "--space", "library", .. options];
        var result = CommandTree.Build().Parse(args);
        Assert.Empty(WrongUsage.Find(result, args));
        return QueryOptions.Read(result);
    }
}

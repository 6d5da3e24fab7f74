using System.Text.Json;
using Map.Fixtures;

namespace Map.Daemon.Tests.Queries;

/// <summary>Queries from the command line, asked of a real daemon that has the sample library.</summary>
public sealed class QueryCommandTests(QueryCommandTests.Library library) : IClassFixture<QueryCommandTests.Library>
{
    private TestDaemon Daemon => library.Daemon;

    [Fact]
    public async Task Rows_are_a_table_of_keys_and_what_is_selected()
    {
        var ending = await AskAsync("--key", "Austen, Jane", "--follow", "AuthorOf", "--where", "PublicationYear < 1815", "--select", "isbn,publication year");
        Assert.Equal(
            """
            KEY                    ISBN               PUBLICATIONYEAR
            Sense and Sensibility  -                  1811
            Pride and Prejudice    978-0-14-143951-8  1813
            Mansfield Park         -                  1814

            """,
            ending.Output);
        Assert.Equal("3 rows\n", ending.Error);
    }

    [Fact]
    public async Task Where_nothing_is_selected_rows_tell_their_types()
    {
        var ending = await AskAsync("--key", "Emma", "--follow", "AuthoredBy,PublishedBy,DescribedBy", "--order-by", "Key");
        Assert.Equal(
            """
            KEY             TYPE
            Austen, Jane    Person.HolonType
            Book.HolonType  MetaHolonType.MetaTypeDescriptor
            John Murray     Publisher.HolonType

            """,
            ending.Output);
        var json = JsonDocument.Parse((await AskAsync("--key", "Emma", "--json")).Output).RootElement;
        Assert.Equal(("Emma", "Book.HolonType"), (json.GetProperty("key").GetString(), json.GetProperty("type").GetString()));
        Assert.False(json.TryGetProperty("properties", out _));
    }

    [Fact]
    public async Task As_json_each_row_is_an_object_with_values_of_their_kinds()
    {
        var orwell = await JsonAsync("--key", "Orwell, George", "--select", "OtherNames,BirthYear,Name,IsPenName");
        Assert.Equal(
            """{"OtherNames":["Eric Arthur Blair"],"BirthYear":1903,"Name":"George Orwell","IsPenName":true}""", orwell.Single().GetProperty("properties").GetRawText());
        // The sample has no year of it.
        var emma = await JsonAsync("--key", "Emma", "--select", "PublicationYear,Title");
        Assert.Equal("""{"Title":"Emma"}""", emma.Single().GetProperty("properties").GetRawText());
        var bronte = await AskAsync("--key", "Brontë, Emily", "--select", "Name", "--json");
        Assert.EndsWith("\"key\":\"Brontë, Emily\",\"properties\":{\"Name\":\"Emily Brontë\"}}\n", bronte.Output);
        var member = await JsonAsync("--key", "M-001", "--select", "JoinedAt");
        Assert.Equal("2024-01-08T09:30:00Z", member.Single().GetProperty("properties").GetProperty("JoinedAt").GetString());
        var lom = await JsonAsync("--from", "Place", "--where", "Latitude > 60", "--select", "Latitude");
        Assert.Equal(61.8, lom.Single().GetProperty("properties").GetProperty("Latitude").GetDouble());
    }

    [Fact]
    public async Task The_id_that_json_shows_leads_back_to_the_holon()
    {
        var id = (await JsonAsync("--key", "Emma")).Single().GetProperty("id").GetString()!;
        var ending = await AskAsync("--id", id, "--select", "Title");
        Assert.Equal("KEY   TITLE\nEmma  Emma\n", ending.Output);
    }

    [Fact]
    public async Task Steps_happen_in_the_order_in_which_they_stand()
    {
        var filtered = await KeysAsync("--from", "Book", "--where", "Title = Emma", "--follow", "AuthoredBy", "--follow", "AuthorOf");
        var followed = await KeysAsync("--from", "Book", "--follow", "AuthoredBy", "--follow", "AuthorOf", "--where", "Title = Emma");
        Assert.Equal(6, filtered.Length);
        Assert.Contains("Persuasion", filtered);
        // A way from each of the author's books.
        Assert.Equal(Enumerable.Repeat("Emma", 6), followed);
        Assert.Equal(
            ["Emma"], await KeysAsync("--from", "Book", "--follow", "AuthoredBy", "--follow", "AuthorOf", "--where", "Title = Emma", "--distinct"));
        Assert.Equal(
            // The sample has no years of the others, which come last.
            ["Mansfield Park", "Pride and Prejudice", "Sense and Sensibility", "Persuasion"],
            await KeysAsync("--key", "Austen, Jane", "--follow", "AuthorOf", "--order-by", "-PublicationYear,-Title", "--limit", "4"));
    }

    [Fact]
    public async Task A_query_is_a_file_or_json_or_comes_from_standard_input()
    {
        const string Query = """{ "from": { "key": "Austen, Jane" }, "steps": [{ "follow": "AuthorOf" }], "orderBy": ["Title"] }""";
        var rows = (await AskAsync("--key", "Austen, Jane", "--follow", "AuthorOf", "--order-by", "Title")).Output;
        Assert.Contains("\nEmma ", rows);
        var file = Daemon.Write("query.json", Query);
        Assert.Equal(rows, (await AskAsync(file)).Output);
        Assert.Equal(rows, (await AskAsync(Query)).Output);
        var daemon = Path.Combine(MapProgram.Folder, "map-daemon");
        var script = $"exec '{daemon}' query --space library - --data '{Daemon.Data}' < '{file}'";
        using var program = MapProgram.Launch("/bin/sh", ["-c", script]);
        Assert.Equal(rows, (await program.EndAsync()).Output);
    }

    [Fact]
    public async Task A_plan_tells_its_steps_and_what_they_read()
    {
        string[] query = ["--key", "Austen, Jane", "--follow", "AuthorOf", "--explain"];
        var lines = (await AskAsync(query)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches("^READS BY +AT MOST +READ +STEP$", lines[0]);
        Assert.Matches("^keys +[0-9,]+ +[0-9,]+ +.*Austen, Jane", lines[1]);
        Assert.Matches("^links +[0-9,]+ +[0-9,]+ +.*\"AuthorOf\"", lines[2]);
        Assert.Equal(3, lines.Length);
        var plan = JsonDocument.Parse((await AskAsync([.. query, "--json"])).Output).RootElement.GetProperty("steps");
        Assert.Equal(["seeds[0]", "steps[0].expand"], plan.EnumerateArray().Select(step => step.GetProperty("place").GetString()));
        var (read, most) = (Rows(plan[1], "rowsRead"), Rows(plan[1], "mostRows"));
        // Her books of the sample, and all that a person of the sample may have.
        Assert.InRange(read, 6, most);

        // A list that nothing shortens is read up to the first page.
        var list = JsonDocument.Parse((await AskAsync("--from", "Book", "--explain", "--json")).Output).RootElement.GetProperty("steps")[0];
        Assert.Equal(library.Books, Rows(list, "rowsRead"));

        static int Rows(JsonElement step, string name) => int.Parse(step.GetProperty(name).GetString()!);
    }

    [Fact]
    public async Task The_past_is_asked_by_its_commit()
    {
        await Daemon.MustAsync("space", "create", "past");
        await Daemon.MustAsync("import", "--space", "past", ImportFiles.LibraryTypes);
        await Daemon.MustAsync("import", "--space", "past", Daemon.Write("past.json", ImportFiles.Subjects(3)));
        Assert.Equal("S0\nS1\nS2\n", await SubjectsAsync());
        Assert.Equal("", await SubjectsAsync("--at", "2"));
        Assert.Equal("S0\nS1\nS2\n", await SubjectsAsync("--at", "3"));
        var ending = await Daemon.CommandAsync("query", "--space", "past", "--from", "Subject", "--at", "4");
        Assert.Equal((1, ""), (ending.ExitCode, ending.Output));
        Assert.Contains("commit", ending.Error);

        async Task<string> SubjectsAsync(params string[] at)
        {
            var text = await Daemon.MustAsync(["query", "--space", "past", "--from", "Subject", "--select", "Key", .. at]);
            return text.Replace("KEY\n", "");
        }
    }

    [Fact]
    public async Task What_the_daemon_refuses_is_told_with_the_option_or_the_place_in_the_file()
    {
        await RefusedAsync("--where 'Fom = Novel': No type of the holons here knows a property \"Fom\"", "--from", "Book", "--where", "Isbn", "--where", "Fom = Novel");
        await RefusedAsync("--follow WrittenBy: ", "--from", "Book", "--follow", "WrittenBy");
        await RefusedAsync("--key Nobody: No holon has the key \"Nobody\".", "--key", "Nobody");
        await RefusedAsync("--from Nothing: There is no type \"Nothing\".", "--from", "Nothing");
        await RefusedAsync("--where 'Form = Novell': \"Novell\" is no variant of \"Form\"", "--from", "Book", "--where", "Form = Novell");
        await RefusedAsync("--order-by -Titel: ", "--from", "Book", "--order-by", "-Titel");
        const string Line = """  "steps": [{ "where": { "Form": "Novel", "PageCount": { "less": "many" } } }]""";
        var column = Line.IndexOf("\"many\"", StringComparison.Ordinal) + 1;
        var file = Daemon.Write("refused.json", $"{{\n  \"from\": \"Book\",\n{Line}\n}}");
        await RefusedAsync($"{file}:3:{column}: \"PageCount\" is compared with \"many\"", file);
        var json = (await AskAsync(file, "--json")).Json;
        Assert.False(json.GetProperty("success").GetBoolean());
        var error = json.GetProperty("errors")[0];
        Assert.Equal("ERROR_CODE_VALUE_KIND_MISMATCH", error.GetProperty("code").GetString());
        Assert.Equal((3, column), (Place(error, "line"), Place(error, "column")));
        Assert.Equal(0, await Daemon.Owner.CountOpenAsync("library"));

        static int Place(JsonElement error, string name) => error.GetProperty("details").GetProperty("place").GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task All_that_is_wrong_with_a_file_is_told_at_once()
    {
        var file = Daemon.Write("wrong.json", "{\n  \"from\": \"Book\",\n  \"step\": [],\n  \"limit\": \"x\"\n}");
        var ending = await AskAsync(file);
        Assert.Equal((1, ""), (ending.ExitCode, ending.Output));
        Assert.Equal(
            $"{file}:3:3: Unknown field \"step\". Did you mean 'steps'?\n{file}:4:12: \"limit\" is a whole number, not negative.\n"
            + "map-daemon: 2 errors in the query.\n",
            ending.Error);
        var json = (await AskAsync(file, "--json")).Json.GetProperty("errors");
        Assert.Equal([3, 4], json.EnumerateArray().Select(error => error.GetProperty("details").GetProperty("place").GetProperty("line").GetInt32()));
    }

    [Fact]
    public async Task A_space_that_is_not_there_is_told()
    {
        var ending = await Daemon.CommandAsync("query", "--space", "none", "--from", "Book");
        Assert.Equal((1, ""), (ending.ExitCode, ending.Output));
        Assert.StartsWith("map-daemon: There is no space \"none\".", ending.Error);
    }

    [Fact]
    public async Task A_keyless_holon_has_its_id_and_no_text_steers_a_terminal()
    {
        await Daemon.MustAsync("space", "create", "odd");
        await Daemon.MustAsync("import", "--space", "odd", ImportFiles.LibraryTypes);
        await Daemon.MustAsync("import", "--space", "odd", Daemon.Write("odd.json", """
            {"holons": [{"type": "Person.HolonType", "properties": {"Name": "one\r\ntwo\u001b[31m\tthree"}}]}
            """));
        var table = await Daemon.MustAsync("query", "--space", "odd", "--from", "Person", "--select", "Name");
        var row = JsonDocument.Parse(await Daemon.MustAsync("query", "--space", "odd", "--from", "Person", "--select", "Name", "--json")).RootElement;
        Assert.Equal(JsonValueKind.Null, row.GetProperty("key").ValueKind);
        Assert.Equal("one\r\ntwo\u001b[31m\tthree", row.GetProperty("properties").GetProperty("Name").GetString());
        Assert.Equal($"{row.GetProperty("id").GetString()}  one two\uFFFD[31m\uFFFDthree", table.Split('\n')[1]);
        Assert.Equal(3, table.Split('\n').Length);
    }

    [Fact]
    public async Task Rows_over_many_pages_are_those_of_one()
    {
        var data = RepositoryFiles.NewDirectory();
        await File.WriteAllTextAsync(Path.Combine(data, "limits.json"), """{ "maxPageSize": 7 }""");
        using var daemon = await TestDaemon.StartOnAsync(data);
        await daemon.MustAsync("space", "create", "library");
        await daemon.MustAsync(["import", "--space", "library", .. ImportFiles.Library]);
        string[] query = ["query", "--space", "library", "--from", "Book", "--follow", "AuthoredBy", "--order-by", "BirthYear"];
        var expected = (await Daemon.MustAsync(query)).Split('\n').Select(Words).ToArray();
        Assert.True(expected.Length > 250, "The question is to have many pages of answers.");
        Assert.Equal(expected, (await daemon.MustAsync(query)).Split('\n').Select(Words));
        Assert.Equal(0, await daemon.Owner.CountOpenAsync("library"));

        // Columns widen as pages come; the words stay.
        static string Words(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData(MapProgram.Interrupt)]
    [InlineData(MapProgram.Terminate)]
    public async Task An_interrupted_query_leaves_no_transaction_open(int signal)
    {
        var space = $"interrupted-{signal}";
        await Daemon.MustAsync("space", "create", space);
        await Daemon.MustAsync("import", "--space", space, ImportFiles.LibraryTypes);
        await Daemon.MustAsync("import", "--space", space, Daemon.Write($"{space}.json", ImportFiles.Subjects(20_000)));
        // 90,000 rows, each page of which is worked out anew, and the type of each row asked for.
        using var query = MapProgram.Start(
            ["query", "--space", space, "--from", "Subject", "--follow", "BroaderSubject", "--depth", "1..9", "--data", Daemon.Data]);
        await Eventually.HoldsAsync("the query has a transaction", async () => await Daemon.Owner.CountOpenAsync(space) == 1);
        query.Signal(signal);
        var ending = await query.EndAsync();
        Assert.Equal((130, "map-daemon: interrupted.\n"), (ending.ExitCode, ending.Error));
        Assert.Equal(0, await Daemon.Owner.CountOpenAsync(space));
    }

    private Task<Ending> AskAsync(params string[] options) => Daemon.CommandAsync(["query", "--space", "library", .. options]);

    private async Task<JsonElement[]> JsonAsync(params string[] options)
    {
        var ending = await AskAsync([.. options, "--json"]);
        Assert.Equal(0, ending.ExitCode);
        return [.. ending.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private async Task<string[]> KeysAsync(params string[] options) =>
        [.. (await JsonAsync(options)).Select(row => row.GetProperty("key").GetString()!)];

    private async Task RefusedAsync(string message, params string[] options)
    {
        var ending = await AskAsync(options);
        Assert.Equal((1, ""), (ending.ExitCode, ending.Output));
        Assert.StartsWith($"map-daemon: {message}", ending.Error);
    }

    /// <summary>A daemon with the sample library, for tests that only read it.</summary>
    public sealed class Library : IAsyncLifetime
    {
        /// <summary>Books in it.</summary>
        public int Books { get; } = ImportFiles.Count([Path.Combine(RepositoryFiles.Library, "books.json")]).Holons;

        internal TestDaemon Daemon { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Daemon = await TestDaemon.StartAsync();
            await Daemon.MustAsync("space", "create", "library");
            await Daemon.MustAsync(["import", "--space", "library", .. ImportFiles.Library]);
        }

        public Task DisposeAsync()
        {
            Daemon?.Dispose();
            return Task.CompletedTask;
        }
    }
}

using System.CommandLine;
using Map.V1;

namespace Map.Daemon.CommandLine;

/// <summary><c>map-daemon space create | list | describe</c>.</summary>
internal static class SpaceCommand
{
    private static readonly Argument<string> Name = new("name")
    {
        Description = "The name of the space: letters, digits, blanks, '-', '_' and '.'; case does not matter",
    };

    private static readonly Option<bool> NoSchema = new("--no-schema") { Description = "Create it without the core schema" };

    private static readonly Option<string[]> Schema = new("--schema")
    {
        Description = "Import files to load instead of the core schema; after the name",
        HelpName = "files",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<bool> Report = new("--report")
    {
        Description = "Violations of types become warnings instead of failing a commit",
    };

    static SpaceCommand() => Schema.Validators.Add(CommonOptions.RequireFiles("*.json"));

    public static Command Build()
    {
        var create = new Command("create", "Create a space, by default with the core schema") { Name, NoSchema, Schema, Report };
        create.Validators.Add(result =>
        {
            if (result.GetValue(NoSchema) && result.GetValue(Schema) is { Length: > 0 })
                result.AddError("--no-schema and --schema exclude each other.");
        });
        create.SetAction(DaemonClient.Action(CreateAsync));
        HelpWithExamples.Add(
            create,
            """
            map-daemon space create notes
            map-daemon space create plain --no-schema
            map-daemon space create own --schema types/*.json
            """);
        var list = new Command("list", "List the spaces");
        list.SetAction(DaemonClient.Action(ListAsync));
        HelpWithExamples.Add(list, "map-daemon space list\nmap-daemon space list --json | jq -r '.spaces[].name'");
        var describe = new Command("describe", "Describe a space") { Name };
        describe.SetAction(DaemonClient.Action(DescribeAsync));
        HelpWithExamples.Add(describe, "map-daemon space describe notes");
        var group = new Command("space", "Create, list and describe spaces") { create, list, describe };
        HelpWithExamples.Add(group, "map-daemon space create notes\nmap-daemon space list\nmap-daemon space describe notes");
        return group;
    }

    private static async Task<int> CreateAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var request = new CreateSpaceRequest
        {
            Name = result.GetRequiredValue(Name),
            Validation = result.GetValue(Report) ? ValidationMode.Report : ValidationMode.Enforce,
        };
        if (result.GetValue(NoSchema)) request.None = new NoSchema();
        if (result.GetValue(Schema) is { Length: > 0 } files)
        {
            var content = await client.PutContentAsync(Upload.ChunksOf(files, _ => { }), cancellation);
            request.Content = new ContentSchema { ContentIds = { content.ContentIds } };
        }

        var created = await client.CallAsync<CreateSpaceRequest, CreateSpaceResponse>("MapSpaces/CreateSpace", request, cancellation);
        if (Output.WroteJson(result, created)) return ExitCodes.Ok;
        var schema = created.Holons == 0 ? "without a schema" : $"with {created.Holons:N0} holons of its schema";
        Console.WriteLine($"Created the space \"{created.Space.Name}\" {schema}.");
        return ExitCodes.Ok;
    }

    private static async Task<int> ListAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var spaces = await client.CallAsync<ListSpacesRequest, ListSpacesResponse>("MapSpaces/ListSpaces", new ListSpacesRequest(), cancellation);
        if (Output.WroteJson(result, spaces)) return ExitCodes.Ok;
        if (spaces.Spaces.Count == 0) Console.WriteLine("There are no spaces. Create one with: map-daemon space create NAME");
        else Output.WriteTable(["NAME", "VALIDATION", "CREATED", "ID"], [.. spaces.Spaces.Select(ToRow)]);
        return ExitCodes.Ok;
    }

    private static async Task<int> DescribeAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var request = new DescribeSpaceRequest { Space = new SpaceSelector { Name = result.GetRequiredValue(Name) } };
        var space = await client.CallAsync<DescribeSpaceRequest, DescribeSpaceResponse>("MapSpaces/DescribeSpace", request, cancellation);
        if (Output.WroteJson(result, space)) return ExitCodes.Ok;
        Output.WritePairs(
            ("name", space.Space.Name),
            ("id", Output.Id(space.Space.SpaceId)),
            ("created", Output.Moment(space.Space.CreatedAt)),
            ("validation", ToWord(space.Space.Validation)),
            ("holons", $"{space.Holons:N0}"),
            ("last commit", $"{space.LastCommit:N0}"),
            ("open transactions", $"{space.OpenTransactions:N0}"));
        return ExitCodes.Ok;
    }

    private static string[] ToRow(SpaceInfo space) =>
        [space.Name, ToWord(space.Validation), Output.Moment(space.CreatedAt), Output.Id(space.SpaceId)];

    private static string ToWord(ValidationMode mode) => mode == ValidationMode.Report ? "report" : "enforce";
}

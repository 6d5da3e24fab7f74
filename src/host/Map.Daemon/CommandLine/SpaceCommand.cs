using System.CommandLine;
using Map.V1;
using Spectre.Console;

namespace Map.Daemon.CommandLine;

/// <summary><c>map-daemon space create | list | describe</c>.</summary>
internal static class SpaceCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "The name of the space" };

    private static readonly Option<bool> NoSchema = new("--no-schema") { Description = "Create it without the core schema" };

    private static readonly Option<FileInfo[]> Schema = new Option<FileInfo[]>("--schema")
    {
        Description = "Import files to load instead of the core schema",
        AllowMultipleArgumentsPerToken = true,
    }.AcceptExistingOnly();

    private static readonly Option<bool> Report = new("--report")
    {
        Description = "Violations of types become warnings instead of failing a commit",
    };

    public static Command Build()
    {
        var create = new Command("create", "Create a space, by default with the core schema") { Name, NoSchema, Schema, Report };
        create.Validators.Add(result =>
        {
            if (result.GetValue(NoSchema) && result.GetValue(Schema) is { Length: > 0 })
                result.AddError("--no-schema and --schema exclude each other.");
        });
        create.SetAction((result, cancellation) => DaemonClient.RunAsync(
            result, (client, token) => CreateAsync(result, client, token), cancellation));
        var list = new Command("list", "List the spaces");
        list.SetAction((result, cancellation) => DaemonClient.RunAsync(
            result, (client, token) => ListAsync(result, client, token), cancellation));
        var describe = new Command("describe", "Describe a space") { Name };
        describe.SetAction((result, cancellation) => DaemonClient.RunAsync(
            result, (client, token) => DescribeAsync(result, client, token), cancellation));
        return new Command("space", "Create, list and describe spaces") { create, list, describe };
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
        Console.WriteLine($"Created the space \"{created.Space.Name}\" with {created.Holons:N0} holons of its schema.");
        return ExitCodes.Ok;
    }

    private static async Task<int> ListAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var spaces = await client.CallAsync<ListSpacesRequest, ListSpacesResponse>("MapSpaces/ListSpaces", new ListSpacesRequest(), cancellation);
        if (Output.WroteJson(result, spaces)) return ExitCodes.Ok;
        var table = Output.NewTable("name", "validation", "created", "id");
        foreach (var space in spaces.Spaces)
            table.AddRow(space.Name.EscapeMarkup(), space.Validation.ToString(), Output.Moment(space.CreatedAt), Output.Id(space.SpaceId));
        Output.Write(table);
        return ExitCodes.Ok;
    }

    private static async Task<int> DescribeAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var request = new DescribeSpaceRequest { Space = new SpaceSelector { Name = result.GetRequiredValue(Name) } };
        var space = await client.CallAsync<DescribeSpaceRequest, DescribeSpaceResponse>("MapSpaces/DescribeSpace", request, cancellation);
        if (Output.WroteJson(result, space)) return ExitCodes.Ok;
        var grid = new Grid().AddColumn().AddColumn();
        grid.AddRow("name", space.Space.Name.EscapeMarkup());
        grid.AddRow("id", Output.Id(space.Space.SpaceId));
        grid.AddRow("created", Output.Moment(space.Space.CreatedAt));
        grid.AddRow("validation", space.Space.Validation.ToString());
        grid.AddRow("holons", $"{space.Holons:N0}");
        grid.AddRow("last commit", $"{space.LastCommit:N0}");
        grid.AddRow("open transactions", $"{space.OpenTransactions:N0}");
        AnsiConsole.Write(grid);
        return ExitCodes.Ok;
    }
}

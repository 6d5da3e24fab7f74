using System.CommandLine;
using Map.V1;
using Spectre.Console;

namespace Map.Daemon.CommandLine;

/// <summary><c>map-daemon token create | list | revoke</c>.</summary>
internal static class TokenCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "A name for the token" };

    private static readonly Option<Scope> TokenScope = new("--scope")
    {
        Description = "What it allows: Read, Write or Admin; each includes those before it",
        DefaultValueFactory = _ => Scope.Write,
    };

    private static readonly Option<string[]> Spaces = new("--space")
    {
        Description = "A space that it is good for; may be given several times [default: all]",
        AllowMultipleArgumentsPerToken = true,
    };

    public static Command Build()
    {
        var create = new Command("create", "Make a token; its secret is shown this once") { Name, TokenScope, Spaces };
        create.SetAction((result, cancellation) => DaemonClient.RunAsync(
            result, (client, token) => CreateAsync(result, client, token), cancellation));
        var list = new Command("list", "List the tokens without their secrets");
        list.SetAction((result, cancellation) => DaemonClient.RunAsync(
            result, (client, token) => ListAsync(result, client, token), cancellation));
        var revoke = new Command("revoke", "End a token at once") { Name };
        revoke.SetAction((result, cancellation) => DaemonClient.RunAsync(
            result, (client, token) => RevokeAsync(result, client, token), cancellation));
        return new Command("token", "Make, list and revoke tokens for the loopback port") { create, list, revoke };
    }

    private static async Task<int> CreateAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var request = new CreateTokenRequest { Name = result.GetRequiredValue(Name), Scope = result.GetValue(TokenScope) };
        request.Spaces.AddRange(result.GetValue(Spaces) ?? []);
        var created = await client.CallAsync<CreateTokenRequest, CreateTokenResponse>("MapAdmin/CreateToken", request, cancellation);
        if (Output.WroteJson(result, created)) return ExitCodes.Ok;
        // The secret alone on standard output, so that a script can take it.
        await Console.Error.WriteLineAsync($"The token \"{created.Token.Name}\" ({created.Token.Scope}). Its secret is not shown again:");
        Console.WriteLine(created.Secret);
        return ExitCodes.Ok;
    }

    private static async Task<int> ListAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var tokens = await client.CallAsync<ListTokensRequest, ListTokensResponse>("MapAdmin/ListTokens", new ListTokensRequest(), cancellation);
        if (Output.WroteJson(result, tokens)) return ExitCodes.Ok;
        var table = Output.NewTable("name", "scope", "spaces", "created");
        foreach (var token in tokens.Tokens)
        {
            var spaces = token.Spaces.Count == 0 ? "all" : string.Join(", ", token.Spaces);
            table.AddRow(token.Name.EscapeMarkup(), token.Scope.ToString(), spaces.EscapeMarkup(), Output.Moment(token.CreatedAt));
        }

        Output.Write(table);
        return ExitCodes.Ok;
    }

    private static async Task<int> RevokeAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var name = result.GetRequiredValue(Name);
        await client.CallAsync<RevokeTokenRequest, RevokeTokenResponse>("MapAdmin/RevokeToken", new RevokeTokenRequest { Name = name }, cancellation);
        Console.WriteLine($"The token \"{name}\" is revoked.");
        return ExitCodes.Ok;
    }
}

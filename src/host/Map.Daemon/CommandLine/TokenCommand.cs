using System.CommandLine;
using Google.Protobuf.Collections;
using Map.V1;

namespace Map.Daemon.CommandLine;

/// <summary><c>map-daemon token create | list | revoke</c>.</summary>
internal static class TokenCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "A name for the token; case does not matter" };

    private static readonly Option<string> TokenScope = CommonOptions.NewChoice(
        "--scope", "What it allows; each includes those before it", "write", "read", "write", "admin");

    private static readonly Option<string[]> Spaces = new("--space")
    {
        Description = "A space that it is good for; may be given several times [default: all]",
    };

    public static Command Build()
    {
        var create = new Command("create", "Make a token; its secret is shown this once") { Name, TokenScope, Spaces };
        create.SetAction(DaemonClient.Action(CreateAsync));
        HelpWithExamples.Add(
            create,
            """
            map-daemon token create script
            map-daemon token create reader --scope read --space notes --space library
            secret=$(map-daemon token create script)   # the secret alone is on standard output
            """);
        var list = new Command("list", "List the tokens without their secrets");
        list.SetAction(DaemonClient.Action(ListAsync));
        HelpWithExamples.Add(list, "map-daemon token list");
        var revoke = new Command("revoke", "End a token at once") { Name };
        revoke.SetAction(DaemonClient.Action(RevokeAsync));
        HelpWithExamples.Add(revoke, "map-daemon token revoke script");
        var group = new Command("token", "Make, list and revoke tokens for the loopback port") { create, list, revoke };
        HelpWithExamples.Add(group, "map-daemon token create script\nmap-daemon token list\nmap-daemon token revoke script");
        return group;
    }

    private static async Task<int> CreateAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var scope = Enum.Parse<Scope>(result.GetRequiredValue(TokenScope), ignoreCase: true);
        var request = new CreateTokenRequest { Name = result.GetRequiredValue(Name), Scope = scope };
        request.Spaces.AddRange(result.GetValue(Spaces) ?? []);
        var created = await client.CallAsync<CreateTokenRequest, CreateTokenResponse>("MapAdmin/CreateToken", request, cancellation);
        if (Output.WroteJson(result, created)) return ExitCodes.Ok;
        // The secret alone on standard output, so that a script can take it.
        await Console.Error.WriteLineAsync(
            $"The token \"{created.Token.Name}\" ({ToWord(created.Token.Scope)}, {ToWords(created.Token.Spaces)}). Its secret is not shown again:");
        Console.WriteLine(created.Secret);
        return ExitCodes.Ok;
    }

    private static async Task<int> ListAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var tokens = await client.CallAsync<ListTokensRequest, ListTokensResponse>("MapAdmin/ListTokens", new ListTokensRequest(), cancellation);
        if (Output.WroteJson(result, tokens)) return ExitCodes.Ok;
        if (tokens.Tokens.Count == 0) Console.WriteLine("There are no tokens. Make one with: map-daemon token create NAME");
        else Output.WriteTable(["NAME", "SCOPE", "CREATED", "SPACES"], [.. tokens.Tokens.Select(ToRow)]);
        return ExitCodes.Ok;
    }

    private static async Task<int> RevokeAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var name = result.GetRequiredValue(Name);
        var revoked = await client.CallAsync<RevokeTokenRequest, RevokeTokenResponse>(
            "MapAdmin/RevokeToken", new RevokeTokenRequest { Name = name }, cancellation);
        if (!Output.WroteJson(result, revoked)) Console.WriteLine($"The token \"{name}\" is revoked.");
        return ExitCodes.Ok;
    }

    private static string[] ToRow(TokenInfo token) =>
        [token.Name, ToWord(token.Scope), Output.Moment(token.CreatedAt), ToWords(token.Spaces)];

    private static string ToWord(Scope scope) => scope switch
    {
        Scope.Read => "read",
        Scope.Write => "write",
        Scope.Admin => "admin",
        _ => "unknown",
    };

    private static string ToWords(RepeatedField<string> spaces) =>
        spaces.Count == 0 ? "all spaces" : string.Join(", ", spaces);
}

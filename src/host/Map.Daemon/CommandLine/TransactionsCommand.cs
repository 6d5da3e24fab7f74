using System.CommandLine;
using Google.Protobuf;
using Map.V1;

namespace Map.Daemon.CommandLine;

/// <summary><c>map-daemon transactions list | rollback</c>: work that clients left open.</summary>
internal static class TransactionsCommand
{
    private static readonly Argument<string> Space = new("space") { Description = "The name of the space" };

    private static readonly Argument<string> Id = new("id") { Description = "The transaction, as the list shows it" };

    static TransactionsCommand() => Id.Validators.Add(result =>
    {
        var text = result.Tokens[0].Value;
        if (ToId(text) is null) result.AddError($"'{text}' is not the id of a transaction, which is two UUIDs with '/' in between.");
    });

    public static Command Build()
    {
        var list = new Command("list", "List the open transactions of a space, oldest first") { Space };
        list.SetAction(DaemonClient.Action(ListAsync));
        HelpWithExamples.Add(
            list, "map-daemon transactions list notes\nmap-daemon transactions list notes --json | jq '.transactions[].label'");
        var rollback = new Command("rollback", "Drop all that a transaction holds, and end it") { Id };
        rollback.SetAction(DaemonClient.Action(RollbackAsync));
        HelpWithExamples.Add(
            rollback, "map-daemon transactions rollback 019a9f6e-5d3c-7e21-9c55-0242ac120002/019a9f70-11b4-7c3f-8a10-0242ac120002");
        var group = new Command("transactions", "List the open transactions of a space, and roll back one that was left behind") { list, rollback };
        HelpWithExamples.Add(group, "map-daemon transactions list notes\nmap-daemon transactions rollback ID");
        return group;
    }

    private static async Task<int> ListAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var name = result.GetRequiredValue(Space);
        var request = new ListTransactionsRequest { Space = new SpaceSelector { Name = name } };
        var open = await client.CallAsync<ListTransactionsRequest, ListTransactionsResponse>(
            "MapSpaces/ListTransactions", request, cancellation);
        if (Output.WroteJson(result, open)) return ExitCodes.Ok;
        if (open.Transactions.Count == 0) Console.WriteLine($"The space \"{name}\" has no open transactions.");
        else Output.WriteTable(["ID", "BEGUN", "STAGED", "CLIENT", "LABEL"], [.. open.Transactions.Select(ToRow)]);
        return ExitCodes.Ok;
    }

    private static async Task<int> RollbackAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var text = result.GetRequiredValue(Id);
        var rollback = new MutationCommand { Rollback = new RollbackCommand() };
        var response = await client.ExecuteAsync(ToId(text)!, rollback, cancellation);
        if (!response.Success) return Output.Fail(result, ExitCodes.Refused, response.Errors[0].Message, response);
        if (!Output.WroteJson(result, response)) Console.WriteLine($"The transaction {text} is rolled back.");
        return ExitCodes.Ok;
    }

    private static string[] ToRow(TransactionInfo transaction) =>
    [
        $"{Output.Id(transaction.TransactionId.SpaceId)}/{Output.Id(transaction.TransactionId.LocalId)}",
        Output.Moment(transaction.BegunAt),
        $"{transaction.Staged:N0}",
        transaction.Client,
        transaction.Label,
    ];

    private static TransactionId? ToId(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 2 && Guid.TryParseExact(parts[0], "D", out var space) && Guid.TryParseExact(parts[1], "D", out var local)
            ? new TransactionId { SpaceId = ToBytes(space), LocalId = ToBytes(local) }
            : null;
    }

    private static ByteString ToBytes(Guid id) => ByteString.CopyFrom(id.ToByteArray(bigEndian: true));
}

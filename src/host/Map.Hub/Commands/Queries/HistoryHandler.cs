using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>The saved versions of a holon, newest first.</summary>
internal sealed class HistoryHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.History;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var message = query.History;
        var holon = WireReader.ToReference(message.Holon, "holon");
        var size = context.Services.PageSize(message.Page);
        var state = context.View.State;
        var tokens = context.Services.PageTokens;
        var asked = $"history {holon}";
        var after = message.Page is { } page ? tokens.ReadCommit(page.Token, state, asked) : null;
        var versions = context.View.History(holon, after, size);
        return new CommandResponse
        {
            Page = WireWriter.ToPage(versions.Members, tokens.Write(versions.Next, state, asked)),
        };
    }
}

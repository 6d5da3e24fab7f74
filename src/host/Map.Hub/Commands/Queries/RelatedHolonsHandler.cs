using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>Members of one relationship, by its declared or its inverse name.</summary>
internal sealed class RelatedHolonsHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.RelatedHolons;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var message = query.RelatedHolons;
        var holon = WireReader.ToReference(message.Holon, "holon");
        var name = WireReader.ToName(message.Name, "name");
        var size = context.Services.PageSize(message.Page);
        var state = context.View.State;
        var tokens = context.Services.PageTokens;
        var asked = $"related {holon} {name}";
        var order = context.View.RelatedOrder(holon, name);
        var after = message.Page is { } page ? tokens.ReadRelated(page.Token, state, asked, order) : null;
        var members = context.View.Related(holon, name, after, size);
        return new CommandResponse
        {
            Page = WireWriter.ToPage(members.Members, tokens.Write(members.Next, state, asked, order)),
        };
    }
}

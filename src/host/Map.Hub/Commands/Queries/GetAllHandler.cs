using Map.Core.Views;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>Holons in view, of a type, by key prefix, or all.</summary>
internal sealed class GetAllHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.GetAll;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var message = query.GetAll;
        var type = WireReader.ToOptionalReference(message.Type, "type");
        if (message.WithSubtypes && type is null) throw WireReader.Invalid("with_subtypes", "needs a type");
        var filter = new ListFilter
        {
            Type = type is null ? null : context.View.Resolve(type).Id,
            WithSubtypes = message.WithSubtypes,
            KeyPrefix = message.HasKeyPrefix ? message.KeyPrefix : null,
        };
        var size = context.Services.PageSize(message.Page);
        var state = context.View.State;
        var tokens = context.Services.PageTokens;
        // A listing by an empty prefix is ordered by key, and so another one than a listing without a prefix.
        var asked = $"all {filter.Type} {filter.WithSubtypes} {(message.HasKeyPrefix ? $"prefix {message.KeyPrefix}" : "")}";
        var after = message.Page is { } page ? tokens.ReadList(page.Token, state, asked) : null;
        var holons = context.View.List(filter, after, size);
        return new CommandResponse
        {
            Page = WireWriter.ToPage(holons.Members, tokens.Write(holons.Next, state, asked)),
        };
    }
}

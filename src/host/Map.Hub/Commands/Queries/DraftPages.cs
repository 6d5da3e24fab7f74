using Map.Core.Views;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>Pages of the drafts of a key.</summary>
internal static class DraftPages
{
    public static CommandResponse Answer(QueryContext context, DraftPool pool, string key, PageRequest? page)
    {
        WireReader.ToKey(key, "key");
        var size = context.Services.PageSize(page);
        var state = context.View.State;
        var tokens = context.Services.PageTokens;
        var asked = $"{pool} {key}";
        var after = page is null ? null : tokens.ReadList(page.Token, state, asked);
        var drafts = context.View.DraftsByKey(pool, key, after, size);
        return new CommandResponse { Page = WireWriter.ToPage(drafts.Members, tokens.Write(drafts.Next, state, asked)) };
    }
}

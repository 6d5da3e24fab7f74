using System.Security.Cryptography;
using Google.Protobuf;
using Map.Core.Traversing;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>A query over many hops.</summary>
internal sealed class TraverseHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.Traverse;

    public override bool MayTakeLong => true;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var (options, time) = (context.Services.Options, context.Services.Time);
        return TraversalTime.Run(
            options.TraversalTime, time,
            cancellation => new CommandResponse { Traverse = Answer(context, query.Traverse, cancellation) },
            context.Cancellation);
    }

    private static TraverseResult Answer(QueryContext context, TraverseQuery message, CancellationToken cancellation)
    {
        if (!Enum.IsDefined(message.Explain)) throw WireReader.Invalid("explain", "is none that this daemon knows");
        var size = context.Services.PageSize(message.Page);
        var view = context.View.WithCancellation(cancellation);
        var prepared = PreparedTraversal.Of(view, TraversalReader.Read(message), context.Services.Options.Traversals);
        if (message.Explain == TraverseExplain.Plan) return new TraverseResult { Plan = WireWriter.ToPlan(prepared.Plan) };

        var tokens = context.Services.PageTokens;
        var asked = Identify(message);
        var after = message.Page is { } page ? tokens.ReadTraversal(page.Token, view.State, asked) : null;
        var found = prepared.Page(after, size);
        var result = new TraverseResult { NextToken = tokens.Write(found.Next, view.State, asked) };
        result.Rows.AddRange(WireWriter.ToRows(found.Rows));
        if (message.Explain == TraverseExplain.Run) result.Plan = WireWriter.ToPlan(found.Plan);
        return result;
    }

    /// <summary>What two pages of one query have in common.</summary>
    private static string Identify(TraverseQuery message)
    {
        var query = message.Clone();
        query.Page = null;
        query.Explain = TraverseExplain.Unspecified;
        return $"traverse {Convert.ToHexString(SHA256.HashData(query.ToByteArray()))}";
    }
}

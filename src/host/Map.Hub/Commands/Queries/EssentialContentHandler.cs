using Map.Core.Identity;
using Map.Core.Transactions;
using Map.Hub.Binding;
using Map.V1;
using HolonPhase = Map.Core.Transactions.HolonPhase;

namespace Map.Hub.Commands.Queries;

/// <summary>Everything about one holon but its relationships.</summary>
internal sealed class EssentialContentHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.EssentialContent;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var view = context.View;
        var holon = view.Resolve(WireReader.ToReference(query.EssentialContent.Holon, "holon"));
        var content = new EssentialContent
        {
            Reference = WireWriter.ToWire(holon.Reference),
            Phase = (V1.HolonPhase)holon.Phase,
            Version = (uint)holon.Version,
        };
        if (holon.Phase != HolonPhase.Transient)
            content.HolonId = WireWriter.ToWire(new Map.Core.Identity.HolonId(view.State.Transaction.Space, holon.Id));
        if (holon.Key is { } key) content.Key = key;
        if (holon.Descriptor is { } type) content.Descriptor_ = WireWriter.ToWire(view.ReferenceTo(type));
        foreach (var (name, value) in holon.Properties)
            content.Properties.Add(new Property { Name = name, Value = WireWriter.ToWire(value) });
        return new CommandResponse { EssentialContent = content };
    }
}

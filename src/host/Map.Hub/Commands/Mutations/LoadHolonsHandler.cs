using Map.Core.Loading;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Loads holons in the import format, uploaded or given here, as one undo step.</summary>
internal sealed class LoadHolonsHandler : StepHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.LoadHolons;

    public override bool MayTakeLong => true;

    protected override CommandResponse? Apply(StepContext context, MutationCommand mutation)
    {
        var message = mutation.LoadHolons;
        if (message.ContentIds.Count + message.Files.Count == 0) throw WireReader.Missing("content_ids");
        if (message.ContentIds.Distinct().Count() < message.ContentIds.Count) throw WireReader.Invalid("content_ids", "names content twice");
        var files = message.ContentIds
            .Select((id, i) => context.Services.Content.Get(WireReader.ToLocalId(id, $"content_ids[{i}]")))
            .Concat(message.Files.Select(file => new ImportSource(file.Name, file.Content.Memory)))
            .ToList();
        var counts = context.Editor.Load(files, context.Tell, context.Cancellation);
        return new CommandResponse
        {
            Load = new LoadResult { Holons = (ulong)counts.Holons, Targets = (ulong)counts.Targets, Updated = (ulong)counts.Updated },
        };
    }
}

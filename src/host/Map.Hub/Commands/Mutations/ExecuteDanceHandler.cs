using Map.Core.Dancing;
using Map.Core.Errors;
using Map.Hub.Binding;
using Map.V1;
using HolonError = Map.Core.Errors.HolonError;
using HolonReference = Map.Core.References.HolonReference;

namespace Map.Hub.Commands.Mutations;

/// <summary>Runs a dance that the type of a holon affords.</summary>
internal sealed class ExecuteDanceHandler : StepHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.ExecuteDance;

    public override bool MayTakeLong => true;

    protected override bool IsStepAlways => false;

    protected override CommandResponse? Apply(StepContext context, MutationCommand mutation)
    {
        var message = mutation.ExecuteDance;
        var editor = context.Editor;
        var holon = WireReader.ToReference(message.Holon, "holon");
        var dance = DanceResolver.Resolve(editor.View, WireReader.ToName(message.Dance, "dance"), holon);
        var request = ToRequest(context, message, dance);
        var before = editor.Changes.Count;
        var response = context.Services.Dances.Run(dance, holon, request, Warn, editor, context.Cancellation);
        // Of a request that was made for the dance alone nobody can know.
        if (editor.Changes.Count == before && (response as DanceHolon)?.Holon != request) editor.Revert();
        return new CommandResponse { Dance = ToResult(response) };

        void Warn(string message) => context.Warn(new HolonError(HolonErrorCode.DanceWarning, message) { Subject = holon });
    }

    private static HolonReference? ToRequest(StepContext context, ExecuteDanceCommand message, ResolvedDance dance)
    {
        if (message.RequestCase == ExecuteDanceCommand.RequestOneofCase.RequestContent)
            return DanceRequest.Make(context.Editor, dance, WireReader.ToContent(message.RequestContent, "request_content"));
        var request = WireReader.ToOptionalReference(message.RequestHolon, "request_holon");
        DanceRequest.Require(context.Editor.View, dance, request);
        return request;
    }

    private static DanceResult ToResult(DanceResponse? response) => response switch
    {
        null => new DanceResult(),
        DanceHolon answer => new DanceResult { Holon = WireWriter.ToWire(answer.Holon) },
        DanceValue answer => new DanceResult { Value = WireWriter.ToWire(answer.Value) },
        _ => throw new InvariantException($"No such kind of response: {response.GetType()}"),
    };
}

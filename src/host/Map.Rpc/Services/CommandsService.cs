using Map.Hub.Dispatch;
using Map.V1;

namespace Map.Rpc.Services;

/// <summary><c>map.v1.MapCommands</c>: the envelope, one request at a time or many in a session.</summary>
public static class CommandsService
{
    /// <summary>Binds the service to a dispatcher. Each command declares the scope it needs; reading is the least.</summary>
    public static GrpcService Bind(CommandDispatcher dispatcher) =>
        GrpcService.In(MapCommandsReflection.Descriptor, "MapCommands")
            .Unary<MapRequest, MapResponse>("Execute", AccessScope.Read, (request, call) =>
                ValueTask.FromResult(dispatcher.Execute(request, call.Caller, call.RequestId, call.CancellationToken)))
            .Duplex<SessionRequest, SessionResponse>("Session", AccessScope.Read, async (requests, responses, call) =>
            {
                using var session = new CommandSession(dispatcher, responses, call);
                await session.RunAsync(requests);
            });
}

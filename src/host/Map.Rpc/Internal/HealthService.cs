using Map.Rpc.Internal.Wire;

namespace Map.Rpc.Internal;

/// <summary>Serves <c>grpc.health.v1.Health</c>. It needs no token: probes have none.</summary>
internal sealed class HealthService(HealthStatuses statuses)
{
    public GrpcService Bind() => GrpcService.In(HealthReflection.Descriptor, "Health")
        .Unary<HealthCheckRequest, HealthCheckResponse>("Check", AccessScope.Anonymous, CheckAsync)
        .ServerStreaming<HealthCheckRequest, HealthCheckResponse>("Watch", AccessScope.Anonymous, WatchAsync);

    private ValueTask<HealthCheckResponse> CheckAsync(HealthCheckRequest request, CallContext call)
    {
        var status = statuses.Get(request.Service)
            ?? throw new GrpcStatusException(
                StatusCode.NotFound, $"No status is known for the service '{request.Service}'.");
        return ValueTask.FromResult(new HealthCheckResponse { Status = ToWire(status) });
    }

    private async ValueTask WatchAsync(
        HealthCheckRequest request, IMessageWriter<HealthCheckResponse> responses, CallContext call)
    {
        HealthCheckResponse.Types.ServingStatus? told = null;
        while (true)
        {
            var (status, isStopping, changed) = statuses.Observe(request.Service);
            var current = ToWire(status);
            if (current != told)
            {
                await responses.WriteAsync(new HealthCheckResponse { Status = current });
                told = current;
            }
            if (isStopping)
                throw new GrpcStatusException(StatusCode.Unavailable, "The server is shutting down.");
            await changed.WaitAsync(call.CancellationToken);
        }
    }

    private static HealthCheckResponse.Types.ServingStatus ToWire(ServingStatus? status) => status switch
    {
        null => HealthCheckResponse.Types.ServingStatus.ServiceUnknown,
        ServingStatus.Serving => HealthCheckResponse.Types.ServingStatus.Serving,
        ServingStatus.NotServing => HealthCheckResponse.Types.ServingStatus.NotServing,
        _ => HealthCheckResponse.Types.ServingStatus.Unknown,
    };
}

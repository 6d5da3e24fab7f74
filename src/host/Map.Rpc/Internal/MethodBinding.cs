using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Map.Rpc.Internal;

/// <summary>Which method, and what it needs.</summary>
internal sealed class MethodIdentity(MethodDescriptor descriptor, string serviceName, AccessScope scope)
{
    public MethodDescriptor Descriptor => descriptor;

    public AccessScope Scope => scope;

    public string FullName { get; } = $"{serviceName}/{descriptor.Name}";

    public string Path { get; } = $"/{serviceName}/{descriptor.Name}";

    public bool IsStreaming => descriptor.IsClientStreaming || descriptor.IsServerStreaming;

    public MessageParser<T> RequestParser<T>()
        where T : IMessage<T> => (MessageParser<T>)descriptor.InputType.Parser;
}

/// <summary>A method with its handler: reads requests, runs the handler, writes responses.</summary>
internal abstract class MethodBinding(MethodIdentity identity)
{
    public MethodIdentity Identity => identity;

    public abstract ValueTask InvokeAsync(ServerCallContext call);
}

internal sealed class UnaryBinding<TRequest, TResponse>(
    MethodIdentity identity, UnaryHandler<TRequest, TResponse> handler) : MethodBinding(identity)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly MessageParser<TRequest> _parser = identity.RequestParser<TRequest>();

    public override async ValueTask InvokeAsync(ServerCallContext call)
    {
        var request = await SingleRequest.ReadAsync(call, _parser);
        var response = await handler(request, call);
        await call.WriteSingleAsync(response);
    }
}

internal sealed class ClientStreamingBinding<TRequest, TResponse>(
    MethodIdentity identity, ClientStreamingHandler<TRequest, TResponse> handler) : MethodBinding(identity)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly MessageParser<TRequest> _parser = identity.RequestParser<TRequest>();

    public override async ValueTask InvokeAsync(ServerCallContext call)
    {
        var requests = new RequestReader<TRequest>(call, _parser);
        try
        {
            var response = await handler(requests, call);
            await call.WriteSingleAsync(response);
        }
        finally
        {
            requests.Release();
        }
    }
}

internal sealed class ServerStreamingBinding<TRequest, TResponse>(
    MethodIdentity identity, ServerStreamingHandler<TRequest, TResponse> handler) : MethodBinding(identity)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly MessageParser<TRequest> _parser = identity.RequestParser<TRequest>();

    public override async ValueTask InvokeAsync(ServerCallContext call)
    {
        var request = await SingleRequest.ReadAsync(call, _parser);
        var responses = new ResponseWriter<TResponse>(call, input: null);
        try
        {
            var running = handler(request, responses, call);
            await responses.SendHeadersWhileRunningAsync(running.IsCompleted);
            await running;
        }
        finally
        {
            await responses.CompleteAsync();
        }
    }
}

internal sealed class DuplexBinding<TRequest, TResponse>(
    MethodIdentity identity, DuplexHandler<TRequest, TResponse> handler) : MethodBinding(identity)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly MessageParser<TRequest> _parser = identity.RequestParser<TRequest>();

    public override async ValueTask InvokeAsync(ServerCallContext call)
    {
        var requests = new RequestReader<TRequest>(call, _parser);
        var responses = new ResponseWriter<TResponse>(call, requests);
        requests.BeforeWaiting = responses.FlushPendingAsync;
        try
        {
            var running = handler(requests, responses, call);
            await responses.SendHeadersWhileRunningAsync(running.IsCompleted);
            await running;
        }
        finally
        {
            requests.Release();
            await responses.CompleteAsync();
        }
    }
}

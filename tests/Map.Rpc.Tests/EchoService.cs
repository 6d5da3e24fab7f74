using Map.Rpc.Tests.Echo;

namespace Map.Rpc.Tests;

/// <summary>The echo service. Each test may put its own handlers in place of the plain ones.</summary>
internal sealed class EchoService
{
    public const string Say = "test.echo.Echo/Say";
    public const string Change = "test.echo.Echo/Change";
    public const string Rule = "test.echo.Echo/Rule";
    public const string Collect = "test.echo.Echo/Collect";
    public const string Count = "test.echo.Echo/Count";
    public const string Chat = "test.echo.Echo/Chat";

    public UnaryHandler<EchoMessage, EchoMessage> OnSay { get; init; } = (request, _) => ValueTask.FromResult(request);

    public ClientStreamingHandler<EchoMessage, EchoMessage> OnCollect { get; init; } = async (requests, _) =>
    {
        var all = new EchoMessage();
        await foreach (var request in requests)
        {
            all.Text += request.Text;
            all.Count++;
        }
        return all;
    };

    public ServerStreamingHandler<EchoMessage, EchoMessage> OnCount { get; init; } = async (request, responses, _) =>
    {
        for (var i = 0; i < request.Count; i++)
            await responses.WriteAsync(new EchoMessage { Count = i, Payload = request.Payload });
    };

    public DuplexHandler<EchoMessage, EchoMessage> OnChat { get; init; } = async (requests, responses, _) =>
    {
        while (await requests.ReadAsync() is { } request)
            await responses.WriteAsync(request);
    };

    public GrpcService Bind() => GrpcService.In(EchoReflection.Descriptor, "Echo")
        .Unary("Say", AccessScope.Read, OnSay)
        .Unary("Change", AccessScope.Write, OnSay)
        .Unary("Rule", AccessScope.Admin, OnSay)
        .ClientStreaming("Collect", AccessScope.Read, OnCollect)
        .ServerStreaming("Count", AccessScope.Read, OnCount)
        .Duplex("Chat", AccessScope.Read, OnChat);
}

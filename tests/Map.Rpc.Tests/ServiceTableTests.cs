using Map.Rpc.Tests.Echo;
using Map.V1;

namespace Map.Rpc.Tests;

/// <summary>What can go into a method table.</summary>
public sealed class ServiceTableTests
{
    private static readonly RpcServerOptions Options = new() { TcpPort = 0 };

    [Fact]
    public void A_method_without_a_scope_cannot_be_bound()
    {
        var failure = Assert.Throws<ArgumentException>(
            () => NewEcho().Unary<EchoMessage, EchoMessage>("Say", AccessScope.Undeclared, SayAsync));
        Assert.Contains("declares no scope", failure.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(
            () => NewEcho().Unary<EchoMessage, EchoMessage>("Say", (AccessScope)99, SayAsync));
    }

    [Fact]
    public void A_server_with_unbound_methods_is_not_built_and_names_them()
    {
        var service = NewEcho().Unary<EchoMessage, EchoMessage>("Say", AccessScope.Read, SayAsync);
        var failure = Assert.Throws<ArgumentException>(() => new RpcServer(Options, [service]));
        foreach (var name in new[] { "Change", "Rule", "Collect", "Count", "Chat" })
            Assert.Contains($"test.echo.Echo/{name}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Echo/Say", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_takes_only_what_the_proto_file_says()
    {
        Assert.Throws<ArgumentException>(
            () => NewEcho().Unary<EchoMessage, EchoMessage>("Shout", AccessScope.Read, SayAsync));
        Assert.Throws<ArgumentException>(
            () => NewEcho().Unary<EchoMessage, EchoMessage>("Chat", AccessScope.Read, SayAsync));
        Assert.Throws<ArgumentException>(
            () => NewEcho().Unary<EchoMessage, GetStatusResponse>("Say", AccessScope.Read, (_, _) => default));
        Assert.Throws<ArgumentException>(() => NewEcho()
            .Unary<EchoMessage, EchoMessage>("Say", AccessScope.Read, SayAsync)
            .Unary<EchoMessage, EchoMessage>("Say", AccessScope.Read, SayAsync));
        Assert.Throws<ArgumentException>(() => GrpcService.In(EchoReflection.Descriptor, "Nobody"));
    }

    [Fact]
    public void A_service_is_bound_once()
    {
        var failure = Assert.Throws<ArgumentException>(
            () => new RpcServer(Options, [new EchoService().Bind(), new EchoService().Bind()]));
        Assert.Contains("test.echo.Echo", failure.Message, StringComparison.Ordinal);
    }

    private static GrpcService NewEcho() => GrpcService.In(EchoReflection.Descriptor, "Echo");

    private static ValueTask<EchoMessage> SayAsync(EchoMessage request, CallContext call) =>
        ValueTask.FromResult(request);
}

using Google.Protobuf;
using Google.Protobuf.Reflection;
using Map.Rpc.Internal.Wire;

namespace Map.Rpc.Tests;

/// <summary>Reflection, in both versions.</summary>
public sealed class ReflectionTests
{
    private const string V1 = "grpc.reflection.v1.ServerReflection";
    private const string V1Alpha = "grpc.reflection.v1alpha.ServerReflection";

    [Theory]
    [InlineData(V1)]
    [InlineData(V1Alpha)]
    public async Task All_services_are_listed(string service)
    {
        var answer = Assert.Single(
            await AskAsync(service, new ServerReflectionRequest { ListServices = "*", Host = "h" }));
        Assert.Equal("h", answer.ValidHost);
        Assert.Equal("*", answer.OriginalRequest.ListServices);
        Assert.Equal(
            ["grpc.health.v1.Health", V1, V1Alpha, "test.echo.Echo"],
            answer.ListServicesResponse.Service.Select(listed => listed.Name));
    }

    [Theory]
    [InlineData("test.echo.Echo", "echo.proto")]
    [InlineData("test.echo.Echo.Say", "echo.proto")]
    [InlineData("test.echo.EchoMessage", "echo.proto")]
    [InlineData("test.echo.EchoMessage.text", "echo.proto")]
    [InlineData(".test.echo.Echo", "echo.proto")]
    [InlineData("grpc.health.v1.HealthCheckResponse.ServingStatus", "grpc/health/v1/health.proto")]
    [InlineData(V1, "grpc/reflection/v1/reflection.proto")]
    [InlineData(V1Alpha, "grpc/reflection/v1alpha/reflection.proto")]
    [InlineData("grpc.reflection.v1alpha.ServerReflectionRequest", "grpc/reflection/v1alpha/reflection.proto")]
    public async Task A_symbol_leads_to_its_file(string symbol, string file)
    {
        var answer = Assert.Single(await AskAsync(V1, new ServerReflectionRequest { FileContainingSymbol = symbol }));
        Assert.Equal(file, FileNames(answer)[0]);
        var byName = Assert.Single(await AskAsync(V1Alpha, new ServerReflectionRequest { FileByFilename = file }));
        Assert.Equal(
            answer.FileDescriptorResponse.FileDescriptorProto, byName.FileDescriptorResponse.FileDescriptorProto);
    }

    [Fact]
    public async Task Files_are_whole_so_that_a_client_can_build_them()
    {
        foreach (var symbol in new[] { "test.echo.Echo", V1, V1Alpha })
        {
            var answer = Assert.Single(
                await AskAsync(V1, new ServerReflectionRequest { FileContainingSymbol = symbol }));
            var files = FileDescriptor.BuildFromByteStrings(answer.FileDescriptorResponse.FileDescriptorProto);
            Assert.Contains(files[0].Services, service => service.FullName == symbol);
        }
    }

    [Fact]
    public async Task Imports_come_along_once_in_a_stream()
    {
        var service = GrpcService.In(Map.V1.MapAdminReflection.Descriptor, "MapAdmin")
            .Unary<Map.V1.GetStatusRequest, Map.V1.GetStatusResponse>(
                "GetStatus", AccessScope.Read, (_, _) => throw new InvalidOperationException())
            .Unary<Map.V1.CreateTokenRequest, Map.V1.CreateTokenResponse>(
                "CreateToken", AccessScope.Admin, (_, _) => throw new InvalidOperationException())
            .Unary<Map.V1.ListTokensRequest, Map.V1.ListTokensResponse>(
                "ListTokens", AccessScope.Admin, (_, _) => throw new InvalidOperationException())
            .Unary<Map.V1.RevokeTokenRequest, Map.V1.RevokeTokenResponse>(
                "RevokeToken", AccessScope.Admin, (_, _) => throw new InvalidOperationException())
            .Unary<Map.V1.InstallGuestRequest, Map.V1.InstallGuestResponse>(
                "InstallGuest", AccessScope.Admin, (_, _) => throw new InvalidOperationException())
            .Unary<Map.V1.ListGuestsRequest, Map.V1.ListGuestsResponse>(
                "ListGuests", AccessScope.Admin, (_, _) => throw new InvalidOperationException())
            .Unary<Map.V1.InspectGuestRequest, Map.V1.InspectGuestResponse>(
                "InspectGuest", AccessScope.Admin, (_, _) => throw new InvalidOperationException())
            .Unary<Map.V1.RemoveGuestRequest, Map.V1.RemoveGuestResponse>(
                "RemoveGuest", AccessScope.Admin, (_, _) => throw new InvalidOperationException())
            .ServerStreaming<Map.V1.VerifyRequest, Map.V1.VerifyResponse>(
                "Verify", AccessScope.Admin, (_, _, _) => throw new InvalidOperationException())
            .ServerStreaming<Map.V1.BackupRequest, Map.V1.BackupResponse>(
                "Backup", AccessScope.Admin, (_, _, _) => throw new InvalidOperationException());
        using var directory = new TestDirectory();
        var options = new RpcServerOptions { UnixSocketPath = directory.File("s") };
        await using var server = new RpcServer(options, [service]);
        await server.StartAsync();
        using var channel = Client.GrpcChannel.ForUnixSocket(options.UnixSocketPath);
        var request = new ServerReflectionRequest { FileContainingSymbol = "map.v1.MapAdmin" };
        var answers = await CancellationTests.ReadAllAsync(
            channel.DuplexAsync<ServerReflectionRequest, ServerReflectionResponse>(
            $"{V1}/ServerReflectionInfo", Each(request, request)));
        Assert.Equal(["map/v1/map_admin.proto", "map/v1/holons.proto"], FileNames(answers[0]));
        Assert.Equal(["map/v1/map_admin.proto"], FileNames(answers[1]));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_the_stream_goes_on()
    {
        var answers = await AskAsync(
            V1,
            new ServerReflectionRequest { FileByFilename = "nothing.proto" },
            new ServerReflectionRequest { FileContainingSymbol = "no.Such" },
            new ServerReflectionRequest { FileContainingExtension = new ExtensionRequest { ExtensionNumber = 7 } },
            new ServerReflectionRequest { AllExtensionNumbersOfType = "no.Such" },
            new ServerReflectionRequest(),
            new ServerReflectionRequest { AllExtensionNumbersOfType = "test.echo.EchoMessage" });
        var notFound = (int)StatusCode.NotFound;
        Assert.Equal(
            [notFound, notFound, notFound, notFound, (int)StatusCode.InvalidArgument],
            answers.Take(5).Select(answer => answer.ErrorResponse.ErrorCode));
        Assert.Equal("test.echo.EchoMessage", answers[5].AllExtensionNumbersResponse.BaseTypeName);
        Assert.Empty(answers[5].AllExtensionNumbersResponse.ExtensionNumber);
    }

    private static async Task<List<ServerReflectionResponse>> AskAsync(
        string service, params ServerReflectionRequest[] requests)
    {
        await using var server = await TestServer.StartAsync();
        return await CancellationTests.ReadAllAsync(
            server.OverSocket().DuplexAsync<ServerReflectionRequest, ServerReflectionResponse>(
            $"{service}/ServerReflectionInfo", Each(requests)));
    }

    private static async IAsyncEnumerable<ServerReflectionRequest> Each(params ServerReflectionRequest[] requests)
    {
        foreach (var request in requests)
        {
            await Task.Yield();
            yield return request;
        }
    }

    private static List<string> FileNames(ServerReflectionResponse answer) =>
        [.. answer.FileDescriptorResponse.FileDescriptorProto.Select(
            file => FileDescriptorProto.Parser.ParseFrom(file).Name)];
}

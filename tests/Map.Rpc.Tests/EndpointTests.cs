using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Map.Rpc.Client;
using Map.Rpc.Internal;
using Map.Rpc.Tests.Echo;

namespace Map.Rpc.Tests;

/// <summary>Sockets, ports, files and their permissions.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class EndpointTests : IDisposable
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TestDirectory _directory = new();

    [Fact]
    public async Task The_socket_and_its_directory_are_the_owners_alone()
    {
        var path = _directory.File("a/b/s");
        await using var server = await StartAsync(path);
        Assert.Equal(OwnerFile, File.GetUnixFileMode(path));
        Assert.Equal(OwnerFile | UnixFileMode.UserExecute, File.GetUnixFileMode(_directory.File("a/b")));
        Assert.Equal(OwnerFile | UnixFileMode.UserExecute, File.GetUnixFileMode(_directory.File("a")));
    }

    [Fact]
    public async Task A_directory_open_to_others_is_refused()
    {
        var directory = Directory.CreateDirectory(
            _directory.File("open"), OwnerFile | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        var failure = await Assert.ThrowsAsync<UnauthorizedAccessException>(
            () => StartAsync(Path.Combine(directory.FullName, "s")));
        Assert.Contains("chmod 700", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_that_nobody_answers_on_is_replaced()
    {
        var path = _directory.File("s");
        LeaveStaleSocket(path);
        await using var server = await StartAsync(path);
        await SayAsync(path);
        Assert.Contains(server.Logs.All, entry => entry.Text.Contains("Replaced the socket", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_socket_that_somebody_answers_on_is_left_alone()
    {
        var path = _directory.File("s");
        await using var first = await StartAsync(path);
        var failure = await Assert.ThrowsAsync<IOException>(() => StartAsync(path));
        Assert.Contains("Another process answers", failure.Message, StringComparison.Ordinal);
        await SayAsync(path);
    }

    [Fact]
    public async Task A_start_that_fails_leaves_nothing_behind()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var path = _directory.File("s");
        var discovery = _directory.File("discovery.json");
        await Assert.ThrowsAsync<IOException>(() => TestServer.StartAsync(change: options => options with
        {
            UnixSocketPath = path,
            TcpPort = ((IPEndPoint)taken.LocalEndPoint!).Port,
            DiscoveryPath = discovery,
        }));
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public async Task A_file_that_is_no_socket_is_left_alone()
    {
        var path = _directory.File("s");
        await File.WriteAllTextAsync(path, "precious");
        await Assert.ThrowsAsync<IOException>(() => StartAsync(path));
        Assert.Equal("precious", await File.ReadAllTextAsync(path));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("192.168.1.7")]
    [InlineData("::ffff:10.0.0.1")]
    public void An_address_beyond_this_machine_is_refused(string address)
    {
        var options = new RpcServerOptions
        {
            TcpPort = 0,
            TcpAddresses = [IPAddress.Loopback, IPAddress.Parse(address)],
        };
        var failure = Assert.Throws<ArgumentException>(() => new RpcServer(options, []));
        Assert.Contains("loopback", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_without_an_endpoint_or_with_a_limit_of_nothing_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new RpcServer(new RpcServerOptions(), []));
        Assert.Throws<ArgumentException>(() => new RpcServer(new RpcServerOptions { UnixSocketPath = "relative" }, []));
        var failure = Assert.Throws<ArgumentException>(
            () => new RpcServer(new RpcServerOptions { TcpPort = 0, MaxMessageBytes = 0 }, []));
        Assert.Contains("MaxMessageBytes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_loopback_addresses_can_be_served_each_under_its_own_host()
    {
        if (!Socket.OSSupportsIPv6)
            return;
        await using var server = await TestServer.StartAsync(change: options => options with
        {
            UnixSocketPath = null,
            TcpAddresses = [IPAddress.Loopback, IPAddress.IPv6Loopback],
        });
        Assert.Equal(2, server.Server.TcpEndpoints.Count);
        foreach (var endpoint in server.Server.TcpEndpoints)
        {
            using var channel = GrpcChannel.ForTcp(endpoint.ToString(), server.Server.SessionToken);
            await channel.UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, new EchoMessage());
        }
    }

    [Fact]
    public async Task Connections_over_the_limit_are_closed_and_room_is_made_again()
    {
        await using var server = await TestServer.StartAsync(change: options => options with { MaxConnections = 1 });
        using (var first = GrpcChannel.ForTcp(server.TcpEndpoint, server.Server.SessionToken))
        {
            await first.UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, new EchoMessage());
            var failure = await Assert.ThrowsAsync<GrpcStatusException>(() => SayAsync(server));
            Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
            // The owner is not shut out by whoever fills the port.
            await server.OverSocket().UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, new EchoMessage());
        }
        await UntilAsync(() => SayAsync(server));
    }

    [Fact]
    public async Task Headers_over_the_limit_are_refused()
    {
        await using var server = await TestServer.StartAsync(change: options => options with { MaxHeaderBytes = 2048 });
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.Raw().SendAsync(
            EchoService.Say,
            RawClient.Frame(new EchoMessage()),
            raw => raw.Headers.Add("map-filler", new string('x', 4000))));
        var answer = await server.Raw().SendAsync(EchoService.Say, RawClient.Frame(new EchoMessage()));
        Assert.Equal(StatusCode.Ok, answer.Status);
    }

    [Fact]
    public async Task The_discovery_file_leads_to_the_server_and_goes_with_it()
    {
        var path = _directory.File("d/discovery.json");
        await using var server = await TestServer.StartAsync(
            change: options => options with { DiscoveryPath = path, ProductVersion = "1.2.3" });
        Assert.Equal(OwnerFile, File.GetUnixFileMode(path));
        var info = DiscoveryFile.Read(path)!;
        Assert.Equal((Environment.ProcessId, "1.2.3"), (info.ProcessId, info.ProductVersion));
        Assert.DoesNotContain(info.SessionToken, info.ToString(), StringComparison.Ordinal);
        foreach (var way in new[] { info, info with { SocketPath = null } })
        {
            using var channel = GrpcChannel.FromDiscovery(way);
            await channel.UnaryAsync<EchoMessage, EchoMessage>(EchoService.Rule, new EchoMessage());
        }
        await server.Server.StopAsync(TimeSpan.Zero);
        Assert.Null(DiscoveryFile.Read(path));
        Assert.Single(Directory.GetDirectories(_directory.Path));
        Assert.Empty(Directory.GetFiles(_directory.File("d")));
    }

    [Fact]
    public void The_discovery_file_of_a_successor_is_left_alone()
    {
        var path = _directory.File("discovery.json");
        DiscoveryFile.Write(path, new DiscoveryInfo { ProcessId = Environment.ProcessId + 1 });
        DiscoveryFile.DeleteOwn(path);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void A_discovery_file_that_others_may_write_is_not_believed()
    {
        var path = _directory.File("discovery.json");
        DiscoveryFile.Write(path, new DiscoveryInfo());
        File.SetUnixFileMode(path, OwnerFile | UnixFileMode.OtherWrite);
        Assert.Throws<UnauthorizedAccessException>(() => DiscoveryFile.Read(path));
        File.SetUnixFileMode(path, OwnerFile);
        File.WriteAllText(path, "{");
        Assert.Throws<InvalidDataException>(() => DiscoveryFile.Read(path));
    }

    [Fact]
    public void The_kernel_names_this_process_as_its_own_peer()
    {
        var path = _directory.File("s");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(path));
        using var accepted = listener.Accept();
        var credentials = new PeerCredentials();
        Assert.Equal(credentials.OwnUser, credentials.PeerUser(accepted));
    }

    public void Dispose() => _directory.Dispose();

    private static Task<TestServer> StartAsync(string path) =>
        TestServer.StartAsync(change: options => options with { UnixSocketPath = path, TcpPort = null });

    private static async Task SayAsync(string path)
    {
        using var channel = GrpcChannel.ForUnixSocket(path);
        await channel.UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, new EchoMessage());
    }

    private static async Task SayAsync(TestServer server)
    {
        using var channel = GrpcChannel.ForTcp(server.TcpEndpoint, server.Server.SessionToken);
        await channel.UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, new EchoMessage());
    }

    // The server notices a closed connection a moment after the client has closed it.
    private static async Task UntilAsync(Func<Task> action)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                await action();
                return;
            }
            catch (GrpcStatusException) when (!patience.IsCancellationRequested)
            {
                await Task.Yield();
            }
        }
    }

    // A bound socket goes with its file's name; under another name the file stays behind.
    private static void LeaveStaleSocket(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path + "0"));
        File.Move(path + "0", path);
    }
}

using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Map.Rpc.Internal;

/// <summary>
/// Kestrel with our endpoints and limits. It is built by hand and not by a host builder, which would also
/// take endpoints from configuration and environment variables.
/// </summary>
internal sealed class KestrelHost : IAsyncDisposable
{
    private readonly ServerRuntime _runtime;
    private readonly KestrelServer _server;
    private readonly List<ListenOptions> _tcp = [];
    private FrozenSet<string> _hosts = FrozenSet<string>.Empty;

    public KestrelHost(ServerRuntime runtime)
    {
        _runtime = runtime;
        var options = new KestrelServerOptions { AddServerHeader = false };
        SetLimits(options.Limits);
        AddEndpoints(options);
        var transport = new SocketTransportOptions { CreateBoundListenSocket = Bind };
        _server = new KestrelServer(
            Options.Create(options),
            new SocketTransportFactory(Options.Create(transport), runtime.Options.LoggerFactory),
            runtime.Options.LoggerFactory);
    }

    /// <summary>The TCP endpoints, with the ports they really got.</summary>
    public IReadOnlyList<IPEndPoint> TcpEndpoints { get; private set; } = [];

    public async Task StartAsync(RpcApplication application, CancellationToken cancellationToken)
    {
        await _server.StartAsync(application, cancellationToken);
        TcpEndpoints = [.. _tcp.Select(listen => listen.IPEndPoint!)];
        _hosts = HostsOf(TcpEndpoints);
        if (_runtime.Options.UnixSocketPath is { } path)
            _runtime.Log.Listening(path);
        foreach (var endpoint in TcpEndpoints)
            _runtime.Log.Listening(endpoint.ToString());
    }

    public Task StopAsync(CancellationToken abort) => _server.StopAsync(abort);

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        return ValueTask.CompletedTask;
    }

    private static FrozenSet<string> HostsOf(IReadOnlyList<IPEndPoint> endpoints) =>
        endpoints
            .SelectMany(endpoint => new[] { endpoint.ToString(), $"localhost:{endpoint.Port}" })
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private void SetLimits(KestrelServerLimits limits)
    {
        var options = _runtime.Options;
        // Bodies are limited message by message; a stream may carry any number of them.
        limits.MaxRequestBodySize = null;
        limits.MaxRequestHeaderCount = options.MaxHeaders;
        limits.MaxRequestHeadersTotalSize = options.MaxHeaderBytes;
        limits.Http2.MaxStreamsPerConnection = options.MaxStreamsPerConnection;
        limits.Http2.MaxRequestHeaderFieldSize = options.MaxHeaderBytes;
        // Finds clients that vanished without closing their connection.
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
    }

    private void AddEndpoints(KestrelServerOptions options)
    {
        if (_runtime.Options.UnixSocketPath is { } path)
        {
            options.ListenUnixSocket(path, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.Use(new ConnectionGate(_runtime, path).ForUnixSocket);
            });
        }
        if (_runtime.Options.TcpPort is not { } port)
            return;
        var gate = new ConnectionGate(_runtime, "TCP");
        foreach (var address in _runtime.Options.TcpAddresses)
        {
            options.Listen(address, port, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.Use(next => gate.ForTcp(next, () => _hosts));
                _tcp.Add(listen);
            });
        }
    }

    private Socket Bind(EndPoint endpoint) => endpoint is UnixDomainSocketEndPoint
        ? UnixSocketBinder.Bind(_runtime.Options.UnixSocketPath!, _runtime.Log)
        : SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
}

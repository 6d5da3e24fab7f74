using System.Collections.Frozen;
using System.Net;
using Map.Rpc.Internal;
using Map.Rpc.Internal.Wire;
using Microsoft.Extensions.Logging;

namespace Map.Rpc;

/// <summary>
/// Serves gRPC on a unix socket and on loopback TCP: the bound services, health and reflection. Starts
/// once and stops once.
/// </summary>
public sealed class RpcServer : IAsyncDisposable
{
    private static readonly TimeSpan DisposeDrain = TimeSpan.FromSeconds(1);

    private readonly RpcServerOptions _options;
    private readonly ServerRuntime _runtime;
    private readonly KestrelHost _host;
    private readonly RpcApplication _application;
    private readonly SessionToken _session = new();
    private readonly Lock _lock = new();
    private bool _isStarted;
    private volatile bool _isServing;
    private Task? _stopping;

    /// <summary>Builds the server without opening anything yet.</summary>
    /// <param name="options">How to listen, whom to believe, and limits.</param>
    /// <param name="services">Services with every method bound.</param>
    /// <exception cref="ArgumentException">
    /// The options are wrong, or methods are not bound; the message names them.
    /// </exception>
    public RpcServer(RpcServerOptions options, IEnumerable<GrpcService> services)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(services);
        if (options.FindProblem() is { } problem)
            throw new ArgumentException(problem, nameof(options));
        _options = options;
        var methods = Assemble([.. services]);
        _runtime = new ServerRuntime(options, new Log(options.LoggerFactory.CreateLogger("Map.Rpc")));
        _application = new RpcApplication(
            _runtime, new AccessGate(_runtime, new Authenticators(_session, options.Authenticator)), methods);
        _host = new KestrelHost(_runtime);
    }

    /// <summary>The statuses that health tells. The whole server serves from its start to its stop.</summary>
    public HealthStatuses Health { get; } = new();

    /// <summary>The token made for this run; the discovery file has it too.</summary>
    public string SessionToken => _session.Secret;

    /// <summary>The TCP endpoints with their real ports; empty before the start and without TCP.</summary>
    public IReadOnlyList<IPEndPoint> TcpEndpoints => _host.TcpEndpoints;

    /// <summary>Opens the endpoints and writes the discovery file.</summary>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <returns>A task that ends when calls are answered.</returns>
    /// <exception cref="IOException">An endpoint is taken, or the discovery file could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The socket's directory is open to other users.</exception>
    /// <exception cref="InvalidOperationException">The server was started before.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_isStarted)
                throw new InvalidOperationException("A server starts once.");
            _isStarted = true;
        }
        Health.Set("", ServingStatus.Serving);
        await _host.StartAsync(_application, cancellationToken);
        if (_options.DiscoveryPath is { } path)
            DiscoveryFile.Write(path, Describe());
        _isServing = true;
    }

    /// <summary>
    /// Stops: no new connections and calls; health tells NOT_SERVING; running calls may end until the drain
    /// timeout, then they are cancelled with UNAVAILABLE, and shortly after that aborted.
    /// </summary>
    /// <param name="drainTimeout">How long running calls may take.</param>
    /// <returns>A task that ends when nothing runs any more. The same one for each call.</returns>
    public Task StopAsync(TimeSpan drainTimeout)
    {
        lock (_lock)
            return _stopping ??= _isStarted ? StopOnceAsync(drainTimeout) : Task.CompletedTask;
    }

    /// <summary>Stops within a second if that has not been done.</summary>
    /// <returns>A task that ends when everything is released.</returns>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(DisposeDrain);
        await _host.DisposeAsync();
        _runtime.Dispose();
    }

    /// <summary>How to reach this server.</summary>
    /// <returns>What the discovery file has.</returns>
    public DiscoveryInfo Describe() => new()
    {
        ProcessId = Environment.ProcessId,
        SocketPath = _options.UnixSocketPath,
        TcpAddress = TcpEndpoints.Count > 0 ? $"http://{TcpEndpoints[0]}" : null,
        SessionToken = SessionToken,
        ProductVersion = _options.ProductVersion,
    };

    private FrozenDictionary<string, MethodBinding> Assemble(GrpcService[] services)
    {
        var index = new ReflectionIndex();
        var reflection = ReflectionReflection.Descriptor.Services.Single();
        GrpcService[] all = [.. services, new HealthService(Health).Bind(), .. new ReflectionService(index).Bind()];
        if (all.SelectMany(service => service.Unbound()).ToArray() is { Length: > 0 } unbound)
            throw new ArgumentException($"Methods without a handler: {string.Join(", ", unbound)}.", nameof(services));
        if (all.GroupBy(service => service.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"The service {twice.Key} is bound twice.", nameof(services));
        foreach (var service in all.Where(service => service.Name == service.Descriptor.FullName))
            index.Add(service.Descriptor);
        index.AddAlias(reflection, ReflectionService.AlphaName);
        return all.SelectMany(service => service.Methods)
            .ToFrozenDictionary(method => method.Identity.Path, StringComparer.Ordinal);
    }

    private async Task StopOnceAsync(TimeSpan drainTimeout)
    {
        // A start that failed has no calls to wait for.
        if (_isServing)
            _runtime.Log.Stopping(drainTimeout.TotalSeconds);
        // First, so that nobody new finds the way while the old ones finish.
        if (_options.DiscoveryPath is { } path)
            DiscoveryFile.DeleteOwn(path);
        Health.Stop();
        await _runtime.Stopping.CancelAsync();

        using var abort = new CancellationTokenSource();
        var stopped = _host.StopAsync(abort.Token);
        if (await EndsWithinAsync(stopped, drainTimeout))
            return;
        await _runtime.DrainIsOver.CancelAsync();
        if (await EndsWithinAsync(stopped, _options.AbortAfter))
            return;
        _runtime.Log.StopAborted();
        await abort.CancelAsync();
        await stopped;
    }

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan timeout)
    {
        try
        {
            await task.WaitAsync(timeout, _options.Time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>The session token, then the owner's own store.</summary>
    private sealed class Authenticators(ITokenAuthenticator session, ITokenAuthenticator? others) : ITokenAuthenticator
    {
        public Caller? Authenticate(ReadOnlySpan<char> token) =>
            session.Authenticate(token) ?? others?.Authenticate(token);
    }
}

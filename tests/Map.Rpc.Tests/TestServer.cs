using System.Collections.Concurrent;
using Map.Rpc.Client;
using Microsoft.Extensions.Logging;

namespace Map.Rpc.Tests;

/// <summary>A directory of a test's own, with a path short enough for sockets.</summary>
internal sealed class TestDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mr-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>Keeps refusals for a test to look at.</summary>
internal sealed class DenialList : IDenialSink
{
    private readonly ConcurrentQueue<Denial> _denials = new();

    public IReadOnlyCollection<Denial> All => _denials;

    public void Record(Denial denial) => _denials.Enqueue(denial);
}

/// <summary>Keeps log entries for a test to look at.</summary>
internal sealed class LogList : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text, Exception? Exception)> _entries = new();
    private readonly ConcurrentQueue<(string Text, TaskCompletionSource Found)> _watchers = new();

    public IReadOnlyCollection<(LogLevel Level, string Text, Exception? Exception)> All => _entries;

    /// <summary>Waits for an entry.</summary>
    public async Task Contains(string text, TimeSpan patience)
    {
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _watchers.Enqueue((text, found));
        if (_entries.Any(entry => entry.Text.Contains(text, StringComparison.Ordinal)))
            found.TrySetResult();
        await found.Task.WaitAsync(patience);
    }

    public ILogger CreateLogger(string categoryName) => categoryName == "Map.Rpc"
        ? this
        : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        var written = formatter(state, exception);
        _entries.Enqueue((logLevel, written, exception));
        foreach (var (text, found) in _watchers)
        {
            if (written.Contains(text, StringComparison.Ordinal))
                found.TrySetResult();
        }
    }

    public void Dispose()
    {
    }
}

/// <summary>A started server on a unix socket and on a free TCP port, with the echo service.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly List<IDisposable> _channels = [];

    private TestServer(EchoService? echo, Func<RpcServerOptions, RpcServerOptions>? change)
    {
        Options = new RpcServerOptions
        {
            UnixSocketPath = _directory.File("s"),
            TcpPort = 0,
            Denials = Denials,
            LoggerFactory = Logs,
            AbortAfter = TimeSpan.FromSeconds(20),
        };
        Options = change?.Invoke(Options) ?? Options;
        Server = new RpcServer(Options, [(echo ?? new EchoService()).Bind()]);
    }

    public RpcServerOptions Options { get; }

    public RpcServer Server { get; }

    public DenialList Denials { get; } = new();

    public LogList Logs { get; } = new();

    public string TcpEndpoint => Server.TcpEndpoints[0].ToString();

    public static async Task<TestServer> StartAsync(
        EchoService? echo = null, Func<RpcServerOptions, RpcServerOptions>? change = null)
    {
        var server = new TestServer(echo, change);
        try
        {
            await server.Server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public GrpcChannel OverSocket() => Keep(GrpcChannel.ForUnixSocket(Options.UnixSocketPath!));

    public GrpcChannel OverTcp(string? token) => Keep(GrpcChannel.ForTcp(TcpEndpoint, token));

    public RawClient Raw() => Keep(new RawClient(TcpEndpoint, Server.SessionToken));

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
            channel.Dispose();
        await Server.DisposeAsync();
        _directory.Dispose();
    }

    private T Keep<T>(T channel)
        where T : IDisposable
    {
        _channels.Add(channel);
        return channel;
    }
}

using System.Diagnostics;
using Map.Bench.Client;
using Map.Bench.Harness;
using Map.Daemon.Hosting;

namespace Map.Bench.Server;

/// <summary>The server under test in a process of its own, so that it shares no garbage collector with its client.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly CancellationTokenRegistration _cancellation;

    private ServerProcess(Process process, BenchClient client, CancellationToken cancellation)
    {
        _process = process;
        Client = client;

        // Calls that run end with it, however long they would take.
        _cancellation = cancellation.Register(process.Kill);
    }

    public BenchClient Client { get; }

    /// <summary>What it has in memory, shared libraries and all.</summary>
    public double ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public static async Task<ServerProcess> StartAsync(string data, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(ServerProcess).Assembly.Location);
        foreach (var argument in new[] { "serve", "--data", data }) start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new BenchException("The server could not be started.");
        var client = new BenchClient(DaemonPaths.Of(data).Socket);
        var server = new ServerProcess(process, client, cancellation);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line)
                if (line == ServerHost.ReadyLine) return server;
            throw new BenchException("The server ended before it could be called.");
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it as kill -9 does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cancellation.DisposeAsync();
        Client.Dispose();
        _process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(StopTimeout);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }
}

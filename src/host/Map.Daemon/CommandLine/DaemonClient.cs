using System.CommandLine;
using Google.Protobuf;
using Map.Daemon.Hosting;
using Map.Rpc;
using Map.Rpc.Client;
using Map.V1;

namespace Map.Daemon.CommandLine;

/// <summary>What a command of the command line asks of a running daemon. Found by the discovery file.</summary>
internal sealed class DaemonClient : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    private readonly GrpcChannel _channel;

    private DaemonClient(GrpcChannel channel) => _channel = channel;

    /// <summary>Runs a command against the daemon of a data directory, and tells in words what fails.</summary>
    public static async Task<int> RunAsync(
        ParseResult result, Func<DaemonClient, CancellationToken, Task<int>> action, CancellationToken cancellation)
    {
        var paths = DaemonPaths.Of(result.GetValue(CommonOptions.Data));
        try
        {
            if (DiscoveryFile.Read(paths.Discovery) is not { } info) return await NoDaemonAsync(paths, null);
            using var client = new DaemonClient(GrpcChannel.FromDiscovery(info));
            return await action(client, cancellation);
        }
        catch (GrpcStatusException e) when (e.StatusCode == StatusCode.Unavailable && e.GetDetail<HolonError>() is null)
        {
            return await NoDaemonAsync(paths, e.Message);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (GrpcStatusException e)
        {
            return await FailAsync(e.Message);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return await FailAsync(e.Message);
        }
    }

    public static async Task<int> FailAsync(string message)
    {
        await Console.Error.WriteLineAsync($"map-daemon: {message}");
        return ExitCodes.Refused;
    }

    public Task<TResponse> CallAsync<TRequest, TResponse>(string method, TRequest request, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new() =>
        _channel.UnaryAsync<TRequest, TResponse>($"map.v1.{method}", request, new GrpcCallOptions { Timeout = Timeout }, cancellation);

    public Task<PutContentResponse> PutContentAsync(IAsyncEnumerable<PutContentRequest> chunks, CancellationToken cancellation) =>
        _channel.ClientStreamingAsync<PutContentRequest, PutContentResponse>("map.v1.MapSpaces/PutContent", chunks, null, cancellation);

    public Task<MapResponse> ExecuteAsync(TransactionId transaction, MutationCommand mutation, CancellationToken cancellation) =>
        CallAsync<MapRequest, MapResponse>(
            "MapCommands/Execute",
            new MapRequest { Name = "map-daemon", TransactionId = transaction, Command = new CommandBody { Mutation = mutation } },
            cancellation);

    public void Dispose() => _channel.Dispose();

    private static async Task<int> NoDaemonAsync(DaemonPaths paths, string? reason)
    {
        var why = reason is null ? "" : $" ({reason})";
        await Console.Error.WriteLineAsync(
            $"map-daemon: no daemon is running on {paths.Data}{why}. Start one with: map-daemon run --data {paths.Data}");
        return ExitCodes.NoDaemon;
    }
}

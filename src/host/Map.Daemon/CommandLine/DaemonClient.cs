using System.CommandLine;
using Google.Protobuf;
using Map.Core.Services;
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

    /// <summary>Makes the action of a command that asks a daemon.</summary>
    public static Func<ParseResult, CancellationToken, Task<int>> Action(
        Func<ParseResult, DaemonClient, CancellationToken, Task<int>> action) => (result, _) => RunAsync(result, action, null);

    /// <summary>Makes the action of a command that asks a daemon, or does the work itself where none runs.</summary>
    /// <param name="action">Asks the daemon.</param>
    /// <param name="alone">Works on the directory.</param>
    public static Func<ParseResult, CancellationToken, Task<int>> ActionOrAlone(
        Func<ParseResult, DaemonClient, CancellationToken, Task<int>> action,
        Func<ParseResult, DaemonPaths, CancellationToken, Task<int>> alone) => (result, _) => RunAsync(result, action, alone);

    /// <summary>Makes the action of a command that needs no daemon.</summary>
    public static Func<ParseResult, CancellationToken, Task<int>> ActionAlone(
        Func<ParseResult, DaemonPaths, CancellationToken, Task<int>> alone) => async (result, _) =>
    {
        using var interruption = new Interruption();
        return await RunAloneAsync(result, alone, DaemonPaths.Of(result.GetValue(CommonOptions.Data)), interruption.Token);
    };

    public Task<TResponse> CallAsync<TRequest, TResponse>(string method, TRequest request, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new() =>
        _channel.UnaryAsync<TRequest, TResponse>($"map.v1.{method}", request, new GrpcCallOptions { Timeout = Timeout }, cancellation);

    /// <summary>Calls a method that tells how far it is; as long as it takes.</summary>
    public IAsyncEnumerable<TResponse> FollowAsync<TRequest, TResponse>(string method, TRequest request, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new() =>
        _channel.ServerStreamingAsync<TRequest, TResponse>($"map.v1.{method}", request, null, cancellation);

    public Task<PutContentResponse> PutContentAsync(IAsyncEnumerable<PutContentRequest> chunks, CancellationToken cancellation) =>
        _channel.ClientStreamingAsync<PutContentRequest, PutContentResponse>("map.v1.MapSpaces/PutContent", chunks, null, cancellation);

    public Task<MapResponse> ExecuteAsync(TransactionId transaction, MutationCommand mutation, CancellationToken cancellation) =>
        ExecuteAsync(transaction, new CommandBody { Mutation = mutation }, cancellation);

    public Task<MapResponse> QueryAsync(TransactionId transaction, V1.QueryCommand query, CancellationToken cancellation) =>
        ExecuteAsync(transaction, new CommandBody { Query = query }, cancellation);

    public void Dispose() => _channel.Dispose();

    private Task<MapResponse> ExecuteAsync(TransactionId transaction, CommandBody command, CancellationToken cancellation) =>
        CallAsync<MapRequest, MapResponse>(
            "MapCommands/Execute", new MapRequest { Name = "map-daemon", TransactionId = transaction, Command = command }, cancellation);

    /// <summary>Runs a command against the daemon of a data directory, and tells in words what fails.</summary>
    private static async Task<int> RunAsync(
        ParseResult result, Func<ParseResult, DaemonClient, CancellationToken, Task<int>> action,
        Func<ParseResult, DaemonPaths, CancellationToken, Task<int>>? alone)
    {
        var paths = DaemonPaths.Of(result.GetValue(CommonOptions.Data));
        using var interruption = new Interruption();
        var info = default(DiscoveryInfo);
        var isConnected = false;
        try
        {
            info = DiscoveryFile.Read(paths.Discovery);
            if (info is null)
                return alone is null ? NoDaemon(result, paths, "") : await RunAloneAsync(result, alone, paths, interruption.Token);
            using var client = new DaemonClient(GrpcChannel.FromDiscovery(info));
            // Tells a daemon that is not there from one that goes away meanwhile.
            await client.CallAsync<GetStatusRequest, GetStatusResponse>("MapAdmin/GetStatus", new(), interruption.Token);
            isConnected = true;
            return await action(result, client, interruption.Token);
        }
        catch (GrpcStatusException e) when (IsLost(e))
        {
            if (alone is not null && !isConnected) return await RunAloneAsync(result, alone, paths, interruption.Token);
            return isConnected
                ? Output.Fail(result, ExitCodes.NoDaemon, $"the daemon on {paths.Data} stopped before it was done. {e.Message}")
                : NoDaemon(result, paths, Unreachable(info!, e));
        }
        catch (OperationCanceledException)
        {
            return Output.Fail(result, ExitCodes.Interrupted, "interrupted.");
        }
        catch (GrpcStatusException e)
        {
            var error = e.GetDetail<HolonError>() ?? new HolonError();
            // It holds what the error itself does not: the place, and how many more there are.
            error.Message = e.Message;
            return Output.Fail(result, ExitCodes.Refused, error);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return Output.Fail(result, ExitCodes.Refused, e.Message);
        }
    }

    /// <summary>Works without a daemon, and tells in words what fails.</summary>
    private static async Task<int> RunAloneAsync(
        ParseResult result, Func<ParseResult, DaemonPaths, CancellationToken, Task<int>> alone, DaemonPaths paths,
        CancellationToken cancellation)
    {
        try
        {
            return await alone(result, paths, cancellation);
        }
        catch (OperationCanceledException)
        {
            return Output.Fail(result, ExitCodes.Interrupted, "interrupted.");
        }
        catch (Exception e) when (e is StoreException or BackupException or IOException or UnauthorizedAccessException)
        {
            return Output.Fail(result, ExitCodes.Refused, e.Message);
        }
    }

    /// <summary>Whether there is no daemon at the other end, or not any more.</summary>
    private static bool IsLost(GrpcStatusException failure) =>
        (failure.StatusCode == StatusCode.Unavailable && failure.GetDetail<HolonError>() is null)
        || failure.InnerException is HttpProtocolException or HttpRequestException { InnerException: HttpProtocolException };

    private static string Unreachable(DiscoveryInfo info, GrpcStatusException failure) =>
        File.Exists($"/proc/{info.ProcessId}/stat")
            ? $" {failure.Message}."
            : $" The last one (process {info.ProcessId}) ended without cleaning up, which does no harm.";

    private static int NoDaemon(ParseResult result, DaemonPaths paths, string why)
    {
        var option = paths == DaemonPaths.Of(null) ? "" : $" --data {Output.ShellWord(paths.Data)}";
        return Output.Fail(
            result, ExitCodes.NoDaemon, $"no daemon is running on {paths.Data}.{why} Start one with: map-daemon run{option}");
    }
}

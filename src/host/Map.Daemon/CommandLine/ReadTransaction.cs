using Map.Rpc;
using Map.V1;

namespace Map.Daemon.CommandLine;

/// <summary>A transaction that a command only reads in. It is rolled back in any case.</summary>
internal sealed class ReadTransaction : IAsyncDisposable
{
    private readonly DaemonClient _client;

    private ReadTransaction(DaemonClient client, TransactionId id) => (_client, Id) = (client, id);

    public TransactionId Id { get; }

    /// <summary>Begins one.</summary>
    /// <param name="client">The daemon.</param>
    /// <param name="space">The name of the space.</param>
    /// <param name="snapshot">The commit to read as of; null for the latest.</param>
    /// <param name="label">The command, as lists of transactions show it.</param>
    public static async Task<ReadTransaction> BeginAsync(DaemonClient client, string space, ulong? snapshot, string label)
    {
        var begin = new BeginTransactionRequest { Space = new SpaceSelector { Name = space }, Label = label, Client = $"map-daemon {label}" };
        if (snapshot is { } commit) begin.Snapshot = commit;
        // Not to be interrupted: a transaction that nobody knows of would stay open.
        var begun = await client.CallAsync<BeginTransactionRequest, BeginTransactionResponse>(
            "MapSpaces/BeginTransaction", begin, CancellationToken.None);
        return new ReadTransaction(client, begun.TransactionId);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            // One that may not be ended by this client expires by itself, as nothing is staged in it.
            await _client.ExecuteAsync(Id, new MutationCommand { Rollback = new RollbackCommand() }, CancellationToken.None);
        }
        catch (GrpcStatusException)
        {
            // The daemon is gone, and open transactions with it. What the caller reports came first.
        }
    }
}

namespace Map.Rpc.Internal;

/// <summary>What all calls of a server share.</summary>
internal sealed class ServerRuntime(RpcServerOptions options, Log log) : IDisposable
{
    public RpcServerOptions Options => options;

    public Log Log => log;

    public TimeProvider Time => options.Time;

    /// <summary>Cancelled when the server begins to stop.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    /// <summary>Cancelled when running calls have had their time to end.</summary>
    public CancellationTokenSource DrainIsOver { get; } = new();

    public void Deny(DenialReason reason, string method, string caller, string detail)
    {
        log.Denied(reason, method, caller, detail);
        options.Denials?.Record(new Denial(Time.GetUtcNow(), reason, method, caller, detail));
    }

    public void Dispose()
    {
        Stopping.Dispose();
        DrainIsOver.Dispose();
    }
}

namespace Map.Rpc;

/// <summary>Whether a service can do its work.</summary>
public enum ServingStatus
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>It can.</summary>
    Serving = 1,

    /// <summary>It cannot.</summary>
    NotServing = 2,
}

/// <summary>
/// The statuses that <c>grpc.health.v1.Health</c> tells. The empty name stands for the whole server.
/// Thread safe.
/// </summary>
public sealed class HealthStatuses
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ServingStatus> _statuses = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = NewSignal();
    private bool _isStopping;

    /// <summary>
    /// Sets a status and tells those who watch it. Once the server stops, nothing is serving any more.
    /// </summary>
    /// <param name="service">The service's name; empty for the whole server.</param>
    /// <param name="status">Its status.</param>
    public void Set(string service, ServingStatus status)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_lock)
        {
            _statuses[service] = _isStopping ? ServingStatus.NotServing : status;
            Signal();
        }
    }

    /// <summary>Forgets a service.</summary>
    /// <param name="service">The service's name.</param>
    public void Remove(string service)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_lock)
        {
            _statuses.Remove(service);
            Signal();
        }
    }

    /// <summary>The status of a service.</summary>
    /// <param name="service">The service's name; empty for the whole server.</param>
    /// <returns>The status; null when nobody set one.</returns>
    public ServingStatus? Get(string service) => Observe(service).Status;

    internal (ServingStatus? Status, bool IsStopping, Task Changed) Observe(string service)
    {
        lock (_lock)
        {
            ServingStatus? status = _statuses.TryGetValue(service, out var known) ? known : null;
            return (status, _isStopping, _changed.Task);
        }
    }

    internal void Stop()
    {
        lock (_lock)
        {
            _isStopping = true;
            foreach (var service in _statuses.Keys.ToArray())
                _statuses[service] = ServingStatus.NotServing;
            Signal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal()
    {
        var changed = _changed;
        _changed = NewSignal();
        changed.SetResult();
    }
}

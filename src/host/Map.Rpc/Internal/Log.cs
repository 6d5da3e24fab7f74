using Microsoft.Extensions.Logging;

namespace Map.Rpc.Internal;

/// <summary>Everything that this project logs. Event ids are stable.</summary>
internal sealed partial class Log(ILogger logger)
{
    [LoggerMessage(5001, LogLevel.Information, "Listening on {Endpoint}")]
    public partial void Listening(string endpoint);

    [LoggerMessage(5002, LogLevel.Information, "Stopping; running calls have {DrainSeconds} s to end")]
    public partial void Stopping(double drainSeconds);

    [LoggerMessage(5003, LogLevel.Warning, "Calls did not end in time; their connections are cut")]
    public partial void StopAborted();

    [LoggerMessage(5004, LogLevel.Information, "Replaced the socket {Path} that nobody answered on")]
    public partial void StaleSocketReplaced(string path);

    [LoggerMessage(5010, LogLevel.Warning, "Refused ({Reason}) {Method} for {Caller}: {Detail}")]
    public partial void Denied(DenialReason reason, string method, string caller, string detail);

    [LoggerMessage(5011, LogLevel.Warning, "Closed a connection to {Endpoint}: {Limit} connections are open already")]
    public partial void TooManyConnections(string endpoint, int limit);

    [LoggerMessage(5020, LogLevel.Debug, "{Method} by {Caller} ended with {Status}: {Detail}")]
    public partial void CallFailed(string method, string caller, StatusCode status, string detail);

    [LoggerMessage(5021, LogLevel.Error, "{Method} by {Caller} failed, incident {Incident}")]
    public partial void CallCrashed(Exception exception, string method, string caller, string incident);

    [LoggerMessage(5022, LogLevel.Warning, "{Method} by {Caller} was cut off: its client did not read for {Seconds} s")]
    public partial void SlowConsumer(string method, string caller, double seconds);

    [LoggerMessage(5023, LogLevel.Debug, "{Method} by {Caller} ended because its client went away")]
    public partial void ClientGone(Exception exception, string method, string caller);
}

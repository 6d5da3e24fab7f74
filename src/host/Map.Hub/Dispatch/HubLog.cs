using Map.Core.Identity;
using Microsoft.Extensions.Logging;

namespace Map.Hub.Dispatch;

/// <summary>All log messages of the hub. None holds a property value.</summary>
internal static partial class HubLog
{
    [LoggerMessage(1, LogLevel.Debug, "{Command} in {Transaction} by {Caller}: {Outcome} ({Name})")]
    public static partial void Command(ILogger logger, string command, TransactionId? transaction, string caller, string outcome, string name);

    [LoggerMessage(2, LogLevel.Information, "Commit {Number} of {Transaction} by {Caller}: {Saved} saved, {Deleted} deleted")]
    public static partial void Commit(ILogger logger, ulong number, TransactionId? transaction, string caller, ulong saved, ulong deleted);

    [LoggerMessage(3, LogLevel.Error, "{Command} in {Transaction} met a defect, incident {Incident}")]
    public static partial void Defect(ILogger logger, Exception exception, string command, TransactionId? transaction, string incident);

    [LoggerMessage(4, LogLevel.Error, "{Command} in {Transaction}: the store failed")]
    public static partial void Store(ILogger logger, Exception exception, string command, TransactionId? transaction);

    [LoggerMessage(5, LogLevel.Warning, "Denied: {Command} in {Transaction} by {Caller}: {Reason}")]
    public static partial void Denied(ILogger logger, string command, TransactionId? transaction, string caller, string reason);
}

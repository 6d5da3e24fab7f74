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

    [LoggerMessage(20, LogLevel.Information, "Transaction {Transaction} (\"{Label}\", begun by {Caller}) is back with {Staged} staged holons, from {Bytes} bytes in {Milliseconds} ms")]
    public static partial void Recovered(
        ILogger logger, TransactionId transaction, string label, string caller, int staged, long bytes, long milliseconds);

    [LoggerMessage(21, LogLevel.Warning, "Transaction {Transaction} did not come back: its journal cannot be used, and is now in {File}")]
    public static partial void JournalSetAside(ILogger logger, Exception exception, TransactionId transaction, string file);

    [LoggerMessage(22, LogLevel.Warning, "Transaction {Transaction} did not come back ({Reason}), and its journal could not be moved to a file")]
    public static partial void JournalStays(ILogger logger, Exception exception, TransactionId transaction, string reason);

    [LoggerMessage(23, LogLevel.Error, "The journals of space {Space} cannot all be read; some open transactions did not come back")]
    public static partial void JournalsUnreadable(ILogger logger, Exception exception, SpaceId space);
}

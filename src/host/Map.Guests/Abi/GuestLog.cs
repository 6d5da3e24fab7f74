using Microsoft.Extensions.Logging;

namespace Map.Guests.Abi;

/// <summary>All log messages about guests that run.</summary>
internal static partial class GuestLog
{
    [LoggerMessage(EventId = 40, Message = "{Module}, {Name}: {Message}")]
    public static partial void Line(ILogger logger, LogLevel level, string module, string name, string message);

    [LoggerMessage(41, LogLevel.Warning, "{Module}, {Name}: further lines of this call are dropped; a call has at most {Most}")]
    public static partial void LinesDropped(ILogger logger, string module, string name, int most);

    [LoggerMessage(42, LogLevel.Warning, "Denied: {Module}, {Name}: {Capability} of {HolonType}, which its manifest does not declare")]
    public static partial void Denied(ILogger logger, string module, string name, string capability, string holonType);

    [LoggerMessage(43, LogLevel.Information, "{Module}, {Name} was stopped ({Outcome}): {Message}")]
    public static partial void Stopped(ILogger logger, string module, string name, string outcome, string message);
}

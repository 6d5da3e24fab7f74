using Map.Rpc;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;
using ILogger = Microsoft.Extensions.Logging.ILogger;

namespace Map.Daemon.Hosting;

/// <summary>The daemon's own log messages, and where all logs go: the console and a file a day.</summary>
internal static partial class DaemonLog
{
    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";
    private const int KeptFiles = 14;
    private const long MaxFileBytes = 64L << 20;

    /// <summary>Opens the log.</summary>
    public static SerilogLoggerFactory Open(DaemonOptions options)
    {
        var logger = new LoggerConfiguration()
            .MinimumLevel.Is(options.LogLevel)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .WriteTo.Console(outputTemplate: Template, formatProvider: null)
            .WriteTo.File(
                Path.Combine(options.Paths.Logs, "map-daemon-.log"),
                outputTemplate: "{Timestamp:O} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}",
                formatProvider: null,
                rollingInterval: RollingInterval.Day,
                retainedFileCountLimit: KeptFiles,
                fileSizeLimitBytes: MaxFileBytes,
                rollOnFileSizeLimit: true)
            .CreateLogger();
        return new SerilogLoggerFactory(logger, dispose: true);
    }

    [LoggerMessage(1, LogLevel.Information, "map-daemon {Version} serves {Data}")]
    public static partial void Started(ILogger logger, string version, string data);

    [LoggerMessage(2, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(3, LogLevel.Warning, "Denied: {Reason} for {Method} by {Caller}: {Detail}")]
    public static partial void Denied(ILogger logger, DenialReason reason, string method, string caller, string detail);
}

/// <summary>Writes refusals to the log.</summary>
/// <param name="logger">The log.</param>
internal sealed class DenialLog(ILogger logger) : IDenialSink
{
    /// <inheritdoc/>
    public void Record(Denial denial) =>
        DaemonLog.Denied(logger, denial.Reason, denial.Method, denial.Caller, denial.Detail);
}

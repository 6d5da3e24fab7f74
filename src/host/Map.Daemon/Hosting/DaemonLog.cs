using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;
using ILogger = Microsoft.Extensions.Logging.ILogger;

namespace Map.Daemon.Hosting;

/// <summary>The daemon's own log messages, and where all logs go: standard error and a file a day.</summary>
internal static partial class DaemonLog
{
    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";
    private const int KeptFiles = 14;
    private const long MaxFileBytes = 64L << 20;

    /// <summary>Opens the log.</summary>
    /// <param name="options">The level, and where the files are.</param>
    /// <param name="consoleLevel">The least level for the console.</param>
    public static ILoggerFactory Open(DaemonOptions options, LogEventLevel consoleLevel)
    {
        var logger = new LoggerConfiguration()
            .MinimumLevel.Is(options.LogLevel)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .WriteTo.Console(consoleLevel, Template, formatProvider: null, standardErrorFromLevel: LevelAlias.Minimum)
            .WriteTo.File(
                Path.Combine(options.Paths.Logs, "map-daemon-.log"),
                outputTemplate: "{Timestamp:O} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}",
                formatProvider: null,
                rollingInterval: RollingInterval.Day,
                retainedFileCountLimit: KeptFiles,
                fileSizeLimitBytes: MaxFileBytes,
                rollOnFileSizeLimit: true)
            .CreateLogger();
        return new Loggers(new SerilogLoggerFactory(logger, dispose: true));
    }

    [LoggerMessage(1, LogLevel.Information, "map-daemon {Version} serves {Data}")]
    public static partial void Started(ILogger logger, string version, string data);

    [LoggerMessage(2, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger logger);

    /// <summary>Closing it is no failure of the daemon when the last lines of the file have no room.</summary>
    private sealed class Loggers(SerilogLoggerFactory inner) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => inner.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

        public void Dispose()
        {
            try
            {
                inner.Dispose();
            }
            catch (IOException failure)
            {
                Console.Error.WriteLine($"The end of the log could not be written: {failure.Message}");
            }
        }
    }
}

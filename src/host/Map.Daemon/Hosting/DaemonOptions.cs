using Serilog.Events;

namespace Map.Daemon.Hosting;

/// <summary>How to run.</summary>
/// <param name="Paths">Where what is kept.</param>
/// <param name="Port">The loopback port; 0 for a free one; null for none.</param>
/// <param name="LogLevel">The least level that is logged.</param>
internal sealed record DaemonOptions(DaemonPaths Paths, int? Port, LogEventLevel LogLevel)
{
    /// <summary>How much it may hold.</summary>
    public LimitsFile Limits { get; init; } = new();

    /// <summary>The loopback port unless told otherwise.</summary>
    public const int DefaultPort = 7717;

    /// <summary>How long running calls may take at shutdown.</summary>
    public static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(10);
}

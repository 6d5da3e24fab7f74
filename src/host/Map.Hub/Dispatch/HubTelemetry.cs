using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Map.Hub.Dispatch;

/// <summary>Traces and metrics of the hub, under the name <c>Map.Hub</c>.</summary>
internal static class HubTelemetry
{
    private static readonly ActivitySource Source = new("Map.Hub");
    private static readonly Meter Meter = new("Map.Hub");

    private static readonly Histogram<double> Duration =
        Meter.CreateHistogram<double>("map.command.duration", "s", "Time of one command, by name and outcome.");

    /// <summary>Starts the record of one command.</summary>
    public static CommandRecord Start(string command) => new(command, Source.StartActivity(command), Stopwatch.GetTimestamp());

    /// <summary>The record of one command, written when it is disposed.</summary>
    internal sealed class CommandRecord(string command, Activity? activity, long start) : IDisposable
    {
        /// <summary>"ok", "cancelled" or the name of the first error's code.</summary>
        public string Outcome { get; set; } = "defect";

        public void Dispose()
        {
            activity?.SetTag("map.outcome", Outcome);
            activity?.Dispose();
            if (!Duration.Enabled) return;
            Duration.Record(
                Stopwatch.GetElapsedTime(start).TotalSeconds,
                new KeyValuePair<string, object?>("command", command),
                new KeyValuePair<string, object?>("outcome", Outcome));
        }
    }
}

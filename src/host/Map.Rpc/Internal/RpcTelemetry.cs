using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;

namespace Map.Rpc.Internal;

/// <summary>Traces and metrics of this project, under the name <c>Map.Rpc</c>.</summary>
internal static class RpcTelemetry
{
    public const string Name = "Map.Rpc";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "rpc.server.duration", "s", "Duration of calls by method and status.");

    /// <summary>Begins a span that continues the client's trace. Null when nobody listens.</summary>
    public static Activity? StartCall(MethodIdentity method, IHeaderDictionary headers)
    {
        if (!Source.HasListeners())
            return null;
        // Without a readable parent this leaves the default, which begins a trace of its own.
        _ = ActivityContext.TryParse(
            headers.TraceParent.ToString(), headers.TraceState.ToString(), isRemote: true, out var parent);
        var activity = Source.StartActivity(method.FullName, ActivityKind.Server, parent);
        activity?.SetTag("rpc.system", "grpc");
        return activity;
    }

    public static void EndCall(Activity? activity, MethodIdentity method, StatusCode status, TimeSpan duration)
    {
        if (activity is not null)
        {
            activity.SetTag("rpc.grpc.status_code", (int)status);
            if (status != StatusCode.Ok)
                activity.SetStatus(ActivityStatusCode.Error, status.ToString());
        }
        if (Duration.Enabled)
            Duration.Record(
                duration.TotalSeconds, new("rpc.method", method.FullName), new("rpc.grpc.status_code", (int)status));
    }
}

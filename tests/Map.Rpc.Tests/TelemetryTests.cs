using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Map.Rpc.Tests.Echo;

namespace Map.Rpc.Tests;

/// <summary>Spans and metrics of calls.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task A_call_continues_the_clients_trace_and_is_measured()
    {
        const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
        var spans = new ConcurrentQueue<Activity>();
        using var spanListener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Map.Rpc",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(spanListener);
        var measured = new ConcurrentQueue<string?>();
        using var meterListener = new MeterListener();
        meterListener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Map.Rpc")
                listener.EnableMeasurementEvents(instrument);
        };
        meterListener.SetMeasurementEventCallback<double>((_, _, tags, _) => measured.Enqueue((string?)tags[0].Value));
        meterListener.Start();

        await using var server = await TestServer.StartAsync(
            new EchoService { OnSay = (_, _) => throw new GrpcStatusException(StatusCode.NotFound, "gone") });
        await server.Raw().SendAsync(EchoService.Say, RawClient.Frame(new EchoMessage()), raw =>
            raw.Headers.TryAddWithoutValidation("traceparent", $"00-{TraceId}-00f067aa0ba902b7-01"));
        // The stop waits for the call's last step.
        await server.Server.StopAsync(TimeSpan.FromSeconds(30));
        var span = Assert.Single(spans, span => span.TraceId.ToHexString() == TraceId);
        Assert.Equal((EchoService.Say, ActivityKind.Server), (span.DisplayName, span.Kind));
        Assert.Equal((int)StatusCode.NotFound, span.GetTagItem("rpc.grpc.status_code"));
        Assert.Contains(EchoService.Say, measured);
    }
}

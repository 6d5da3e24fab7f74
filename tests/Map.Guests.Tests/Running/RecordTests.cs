using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Map.Core.Errors;
using Map.Guests.Running;
using Map.Guests.Tests.Building;
using Microsoft.Extensions.Logging;

namespace Map.Guests.Tests.Running;

/// <summary>What log and metrics tell of guests.</summary>
public sealed class RecordTests
{
    [Fact]
    public void Calls_are_counted_by_module_and_outcome_with_their_fuel_and_traps_by_code()
    {
        var records = new ConcurrentQueue<(string Name, double Value, string Tags)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "Map.Guests") self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((each, value, tags, _) => records.Enqueue((each.Name, value, Text(tags))));
        listener.SetMeasurementEventCallback<long>((each, value, tags, _) => records.Enqueue((each.Name, value, Text(tags))));
        listener.Start();
        using var world = new GuestWorld(new GuestOptions { Fuel = 1_000 });
        const string Manifest = """{"abi":"map:guest/1","name":"recorded"}""";
        world.Dance(world.Install(Manifests.Add(Bodies.Bare(Bodies.Nothing), Manifest)));
        GuestWorld.Refused(HolonErrorCode.OutOfFuel, () => world.Dance(world.Install(Manifests.Add(Bodies.Bare(Bodies.Spin), Manifest))));
        var own = records.Where(each => each.Tags.Contains("module=recorded", StringComparison.Ordinal)).ToList();
        Assert.Equal(["module=recorded outcome=ok", "module=recorded outcome=OutOfFuel"], own.Where(each => each.Name == "map.guest.duration").Select(each => each.Tags));
        var fuel = own.Where(each => each.Name == "map.guest.fuel").Select(each => each.Value).ToList();
        Assert.InRange(fuel[0], 1, 100);
        Assert.Equal(1_000, fuel[1]);
        Assert.Contains(records, each => each is { Name: "map.guest.traps", Tags: "code=FuelExhausted" });
    }

    [Fact]
    public void Lines_of_guests_are_logged_with_module_and_dance_without_breaks_and_up_to_a_thousand()
    {
        using var world = new GuestWorld();
        var script = new Script { Tells = false };
        script.Call("log", [0, .. script.Text("a\nb\u2028c")]);
        script.Call("log", [2, .. script.Text("warn")]);
        for (var i = 0; i < 1_500; i++) script.Call("log", [1, .. script.Text("x")]);
        world.Dance(world.InstallScripts(), script);
        Assert.Equal((LogLevel.Debug, "tests, Test: a b c"), world.Log.All[0]);
        Assert.Equal((LogLevel.Warning, "tests, Test: warn"), world.Log.All[1]);
        Assert.Equal(1_001, world.Log.All.Count);
        Assert.Contains("further lines of this call are dropped", world.Log.All[^1].Message, StringComparison.Ordinal);
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
}

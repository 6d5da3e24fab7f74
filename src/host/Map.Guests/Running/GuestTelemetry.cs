using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Map.Guests.Running;

/// <summary>Metrics of guests, under the name <c>Map.Guests</c>.</summary>
internal static class GuestTelemetry
{
    private static readonly Meter Meter = new("Map.Guests");

    private static readonly Histogram<double> Duration =
        Meter.CreateHistogram<double>("map.guest.duration", "s", "Time of one call of a guest without its waiting, by module and outcome.");

    private static readonly Histogram<long> FuelUsed =
        Meter.CreateHistogram<long>("map.guest.fuel", "{unit}", "Fuel that one call of a guest used, by module.");

    private static readonly Counter<long> Traps =
        Meter.CreateCounter<long>("map.guest.traps", "{trap}", "Guests that were stopped, by the code of the trap.");

    /// <summary>Records a call.</summary>
    /// <param name="module">The name of its module.</param>
    /// <param name="outcome">"ok", "cancelled" or the name of the error's code.</param>
    /// <param name="start">When it began, by the stopwatch.</param>
    /// <param name="fuel">What it used.</param>
    public static void Called(string module, string outcome, long start, long fuel)
    {
        var byModule = new KeyValuePair<string, object?>("module", module);
        Duration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, byModule, new KeyValuePair<string, object?>("outcome", outcome));
        FuelUsed.Record(fuel, byModule);
    }

    /// <summary>Records a trap.</summary>
    public static void Trapped(string code) => Traps.Add(1, new KeyValuePair<string, object?>("code", code));
}

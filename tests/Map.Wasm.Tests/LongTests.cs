namespace Map.Wasm.Tests;

/// <summary>Whether the larger volumes run, too.</summary>
internal static class LongTests
{
    public static bool AreOn { get; } = Environment.GetEnvironmentVariable("MAP_TEST_LONG") == "1";
}

namespace Map.Bench.Guests;

/// <summary>The modules of tests/fixtures/guests, which the build copies beside this program.</summary>
internal static class GuestFiles
{
    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "guests", name));
}

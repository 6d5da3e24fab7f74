namespace Map.Guests.Abi.Imports;

/// <summary>What a guest is asked.</summary>
internal static class RequestImports
{
    public static IEnumerable<GuestImport> All =>
    [
        GuestImport.Of("dance_name", DanceName),
        GuestImport.Of("affording_holon", AffordingHolon),
    ];

    private static int DanceName(GuestCall call, int buffer, int size) => call.Write(call.Buffer(buffer, size), call.Name);

    private static int AffordingHolon(GuestCall call) => call.AffordingHandle();
}

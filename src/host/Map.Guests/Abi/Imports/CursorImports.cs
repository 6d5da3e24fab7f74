namespace Map.Guests.Abi.Imports;

/// <summary>Going through many.</summary>
internal static class CursorImports
{
    public static IEnumerable<GuestImport> All =>
    [
        GuestImport.Of("next_holon", NextHolon),
        GuestImport.Of("next_name", NextName),
        GuestImport.Of("close", Close),
    ];

    private static int NextHolon(GuestCall call, int cursor)
    {
        var holons = call.Handles.Find(cursor) as HolonCursor ?? throw new AbiException(AbiResult.BadHandle);
        // Before it moves on, so that no holon is lost.
        call.Handles.RequireRoom();
        return holons.Next(call) is { } holon ? call.Handles.Open(holon) : 0;
    }

    private static int NextName(GuestCall call, int cursor, int buffer, int size)
    {
        var output = call.Buffer(buffer, size);
        var names = call.Handles.Find(cursor) as NameCursor ?? throw new AbiException(AbiResult.BadHandle);
        if (names.Current is not { } name) return 0;
        var length = call.Write(output, name);
        if (length <= output.Length) names.Advance();
        return length;
    }

    private static int Close(GuestCall call, int handle)
    {
        call.Close(handle);
        return 0;
    }
}

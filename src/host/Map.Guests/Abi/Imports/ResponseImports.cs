using Map.Core.Dancing;

namespace Map.Guests.Abi.Imports;

/// <summary>What a guest answers and tells.</summary>
internal static class ResponseImports
{
    public static IEnumerable<GuestImport> All =>
    [
        GuestImport.Of("respond_holon", RespondHolon),
        GuestImport.Of("respond_value", RespondValue),
        GuestImport.Of("respond_error", RespondError),
        GuestImport.Of("warning", Warning),
        GuestImport.Of("violation", Violation),
        GuestImport.Of("last_error", LastError),
        GuestImport.Of("log", Log),
    ];

    private static int RespondHolon(GuestCall call, int holon)
    {
        call.Respond(new DanceHolon(call.Holon(holon)));
        return 0;
    }

    private static int RespondValue(GuestCall call, int value, int size)
    {
        call.Respond(new DanceValue(call.Value(value, size)));
        return 0;
    }

    private static int RespondError(GuestCall call, int code, int length, int message, int size)
    {
        call.Buffer(message, size);
        var error = (Code: call.Text(code, length, GuestMemory.MaxCodeBytes), Message: call.Text(message, size, GuestMemory.MaxMessageBytes));
        call.Respond(new GuestError(error.Code, error.Message));
        return 0;
    }

    private static int Warning(GuestCall call, int message, int size)
    {
        call.Warn(call.Text(message, size, GuestMemory.MaxMessageBytes));
        return 0;
    }

    private static int Violation(GuestCall call, int member, int length, int message, int size)
    {
        call.Buffer(message, size);
        var name = length == 0 ? null : call.Name(member, length);
        call.Find(new GuestFinding(name, call.Text(message, size, GuestMemory.MaxMessageBytes)));
        return 0;
    }

    private static int LastError(GuestCall call, int buffer, int size) => call.Write(call.Buffer(buffer, size), call.LastError);

    private static int Log(GuestCall call, int level, int message, int size)
    {
        call.Log.Write(level, call.Text(message, size, GuestMemory.MaxMessageBytes));
        return 0;
    }
}

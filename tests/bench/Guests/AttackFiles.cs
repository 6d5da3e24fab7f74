using System.Text;
using Map.V1;

namespace Map.Bench.Guests;

/// <summary>A dance that means harm.</summary>
/// <param name="Entrypoint">The function, which the dance is called like.</param>
/// <param name="Ends">How the daemon may end it; any other end is a fault of the daemon.</param>
internal sealed record Attack(string Entrypoint, params ErrorCode[] Ends);

/// <summary>The dances that mean harm (tests/fixtures/guests/attacks.wat has what each does).</summary>
internal static class AttackFiles
{
    private const string Manifest =
        """{"abi":"map:guest/1","name":"attacks","capabilities":{"read":["Task.HolonType"],"write":["Task.HolonType"]}}""";

    public static IReadOnlyList<Attack> Attacks { get; } =
    [
        new("spin", ErrorCode.OutOfFuel, ErrorCode.DanceTimedOut),
        new("descend", ErrorCode.DanceTrapped),
        new("hoard", ErrorCode.OutOfFuel, ErrorCode.DanceTimedOut),
        new("stumble", ErrorCode.DanceTrapped),
        new("storm", ErrorCode.OutOfFuel, ErrorCode.DanceTimedOut),
        new("flood", ErrorCode.OutOfFuel, ErrorCode.DanceTimedOut),
        new("shout", ErrorCode.DanceTrapped),
        new("overreach", ErrorCode.CapabilityDenied),
    ];

    public static byte[] Module() => GuestFiles.Read("attacks.wasm", Manifest);

    /// <summary>The dances of tasks and their implementations, in the import format.</summary>
    public static ReadOnlyMemory<byte> Holons(string sha256)
    {
        var dances = Attacks.Select(attack => GuestFiles.Dance(attack.Entrypoint, sha256, attack.Entrypoint));
        return Encoding.UTF8.GetBytes($$"""{"holons": [{{string.Join(",", dances)}}]}""");
    }
}

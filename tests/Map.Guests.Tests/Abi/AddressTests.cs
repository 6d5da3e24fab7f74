using Map.Core.Errors;
using Map.Guests.Abi;
using Map.Guests.Tests.Building;

namespace Map.Guests.Tests.Abi;

/// <summary>Addresses outside of the memory trap, at every parameter of every import.</summary>
public sealed class AddressTests : IDisposable
{
    private const int Memory = 32 * 65_536;

    private static readonly string[] AddressParameters = ["name", "buffer", "value", "key", "code", "message", "member"];

    private readonly GuestWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void An_address_outside_traps_whatever_else_is_wrong()
    {
        var entry = _world.InstallScripts();
        (int Address, int Length)[] outside = [(Memory, 1), (Memory - 3, 4), (-1, 1), (0, -1), (int.MinValue, int.MinValue), (0, int.MaxValue), (Memory + 1, 0), (-1, 0)];
        var tried = 0;
        foreach (var import in GuestInterface.Imports)
        {
            for (var i = 0; i < import.Parameters.Count; i++)
            {
                if (!AddressParameters.Contains(import.Parameters[i])) continue;
                foreach (var (address, length) in outside)
                {
                    // Of a violation, length 0 says that there is no member, and the address is not looked at.
                    if (import.Parameters[i] == "member" && length == 0) continue;
                    var script = new Script { Tells = false };
                    var arguments = new Argument[import.Parameters.Count];
                    (arguments[i], arguments[i + 1]) = (address, length);
                    script.Call(import.Name, arguments);
                    var error = GuestWorld.Refused(HolonErrorCode.DanceTrapped, () => _world.Dance(entry, script));
                    Assert.Contains("out of bounds memory access", error.Message, StringComparison.Ordinal);
                    tried++;
                }
            }
        }

        Assert.Equal((23 * outside.Length) - 2, tried);
    }

    [Fact]
    public void The_last_bytes_and_no_bytes_at_the_end_are_inside()
    {
        var script = new Script();
        Argument[] steps = [script.Call("dance_name", Memory - 4, 4), script.Call("dance_name", Memory, 0)];
        var results = _world.Run(script);
        Assert.Equal([4, 4], steps.Select(step => results[step]));
    }
}

using Map.Core.Values;
using Map.Guests.Tests.Building;
using static Map.Hub.Tests.TestSchema;

namespace Map.Guests.Tests.Abi;

/// <summary>What a dance reads.</summary>
public sealed class ReadingTests : IDisposable
{
    private readonly GuestWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_holon_tells_its_key_type_phase_and_properties()
    {
        var script = new Script();
        var holon = script.Call("affording_holon");
        var (key, type, title) = (script.Buffer(10), script.Buffer(10), script.Buffer(20));
        var keyLength = script.Call("holon_key", [holon, .. key]);
        var typeLength = script.Call("holon_type_name", [holon, .. type]);
        var titleLength = script.Call("property", [holon, .. script.Text("title"), .. title]);
        var phase = script.Call("holon_phase", holon);
        var results = _world.Run(script);
        Assert.Equal("One", results.Text(keyLength, key));
        Assert.Equal("Book", results.Text(typeLength, type));
        Assert.Equal(new StringValue("First"), results.Value(titleLength, title));
        Assert.Equal(6, results[phase]);
    }
}

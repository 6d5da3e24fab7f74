using Map.Guests.Abi;
using Map.Guests.Running;
using Map.Guests.Tests.Building;
using static Map.Hub.Tests.TestSchema;

namespace Map.Guests.Tests.Abi;

/// <summary>What is no handle of the call is a bad one, and there are only so many.</summary>
public sealed class HandleTests
{
    /// <summary>The parameters that take handles of holons, with 0 allowed or not, by import.</summary>
    private static readonly string[] HolonParameters = ["holon", "one", "other", "target", "transient", "type"];

    [Fact]
    public void A_closed_a_guessed_and_a_handle_of_the_other_kind_are_bad_for_every_parameter()
    {
        using var world = new GuestWorld();
        var entry = world.InstallScripts();
        var tried = 0;
        foreach (var import in GuestInterface.Imports)
        {
            for (var i = 0; i < import.Parameters.Count; i++)
            {
                var isCursor = import.Parameters[i] == "cursor";
                if (!isCursor && !HolonParameters.Contains(import.Parameters[i])) continue;
                var script = new Script();
                var holon = script.Call("affording_holon");
                var cursor = script.Call("related", [holon, .. script.Text(Authors)]);
                var closed = script.Call("next_holon", cursor);
                var free = script.Call("close", closed);
                // A place that is used again: the handle that it had before stays bad.
                script.Call("next_holon", cursor);
                Argument[] bad = [closed, -1, int.MaxValue, int.MinValue, 1, isCursor ? holon : cursor];
                var steps = bad.Select(handle => script.Call(import.Name, Arguments(import, i, handle, script, holon))).ToArray();
                var results = world.Run(script, entry);
                Assert.Equal(0, results[free]);
                foreach (var step in steps)
                    Assert.True((int)AbiResult.BadHandle == results[step], $"{import.Name}, {import.Parameters[i]}: {results[step]}");
                tried++;
            }
        }

        Assert.Equal(29, tried);
    }

    [Fact]
    public void A_handle_of_an_earlier_call_is_bad_in_the_next()
    {
        using var world = new GuestWorld();
        var entry = world.InstallScripts();
        var script = new Script();
        var made = script.Call("clone", script.Call("affording_holon"));
        var phase = script.Call("holon_phase", made);
        var first = world.Run(script, entry);
        Assert.Equal(1, first[phase]);

        var next = new Script();
        var step = next.Call("holon_phase", first[made]);
        Assert.Equal((int)AbiResult.BadHandle, world.Run(next, entry)[step]);
    }

    [Fact]
    public void There_are_only_so_many_handles_and_what_has_no_room_is_not_done()
    {
        using var world = new GuestWorld(new GuestOptions { MaxHandles = 3 });
        var script = new Script();
        var holon = script.Call("affording_holon");
        var made = script.Call("new_holon", 0);
        var refused = script.Call("new_holon", 0);
        script.Call("close", made);
        var cursor = script.Call("related", [holon, .. script.Text(Authors)]);
        var full = script.Call("next_holon", cursor);
        script.Call("close", holon);
        var first = script.Call("next_holon", cursor);
        var results = world.Run(script);
        Assert.True(results[made] > 0);
        Assert.Equal((int)AbiResult.Limit, results[refused]);
        Assert.Equal((int)AbiResult.Limit, results[full]);
        Assert.True(results[first] > 0);
        // The request, and one that was made.
        Assert.Equal(2, world.Editor.View.TransientCount);
    }

    [Fact]
    public void There_are_fewer_cursors()
    {
        using var world = new GuestWorld();
        var script = new Script();
        var holon = script.Call("affording_holon");
        var cursors = Enumerable.Range(0, 1_025).Select(_ => script.Call("property_names", holon)).ToArray();
        script.Call("close", cursors[0]);
        var again = script.Call("property_names", holon);
        var results = world.Run(script);
        Assert.True(results[cursors[1_023]] > 0);
        Assert.Equal((int)AbiResult.Limit, results[cursors[1_024]]);
        Assert.True(results[again] > 0);
    }

    [Fact]
    public void Every_handle_of_a_place_is_another_until_it_was_used_32767_times()
    {
        var handles = new Handles(10);
        var first = handles.Open("a");
        Assert.Equal("a", handles.Close(first));
        for (var i = 1; i < short.MaxValue; i++)
        {
            var next = handles.Open("b");
            Assert.True(next > 0 && next != first && handles.Find(first) is null);
            handles.Close(next);
        }

        Assert.Equal(first, handles.Open("c"));
        Assert.Null(handles.Close(0));
        Assert.Equal(1, handles.Count);
    }

    /// <summary>Good arguments but for one.</summary>
    private static Argument[] Arguments(GuestImport import, int bad, Argument handle, Script script, Argument holon)
    {
        var arguments = new Argument[import.Parameters.Count];
        for (var i = 0; i < arguments.Length; i++)
        {
            if (i == bad) arguments[i] = handle;
            else if (HolonParameters.Contains(import.Parameters[i])) arguments[i] = holon;
            else if (import.Parameters[i] is "name" or "key") (arguments[i], arguments[i + 1]) = Two(script.Text("Title"));
            else if (import.Parameters[i] is "value") (arguments[i], arguments[i + 1]) = Two(script.Bytes(2, 1));
            else if (import.Parameters[i] is "buffer") (arguments[i], arguments[i + 1]) = Two(script.Buffer(20));
            else if (import.Parameters[i] is "subtypes") arguments[i] = 0;
        }

        return arguments;
    }

    private static (Argument, Argument) Two(Argument[] place) => (place[0], place[1]);
}

using Map.Core.Errors;
using Map.Core.References;
using Map.Core.Values;
using Map.Guests.Tests.Building;
using Microsoft.Extensions.Logging;
using static Map.Hub.Tests.TestSchema;

namespace Map.Guests.Tests.Abi;

/// <summary>A guest does what its manifest declares, and is ended when it tries more.</summary>
public sealed class CapabilityTests : IDisposable
{
    private readonly GuestWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("", "Person", "holon_key")]
    [InlineData(Person, "Book", "property")]
    [InlineData(Novel, "Book", "related_count")]
    public void Reading_needs_the_type_or_one_that_it_extends(string declared, string type, string what)
    {
        var script = new Script();
        var other = script.Call("find_by_key", [.. script.Text(type == "Book" ? "One" : "Ann"), 0]);
        _ = what switch
        {
            "property" => script.Call("property", [other, .. script.Text("Title"), .. script.Buffer(9)]),
            "related_count" => script.Call("related_count", [other, .. script.Text(Authors)]),
            _ => script.Call("holon_key", [other, .. script.Buffer(9)]),
        };
        Denied($"read holons of \"{type}.HolonType\"", Manifests.Allowing(read: declared), script, _world.Find(type == "Book" ? "Ann" : "One"));
        _world.Dance(_world.InstallScripts(Manifests.Allowing(read: Item + " " + Person)), script, _world.Find("Two"));
    }

    [Theory]
    [InlineData("stage_new")]
    [InlineData("new_version")]
    [InlineData("clone")]
    [InlineData("new_holon")]
    public void Writing_needs_the_type(string import)
    {
        var script = new Script();
        var holon = script.Call("affording_holon");
        _ = script.Call(import, import is "stage_new" or "new_holon" ? script.Call("holon_type", holon) : holon);
        Denied("write holons of \"Book.HolonType\"", Manifests.Allowing(read: "*", write: Person, delete: "*"), script);
        _world.Dance(_world.InstallScripts(Manifests.Allowing(write: Book)), script);
    }

    [Fact]
    public void Deleting_needs_the_type()
    {
        var script = new Script();
        script.Call("delete", script.Call("affording_holon"));
        Denied("delete holons of \"Book.HolonType\"", Manifests.Allowing(read: "*", write: "*"), script);
        _world.Dance(_world.InstallScripts(Manifests.Allowing(delete: Book)), script);
    }

    [Fact]
    public void A_guest_reads_what_it_was_given_types_and_what_it_made_itself()
    {
        var script = new Script();
        var holon = script.Call("affording_holon");
        var type = script.Call("holon_type", holon);
        var made = script.Call("stage_new", type);
        Argument[] steps =
        [
            script.Call("holon_key", [holon, .. script.Buffer(9)]),
            script.Call("holon_key", [type, .. script.Buffer(20)]),
            script.Call("holon_type_name", [made, .. script.Buffer(9)]),
            script.Call("property", [Script.Given, .. script.Text("Script"), .. script.Buffer(1)]),
        ];
        var results = _world.Run(script, _world.InstallScripts(Manifests.Allowing(write: Book)));
        Assert.All(steps, step => Assert.True(results[step] > 0));
    }

    [Fact]
    public void A_version_of_what_may_only_be_written_cannot_be_read()
    {
        var script = new Script();
        var other = script.Call("new_version", script.Call("next_holon", script.Call("related", [script.Call("affording_holon"), .. script.Text(Authors)])));
        script.Call("holon_key", [other, .. script.Buffer(9)]);
        Denied("read holons of \"Person.HolonType\"", Manifests.Allowing(read: Book, write: Person), script);
    }

    [Fact]
    public void A_holon_without_a_type_is_staged_only_by_who_may_write_all()
    {
        var script = new Script();
        script.Call("stage", script.Call("new_holon", 0));
        Denied("write holons of no type", Manifests.Allowing(read: "*", write: Item), script);
        _world.Dance(_world.InstallScripts(Manifests.Allowing(write: "*")), script);
    }

    [Fact]
    public void A_guest_that_writes_types_allows_itself_nothing_by_it()
    {
        // It may write types, which the type "Type" describes, and items: it makes persons items.
        var script = new Script();
        var person = script.Call("find_by_key", [.. script.Text(Person), 0]);
        var item = script.Call("find_by_key", [.. script.Text(Item), 0]);
        var version = script.Call("new_version", person);
        script.Call("add_related", [version, .. script.Text("Extends"), item]);
        script.Call("set_property", [version, .. script.Text("Key"), .. script.Value(new StringValue(Item))]);
        script.Call("new_version", script.Call("find_by_key", [.. script.Text("Ann"), 0]));
        Denied("write holons of", Manifests.Allowing(read: "*", write: "Type " + Item), script);
    }

    private void Denied(string what, string manifest, Script script, HolonReference? affording = null)
    {
        var before = _world.Editor.State.Nursery;
        var error = GuestWorld.Refused(HolonErrorCode.CapabilityDenied, () => _world.Dance(_world.InstallScripts(manifest), script, affording));
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains(_world.Log.All, line => line.Level == LogLevel.Warning && line.Message.StartsWith("Denied: tests, Test: ", StringComparison.Ordinal));
        Assert.Equal(before, _world.Editor.State.Nursery);
    }
}

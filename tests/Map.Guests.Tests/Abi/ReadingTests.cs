using Map.Core.Values;
using Map.Guests.Abi;
using Map.Guests.Tests.Building;
using static Map.Hub.Tests.TestSchema;

namespace Map.Guests.Tests.Abi;

/// <summary>What a dance reads and finds.</summary>
public sealed class ReadingTests : IDisposable
{
    private readonly GuestWorld _world = new();
    private readonly Script _script = new();
    private readonly Argument _holon;

    public ReadingTests() => _holon = _script.Call("affording_holon");

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_holon_tells_its_key_id_type_phase_and_properties()
    {
        var (name, key, id, type, title) = (_script.Buffer(10), _script.Buffer(10), _script.Buffer(16), _script.Buffer(10), _script.Buffer(20));
        var nameLength = _script.Call("dance_name", name);
        var keyLength = _script.Call("holon_key", [_holon, .. key]);
        var idLength = _script.Call("holon_id", [_holon, .. id]);
        var typeLength = _script.Call("holon_type_name", [_holon, .. type]);
        // A name is canonical whatever way it is written.
        var titleLength = _script.Call("property", [_holon, .. _script.Text("title"), .. title]);
        var phase = _script.Call("holon_phase", _holon);
        var results = _world.Run(_script);
        Assert.Equal("Test", results.Text(nameLength, name));
        Assert.Equal("One", results.Text(keyLength, key));
        Assert.Equal(16, results[idLength]);
        Assert.Equal(_world.Saved.Id, Core.Identity.LocalId.Read(results.Bytes(id)));
        Assert.Equal("Book", results.Text(typeLength, type));
        Assert.Equal(new StringValue("First"), results.Value(titleLength, title));
        Assert.Equal((int)Core.Transactions.HolonPhase.Saved, results[phase]);
    }

    [Fact]
    public void What_a_holon_does_not_have_is_not_found()
    {
        var transient = _script.Call("new_holon", 0);
        var buffer = _script.Buffer(10);
        var results = Codes(
            _script.Call("holon_key", [transient, .. buffer]),
            _script.Call("holon_type", transient),
            _script.Call("holon_type_name", [transient, .. buffer]),
            _script.Call("property", [transient, .. _script.Text("Title"), .. buffer]));
        Assert.All(results, code => Assert.Equal((int)AbiResult.NotFound, code));
    }

    [Fact]
    public void An_output_that_does_not_fit_tells_its_length_and_is_not_written()
    {
        var (small, exact) = (_script.Bytes(7, 7), _script.Buffer(3));
        var length = _script.Call("holon_key", [_holon, .. small]);
        var fits = _script.Call("holon_key", [_holon, .. exact]);
        var results = _world.Run(_script);
        Assert.Equal(3, results[length]);
        Assert.Equal([7, 7], results.Bytes(small).ToArray());
        Assert.Equal("One", results.Text(fits, exact));
    }

    [Fact]
    public void Input_and_output_may_be_the_same_bytes()
    {
        var both = _script.Text("Title" + "      ");
        var length = _script.Call("property", [_holon, both[0], 5, .. both]);
        Assert.Equal(new StringValue("First"), _world.Run(_script).Value(length, both));
    }

    [Fact]
    public void Cursors_go_through_names_and_members_to_their_end()
    {
        var (names, links) = (_script.Call("property_names", _holon), _script.Call("relationship_names", _holon));
        var buffers = Enumerable.Range(0, 4).Select(_ => _script.Buffer(20)).ToArray();
        var properties = buffers.Select(buffer => _script.Call("next_name", [names, .. buffer])).ToArray();
        var small = _script.Call("next_name", [links, .. _script.Buffer(1)]);
        var first = _script.Buffer(20);
        var relationship = _script.Call("next_name", [links, .. first]);
        var members = _script.Call("related", [_holon, .. _script.Text(Authors)]);
        var handles = Enumerable.Range(0, 3).Select(_ => _script.Call("next_holon", members)).ToArray();
        var keys = buffers[..2].Select(_ => _script.Buffer(5)).ToArray();
        var lengths = handles[..2].Zip(keys, (handle, key) => _script.Call("holon_key", [handle, .. key])).ToArray();
        var count = _script.Call("related_count", [_holon, .. _script.Text(Authors)]);
        var inverse = _script.Call("related_count", [handles[0], .. _script.Text(AuthorOf)]);
        var results = _world.Run(_script);
        Assert.Equal(["Key", "Pages", "Title"], properties[..3].Zip(buffers, results.Text));
        Assert.Equal(0, results[properties[3]]);
        Assert.Equal(Authors, results.Text(relationship, first));
        Assert.Equal(Authors.Length, results[small]);
        Assert.Equal(["Ann", "Bob"], lengths.Zip(keys, results.Text));
        Assert.Equal(0, results[handles[2]]);
        Assert.Equal((2, 2), (results[count], results[inverse]));
    }

    [Fact]
    public void Holons_are_found_by_key_and_by_type_with_those_that_extend_it()
    {
        var found = _script.Call("find_by_key", [.. _script.Text("One"), 0]);
        var same = _script.Call("same_holon", found, _holon);
        var type = _script.Call("holon_type", _holon);
        var ofType = _script.Call("find_by_key", [.. _script.Text("One"), type]);
        var novel = _script.Call("find_by_key", [.. _script.Text("Two"), type]);
        var absent = _script.Call("find_by_key", [.. _script.Text("Nine"), 0]);
        var exact = _script.Call("find_by_type", type, 0);
        Argument[] books = [_script.Call("next_holon", exact), _script.Call("next_holon", exact)];
        var all = _script.Call("find_by_type", type, 1);
        Argument[] items = [_script.Call("next_holon", all), _script.Call("next_holon", all), _script.Call("next_holon", all)];
        var results = _world.Run(_script);
        Assert.Equal(1, results[same]);
        Assert.True(results[ofType] > 0);
        Assert.Equal((int)AbiResult.NotFound, results[novel]);
        Assert.Equal((int)AbiResult.NotFound, results[absent]);
        Assert.Equal([true, false], books.Select(book => results[book] > 0));
        Assert.Equal([true, true, false], items.Select(item => results[item] > 0));
    }

    [Fact]
    public void A_key_of_several_holons_is_ambiguous()
    {
        _world.Stage("One", Person);
        Assert.Equal([(int)AbiResult.Ambiguous], Codes(_script.Call("find_by_key", [.. _script.Text("One"), 0])));
    }

    [Fact]
    public void A_dance_reads_what_is_staged_and_what_it_wrote_itself()
    {
        var staged = _world.Editor.StageNewVersion(_world.Saved);
        _world.Editor.WithPropertyValues(staged, [new("Title", new StringValue("Staged"))]);
        var (before, after) = (_script.Buffer(20), _script.Buffer(20));
        var first = _script.Call("property", [_holon, .. _script.Text("Title"), .. before]);
        _script.Call("set_property", [_holon, .. _script.Text("Title"), .. _script.Value(new StringValue("Danced"))]);
        var second = _script.Call("property", [_holon, .. _script.Text("Title"), .. after]);
        var results = _world.Run(_script, affording: staged);
        Assert.Equal(new StringValue("Staged"), results.Value(first, before));
        Assert.Equal(new StringValue("Danced"), results.Value(second, after));
        Assert.Equal(new StringValue("Danced"), _world.Editor.View.Resolve(staged).Properties["Title"]);
    }

    private IEnumerable<int> Codes(params Argument[] steps)
    {
        var results = _world.Run(_script);
        return steps.Select(step => results[step]);
    }
}

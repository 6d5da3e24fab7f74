using Map.Core.Errors;
using Map.Core.References;
using Map.Core.Transactions;
using Map.Core.Values;
using Map.Guests.Abi;
using Map.Guests.Tests.Building;
using static Map.Hub.Tests.TestSchema;

namespace Map.Guests.Tests.Abi;

/// <summary>What a dance changes.</summary>
public sealed class WritingTests : IDisposable
{
    private readonly GuestWorld _world = new();
    private readonly Script _script = new();
    private readonly Argument _holon;

    public WritingTests() => _holon = _script.Call("affording_holon");

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Holons_are_made_linked_and_copied()
    {
        var type = _script.Call("holon_type", _holon);
        var book = _script.Call("stage_new", type);
        _script.Call("set_property", [book, .. _script.Text("key"), .. _script.Value(new StringValue("Three"))]);
        var ann = _script.Call("find_by_key", [.. _script.Text("Ann"), 0]);
        var bob = _script.Call("find_by_key", [.. _script.Text("Bob"), 0]);
        _script.Call("add_related", [book, .. _script.Text(Authors), bob]);
        _script.Call("add_related", [book, .. _script.Text(Authors), ann]);
        var copy = _script.Call("clone", book);
        _script.Call("remove_related", [copy, .. _script.Text(Authors), bob]);
        _script.Call("set_property", [copy, .. _script.Text("Key"), .. _script.Value(new StringValue("Four"))]);
        var staged = _script.Call("stage", copy);
        var phases = new[] { book, copy, staged }.Select(each => _script.Call("holon_phase", each)).ToArray();
        var results = _world.Run(_script);
        Assert.Equal([2, 1, 2], phases.Select(phase => results[phase]));
        Assert.Equal(["Bob", "Ann"], Members("Three"));
        Assert.Equal(["Ann"], Members("Four"));
    }

    [Fact]
    public void A_saved_holon_is_staged_once_and_its_version_changed()
    {
        var version = _script.Call("new_version", _holon);
        var again = _script.Call("new_version", _holon);
        var same = _script.Call("new_version", again);
        _script.Call("remove_property", [version, .. _script.Text("Pages")]);
        var (saved, staged) = (_script.Buffer(20), _script.Call("property", [again, .. _script.Text("Pages"), .. _script.Buffer(20)]));
        var old = _script.Call("property", [_holon, .. _script.Text("Pages"), .. saved]);
        var results = _world.Run(_script);
        Assert.Equal(results[again], results[same]);
        Assert.Equal((int)AbiResult.NotFound, results[staged]);
        Assert.Equal(new IntegerValue(100), results.Value(old, saved));
        Assert.Equal(HolonPhase.StagedForUpdate, _world.Editor.View.Resolve(_world.Find("One")).Phase);
    }

    [Fact]
    public void Deleting_takes_along_what_cascades()
    {
        var book = _world.Stage("Whole", Book);
        _world.Editor.AddRelated(book, Parts, [_world.Stage("Part", Item)]);
        var gone = _script.Call("delete", _holon);
        var results = _world.Run(_script, affording: book);
        Assert.Equal(2, results[gone]);
        Assert.Equal(0, _world.Editor.View.StagedCount);
    }

    [Fact]
    public void A_refused_command_says_why_and_leaves_nothing_behind()
    {
        // The type is set after the holon is made, and a transient one is no type: what was made goes again.
        var transient = _script.Call("new_holon", 0);
        var typed = _script.Call("stage_new", transient);
        var (saved, key) = (Error(), Error());
        var write = _script.Call("set_property", [_holon, .. _script.Text("Title"), .. _script.Value(new StringValue("x"))]);
        _script.Call("last_error", saved);
        var long_ = _script.Call("set_property", [transient, .. _script.Text("Key"), .. _script.Value(new StringValue(new string('x', 2_000)))]);
        var told = _script.Call("last_error", key);
        var name = _script.Call("set_property", [transient, .. _script.Text("..."), .. _script.Value(new StringValue("x"))]);
        var absent = _script.Call("remove_property", [transient, .. _script.Text("Title")]);
        var stage = _script.Call("stage", _holon);
        var member = _script.Call("remove_related", [transient, .. _script.Text("Friends"), _holon]);
        var results = _world.Run(_script);
        Assert.All([typed, write, long_, name, stage], step => Assert.Equal((int)AbiResult.Refused, results[step]));
        Assert.All([absent, member], step => Assert.Equal((int)AbiResult.NotFound, results[step]));
        Assert.Contains("Stage a new version", System.Text.Encoding.UTF8.GetString(results.Bytes(saved)), StringComparison.Ordinal);
        Assert.StartsWith("A key has 1 to 1000 bytes", results.Text(told, key), StringComparison.Ordinal);
        Assert.Equal(0, _world.Editor.State.Nursery.Count + _world.Editor.State.Nursery.Abandoned);
    }

    [Fact]
    public void What_cannot_be_read_is_a_bad_argument_and_what_is_too_long_is_over_the_limit()
    {
        var transient = _script.Call("new_holon", 0);
        var text = _script.Bytes(0xFF);
        var steps = new[]
        {
            _script.Call("property", [_holon, .. text, .. _script.Buffer(1)]),
            _script.Call("set_property", [transient, .. _script.Text("A"), .. _script.Bytes(2, 9)]),
            _script.Call("find_by_key", [.. text, 0]),
            _script.Call("respond_value", _script.Bytes()),
            _script.Call("log", [9, .. _script.Text("x")]),
            _script.Call("log", [1, .. text]),
        };
        var message = _script.Buffer(5_000);
        var tooLong = new[] { _script.Call("log", [1, .. message]), _script.Call("respond_error", [.. message, .. message]) };
        var type = _script.Call("holon_type", _holon);
        var flag = _script.Call("find_by_type", type, 2);
        var results = _world.Run(_script);
        Assert.All([.. steps, flag], step => Assert.Equal((int)AbiResult.BadArgument, results[step]));
        Assert.All(tooLong, step => Assert.Equal((int)AbiResult.Limit, results[step]));
    }

    [Fact]
    public void A_dance_that_fails_leaves_no_trace_of_what_it_changed()
    {
        var before = _world.Editor.State;
        var failing = new Script { Tells = false };
        failing.Call("new_version", failing.Call("affording_holon"));
        failing.Call("respond_error", [.. failing.Text("LENT"), .. failing.Text("The book is lent.")]);
        var entry = _world.InstallScripts();
        var error = GuestWorld.Refused(HolonErrorCode.DanceFailed, () => _world.Dance(entry, failing));
        Assert.Equal(("LENT", "The book is lent."), (error.GuestCode, error.Message));
        Assert.Equal(before.Nursery, _world.Editor.State.Nursery);
    }

    [Fact]
    public void A_result_that_is_not_zero_fails_the_dance_and_the_last_response_counts()
    {
        var entry = _world.InstallScripts();
        var three = new Script { Tells = false };
        three.Return(3);
        Assert.Equal("3", GuestWorld.Refused(HolonErrorCode.DanceFailed, () => _world.Dance(entry, three)).GuestCode);
        var answers = new Script { Tells = false };
        answers.Call("respond_error", [.. answers.Text("A"), .. answers.Text("B")]);
        answers.Call("respond_holon", answers.Call("affording_holon"));
        Assert.Equal(new Core.Dancing.DanceHolon(_world.Saved), _world.Dance(entry, answers));
        Assert.Null(_world.Dance(entry, new Script { Tells = false }));
    }

    [Fact]
    public void A_cursor_goes_on_while_the_dance_changes_what_it_goes_through()
    {
        var type = _world.Find(Item);
        for (var i = 0; i < 100; i++) _world.Stage($"Item {i:000}", Item);
        var holder = _world.Stage("Holder", Item);
        for (var i = 0; i < 100; i++) _world.Editor.AddRelated(holder, Similar, [_world.Find($"Item {i:000}")]);
        var members = _script.Call("related", [_holon, .. _script.Text(Similar)]);
        var removed = Enumerable.Range(0, 101).Select(_ =>
        {
            var next = _script.Call("next_holon", members);
            var code = _script.Call("remove_related", [_holon, .. _script.Text(Similar), next]);
            _script.Call("close", next);
            return code;
        }).ToArray();
        var results = _world.Run(_script, affording: holder);
        Assert.All(removed[..100], step => Assert.Equal(0, results[step]));
        Assert.Equal((int)AbiResult.BadHandle, results[removed[100]]);
        Assert.Equal(0, _world.Editor.View.RelatedCount(holder, Similar));
        Assert.IsType<SmartReference>(type);
    }

    private Argument[] Error() => _script.Buffer(300);

    private List<string?> Members(string key) =>
        [.. _world.Editor.View.Related(_world.Find(key), Authors, null, 10).Members.Select(member => member.Key)];
}

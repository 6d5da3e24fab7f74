using Map.Core.Dancing;
using Map.Core.Editing;
using Map.Core.Errors;
using Map.Guests.Abi;
using Map.Guests.Tests.Building;
using static Map.Hub.Tests.TestSchema;

namespace Map.Guests.Tests.Running;

/// <summary>Guests that judge a staged holon.</summary>
public sealed class ValidatorTests : IDisposable
{
    private readonly GuestWorld _world = new();
    private readonly Script _script = new() { Tells = false };

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_validator_tells_what_is_wrong_with_the_holon_that_it_is_called_with()
    {
        var same = _script.Call("same_holon", Script.Given, _script.Call("affording_holon"));
        _script.Call("violation", [.. _script.Text("pages"), .. _script.Text("Too few.")]);
        _script.Call("violation", [0, 0, .. _script.Text("Not good.")]);
        _script.Call("log", [same, .. _script.Text("judged")]);
        Assert.Equal([new GuestFinding("Pages", "Too few."), new GuestFinding(null, "Not good.")], Judge());
        Assert.Contains(_world.Log.All, line => line.Message == "tests, Check: judged");
    }

    [Fact]
    public void A_validator_changes_nothing_and_answers_nothing()
    {
        var saved = _script.Call("find_by_key", [.. _script.Text("One"), 0]);
        _script.Call("new_version", saved);
        Refused(HolonErrorCode.CapabilityDenied);
        foreach (var import in (string[])["new_holon", "stage_new"])
        {
            var makes = new Script { Tells = false };
            makes.Call(import, 0);
            Refused(HolonErrorCode.CapabilityDenied, makes);
        }

        var answers = new Script { Tells = false };
        var code = answers.Call("respond_holon", Script.Given);
        answers.Call("property", [code, .. answers.Text("A"), .. answers.Buffer(1)]);
        answers.Call("violation", [0, 0, .. answers.Text("Seen.")]);
        Assert.Equal([new GuestFinding(null, "Seen.")], Judge(answers));
    }

    [Fact]
    public void A_validator_tells_a_hundred_findings_at_most()
    {
        for (var i = 0; i < 101; i++) _script.Call("violation", [0, 0, .. _script.Text("Bad.")]);
        Assert.Equal(100, Judge().Count);
    }

    [Fact]
    public void A_dance_tells_no_violations()
    {
        var script = new Script();
        var code = script.Call("violation", [0, 0, .. script.Text("Bad.")]);
        Assert.Equal((int)AbiResult.Refused, _world.Run(script)[code]);
    }

    [Fact]
    public void A_dance_warns_and_a_validator_does_not()
    {
        var script = new Script();
        var codes = Enumerable.Range(0, 101).Select(i => script.Call("warning", script.Text($"Mind {i}."))).ToList();
        var results = _world.Run(script);
        Assert.Equal([.. Enumerable.Repeat(0, 100), (int)AbiResult.Limit], codes.Select(code => results[code]));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"Mind {i}."), _world.Warnings);

        var buffer = _script.Buffer(200);
        _script.Call("warning", _script.Text("Mind."));
        var length = _script.Call("last_error", buffer);
        _script.Call("violation", 0, 0, buffer[0], length);
        Assert.StartsWith("A validator has no warnings.", Assert.Single(Judge()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dance_that_fails_does_not_warn()
    {
        var script = new Script();
        script.Call("warning", script.Text("Mind."));
        script.Return(1);
        GuestWorld.Refused(HolonErrorCode.DanceFailed, () => _world.Dance(_world.InstallScripts(), script));
        Assert.Empty(_world.Warnings);
    }

    [Fact]
    public void A_validator_that_fails_says_so()
    {
        _script.Return(1);
        Refused(HolonErrorCode.DanceFailed);
    }

    private void Refused(HolonErrorCode code, Script? script = null)
    {
        var error = Assert.Throws<HolonException>(() => Judge(script)).Errors[0];
        Assert.Equal(code, error.Code);
        Assert.StartsWith("The validator \"Check\" (module tests)", error.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<GuestFinding> Judge(Script? script = null)
    {
        var holon = _world.Editor.StageNewHolon(HolonContent.Empty with { Descriptor = _world.Find(Book) });
        _world.Editor.WithPropertyValues(holon, [new(ScriptGuest.Property, (script ?? _script).ToValue())]);
        return _world.Runner.Validate(_world.InstallScripts(), new ValidatorCall("Check", holon.Id), _world.Editor.View);
    }
}

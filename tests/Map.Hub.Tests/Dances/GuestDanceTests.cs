using Google.Protobuf;
using Map.Fixtures;
using Map.Guests.Modules;
using Map.Guests.Running;
using Map.Guests.Tests.Building;
using Map.Hub.Spaces;
using Map.V1;
using Map.Wasm;
using Microsoft.Extensions.Logging.Abstractions;
using static Map.Hub.Tests.TestSchema;
using static Map.Hub.Tests.TestTransaction;
using StringValue = Map.Core.Values.StringValue;
using TransactionState = Map.Core.Transactions.TransactionState;

namespace Map.Hub.Tests.Dances;

/// <summary>Guests in their sandbox, through the envelope: what they do is a step like any other, and they leave nothing else.</summary>
public sealed class GuestDanceTests : IDisposable
{
    private const string Play = "Play";

    private readonly string _directory = RepositoryFiles.NewDirectory();
    private readonly Engine _engine = new();
    private readonly ModuleStore _modules;
    private readonly GuestRunner _runner;
    private readonly TestHub _hub;
    private readonly HolonSpaceManager _space;
    private readonly TestTransaction _transaction;
    private readonly HolonReference _book;

    public GuestDanceTests()
    {
        _modules = new ModuleStore(_directory);
        _runner = new GuestRunner(new CompiledModules(_engine, _modules), new GuestOptions(), NullLogger<GuestRunner>.Instance);
        _hub = new TestHub(TestHub.Options() with { Guests = _runner });
        _space = _hub.NewSpace("library", [Alone]);
        _transaction = _hub.Begin(_space);
        AddDance(Play, Manifests.Everything);
        _book = _transaction.StageOf(Book, "One", ("Title", Text("First")));
    }

    private TransactionState State => _space.Find(_transaction.Id).Read(default).View.State;

    private int JournalRows => _space.Store.Journals.Read(_transaction.Id).Entries.Count();

    public void Dispose()
    {
        _hub.Dispose();
        _runner.Dispose();
        _engine.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void What_a_guest_warns_of_comes_with_its_answer()
    {
        var script = new Script { Tells = false };
        script.Call("warning", script.Text("The last one."));
        var response = _transaction.Send(Dance(Play, script));
        Assert.True(response.Success, $"{response}");
        var warning = Assert.Single(response.Errors);
        Assert.Equal((ErrorCode.DanceWarning, "The last one.", _book), (warning.Code, warning.Message, warning.Reference));
    }

    [Fact]
    public void A_guest_reads_its_own_writes_and_what_is_staged_and_all_it_does_is_one_step()
    {
        var script = new Script { Tells = false };
        var title = script.Buffer(20);
        var made = script.Call("stage_new", script.Call("holon_type", script.Call("affording_holon")));
        script.Call("property", [script.Call("affording_holon"), .. script.Text("Title"), .. title]);
        script.Call("set_property", [made, .. script.Text("Title"), .. title[..1], 6]);
        script.Call("add_related", [made, .. script.Text(Similar), script.Call("affording_holon")]);
        script.Call("respond_holon", made);
        var before = JournalRows;
        var answer = _transaction.Ok(Dance(Play, script)).Dance.Holon;
        Assert.Equal("First", _transaction.Value(answer, "Title").StringValue);
        Assert.Equal(["One"], _transaction.Related(answer, Similar));
        Assert.Equal(before + 1, JournalRows);
        var staged = _transaction.StagedCount();
        _transaction.Undo();
        Assert.Equal((staged - 1, 0UL), (_transaction.StagedCount(), _transaction.TransientCount()));
        _transaction.Redo();
        Assert.Equal("First", _transaction.Value(answer, "Title").StringValue);
    }

    [Fact]
    public void A_guest_that_changes_nothing_keeps_what_can_be_redone()
    {
        _transaction.Set(_book, "Title", Text("Z"));
        _transaction.Undo();
        var (state, rows) = (State, JournalRows);
        var script = new Script { Tells = false };
        script.Call("respond_value", script.Value(new StringValue("seen")));
        Assert.Equal("seen", _transaction.Ok(Dance(Play, script)).Dance.Value.StringValue);
        Assert.Same(state, State);
        Assert.Equal((rows, (true, true)), (JournalRows, _transaction.EditStatus()));
    }

    [Fact]
    public void A_guest_that_fails_traps_or_is_denied_leaves_no_trace_and_says_why()
    {
        AddDance("Timid", Manifests.Allowing(read: "*"));
        _transaction.Set(_book, "Title", Text("Z"));
        _transaction.Undo();
        var (state, rows) = (State, JournalRows);

        var failing = Changing();
        failing.Call("respond_error", [.. failing.Text("BOOK_IS_LENT"), .. failing.Text("It is lent.")]);
        var failed = _transaction.Send(Dance(Play, failing)).Refused(ErrorCode.DanceFailed);
        Assert.Equal(("BOOK_IS_LENT", "It is lent."), (failed.Details.GuestCode, failed.Message));

        var trapping = Changing();
        trapping.Call("holon_key", [trapping.Call("affording_holon"), int.MaxValue, 100]);
        var trapped = _transaction.Send(Dance(Play, trapping)).Refused(ErrorCode.DanceTrapped);
        Assert.NotEmpty(trapped.Details.Backtrace);

        _transaction.Send(Dance("Timid", Changing())).Refused(ErrorCode.CapabilityDenied);
        Assert.Same(state, State);
        Assert.Equal((rows, (true, true)), (JournalRows, _transaction.EditStatus()));
    }

    [Fact]
    public void A_guest_judges_what_is_committed()
    {
        Bind(Manifests.Everything);
        var script = new Script { Tells = false };
        script.Call("violation", [.. script.Text("Title"), .. script.Text("It is too short.")]);
        _transaction.Set(_book, ScriptGuest.Property, Bytes(script));
        var violation = _transaction.Send(CommitMutation).Invalid(ErrorCode.ValidatorViolation);
        Assert.Equal(
            (_book, "Title", "\"One\": It is too short. (Told by \"of books\".)"),
            (violation.Reference, violation.Field, violation.Message));

        // Whatever its manifest says, a validator changes nothing.
        _transaction.Set(_book, ScriptGuest.Property, Bytes(Changing()));
        Assert.Contains("\"of books\" could not judge \"One\"", _transaction.Send(CommitMutation).Invalid(ErrorCode.ValidatorFailed).Message, StringComparison.Ordinal);

        var reading = new Script { Tells = false };
        reading.Call("holon_key", [Script.Given, .. reading.Buffer(10)]);
        _transaction.Set(_book, ScriptGuest.Property, Bytes(reading));
        _transaction.Commit();
    }

    /// <summary>A script that changes the state first.</summary>
    private static Script Changing()
    {
        var script = new Script { Tells = false };
        script.Call("stage_new", script.Call("holon_type", script.Call("affording_holon")));
        return script;
    }

    private static BaseValue Bytes(Script script) => new() { BytesValue = ByteString.CopyFrom(script.ToValue().Value.AsSpan()) };

    private MutationCommand Dance(string dance, Script script) =>
        DanceCommand(_book, dance, new HolonContent { Properties = { new Property { Name = ScriptGuest.Property, Value = Bytes(script) } } });

    private void AddDance(string name, string manifest)
    {
        var dance = _transaction.StageOf("Type", name, ("TypeName", Text(name)));
        _transaction.Add(dance, "DanceAffordedBy", _transaction.ByKey(Item));
        _transaction.Add(dance, "RequestType", _transaction.ByKey(Person));
        var code = _transaction.StageOf(
            "Type", $"{name} (code)", ("Engine", Text("Guest")), ("ModuleRef", Text(_modules.Add(ScriptGuest.Build(manifest)))),
            ("Entrypoint", Text(ScriptGuest.Entrypoint)), ("AbiId", Text("map:guest/1")));
        _transaction.Add(code, "ForDance", dance);
    }

    private void Bind(string manifest)
    {
        var validator = ValidatorRecheckTests.AddValidator(_transaction, "of books", Book);
        _transaction.Set(validator, "ModuleRef", Text(_modules.Add(ScriptGuest.Build(manifest))));
        _transaction.Set(validator, "Entrypoint", Text(ScriptGuest.Entrypoint));
    }
}

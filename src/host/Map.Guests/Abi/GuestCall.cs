using Map.Core.Dancing;
using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.References;
using Map.Core.Transactions;
using Map.Core.Views;
using Map.Wasm;

namespace Map.Guests.Abi;

/// <summary>One call of a guest: what its imports work on, and what it answers. Used by one thread.</summary>
internal sealed class GuestCall
{
    private readonly TransactionEditor? _editor;
    private readonly CancellationToken _cancellation;
    private readonly GuestCallLimits _limits;
    private TransactionView _view;
    private Caller _caller;
    private (TransactionState State, HolonSnapshot Holon)? _last;
    private int _cursors;
    private int _affordingHandle;

    private GuestCall(
        GuestCallSetup setup, TransactionView view, TransactionEditor? editor, string name, HolonReference affording, HolonReference? request)
    {
        (_editor, _cancellation, _limits) = (editor, setup.Cancellation, setup.Limits);
        (Name, Affording, Request) = (name, affording, request);
        _view = view.WithCancellation(_cancellation);
        Handles = new Handles(_limits.MaxHandles);
        Rights = new CallRights(
            setup.Declared, _view, request is null ? [affording.Id] : [affording.Id, request.Id], mayChange: editor is not null);
        Log = setup.Log;
    }

    /// <summary>The name of the dance or the validator.</summary>
    public string Name { get; }

    /// <summary>The holon that the dance is run on, or that is judged.</summary>
    public HolonReference Affording { get; }

    /// <summary>What the dance is asked with.</summary>
    public HolonReference? Request { get; }

    /// <summary>What the guest has handles of.</summary>
    public Handles Handles { get; }

    /// <summary>What the guest may do.</summary>
    public CallRights Rights { get; }

    /// <summary>Where its log lines go.</summary>
    public GuestLines Log { get; }

    /// <summary>What the guest answered last.</summary>
    public DanceResponse? Response { get; private set; }

    /// <summary>The error that the guest answered last; null where it answered something else since.</summary>
    public GuestError? Error { get; private set; }

    /// <summary>What a validator found.</summary>
    public List<GuestFinding> Findings { get; } = [];

    /// <summary>What a dance has to say to a person beside its answer.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>The message of the last refusal.</summary>
    public string LastError { get; private set; } = "";

    /// <summary>What the transaction sees now, with what the guest did so far.</summary>
    public TransactionView View
    {
        get
        {
            if (_editor is not null && !ReferenceEquals(_view.State, _editor.State)) _view = _editor.View.WithCancellation(_cancellation);
            return _view;
        }
    }

    /// <summary>The guest's memory.</summary>
    public Memory Memory => _caller.Memory;

    /// <summary>Whether it is a validator, which reads and tells violations.</summary>
    public bool IsValidator => _editor is null;

    /// <summary>A call of a dance.</summary>
    public static GuestCall OfDance(GuestCallSetup setup, DanceCall dance, TransactionEditor editor) =>
        new(setup, editor.View, editor, dance.Dance, dance.Affording, dance.Request);

    /// <summary>A call of a validator.</summary>
    public static GuestCall OfValidator(GuestCallSetup setup, ValidatorCall validator, TransactionView view) =>
        new(setup, view, null, validator.Validator, view.ReferenceTo(validator.Holon), null);

    /// <summary>The call in which an import is called, which is charged.</summary>
    public static GuestCall Of(Caller caller)
    {
        var call = (GuestCall)caller.Store.Data!;
        call._caller = caller;
        call.Charge(Fuel.Call);
        return call;
    }

    /// <summary>Charges fuel, and ends the guest when it may not go on.</summary>
    public void Charge(long fuel) => _caller.Store.ConsumeFuel(fuel);

    /// <summary>The handle of the affording holon, the same as long as the guest does not close it.</summary>
    public int AffordingHandle()
    {
        if (Handles.Find(_affordingHandle) is null) _affordingHandle = Handles.Open(Affording);
        return _affordingHandle;
    }

    /// <summary>What the entry point is called with: the holon that is judged, or the request; 0 for none.</summary>
    public int Argument() => IsValidator ? AffordingHandle() : Request is null ? 0 : Handles.Open(Request);

    /// <summary>The holon that a handle stands for.</summary>
    /// <exception cref="AbiException">It stands for none.</exception>
    public HolonReference Holon(int handle) => Handles.Find(handle) as HolonReference ?? throw new AbiException(AbiResult.BadHandle);

    /// <summary>The type that a handle stands for; null for 0.</summary>
    /// <exception cref="AbiException">It stands for no holon.</exception>
    public HolonReference? Type(int handle) => handle == 0 ? null : Holon(handle);

    /// <summary>A holon as it is now.</summary>
    public HolonSnapshot Resolve(HolonReference holon)
    {
        // Guests read several things of one holon, one after the other.
        var view = View;
        if (_last is { } last && ReferenceEquals(last.State, view.State) && last.Holon.Reference == holon) return last.Holon;
        var found = view.Resolve(holon);
        _last = (view.State, found);
        return found;
    }

    /// <summary>Reads a holon as it is now.</summary>
    public HolonSnapshot Read(int handle)
    {
        var holon = Holon(handle);
        Charge(Fuel.Row);
        var found = Resolve(holon);
        Rights.RequireRead(found, View);
        return found;
    }

    /// <summary>Refuses to change a holon that the guest may not change.</summary>
    /// <exception cref="CapabilityDeniedException">It may not.</exception>
    public void RequireWrite(HolonReference holon) => Rights.RequireWrite(Resolve(holon), View);

    /// <summary>Changes the state, or leaves it as it was when that is refused.</summary>
    public T Change<T>(Func<TransactionEditor, T> change)
    {
        Charge(Fuel.Change);
        Invariant.Holds(_editor is not null);
        return _editor.Whole(change);
    }

    /// <summary>Makes a holon that the guest may read, and a handle of it.</summary>
    public int Make(Func<TransactionEditor, HolonReference> make)
    {
        Handles.RequireRoom();
        var holon = Change(make);
        Rights.Made(holon);
        return Handles.Open(holon);
    }

    /// <summary>A handle of a cursor. There are fewer of them than of holons, since each keeps a page.</summary>
    public int OpenCursor(object cursor)
    {
        if (_cursors >= _limits.MaxCursors) throw new AbiException(AbiResult.Limit);
        var handle = Handles.Open(cursor);
        _cursors++;
        return handle;
    }

    /// <summary>Frees a handle of either kind.</summary>
    public void Close(int handle)
    {
        var closed = Handles.Close(handle) ?? throw new AbiException(AbiResult.BadHandle);
        if (closed is not HolonReference) _cursors--;
    }

    /// <summary>Answers, in place of what was answered before.</summary>
    public void Respond(DanceResponse response)
    {
        if (IsValidator) throw new HolonException(HolonErrorCode.InvalidRequest, "A validator answers nothing. It tells violations.");
        (Response, Error) = (response, null);
    }

    /// <summary>Answers an error, in place of what was answered before.</summary>
    public void Respond(GuestError error) => (Response, Error) = (null, error);

    /// <summary>Tells what is wrong with the holon that is judged.</summary>
    public void Find(GuestFinding finding)
    {
        if (!IsValidator) throw new HolonException(HolonErrorCode.InvalidRequest, "Only a validator tells violations. A dance responds with an error.");
        if (Findings.Count >= _limits.MaxFindings) throw new AbiException(AbiResult.Limit);
        Findings.Add(finding);
    }

    /// <summary>Tells a person something beside the answer.</summary>
    public void Warn(string message)
    {
        if (IsValidator) throw new HolonException(HolonErrorCode.InvalidRequest, "A validator has no warnings. It tells violations.");
        if (Warnings.Count >= _limits.MaxFindings) throw new AbiException(AbiResult.Limit);
        Warnings.Add(message);
    }

    /// <summary>Deletes a holon, and what its relationships cascade to.</summary>
    public int Delete(HolonReference holon)
    {
        Rights.Require(Capability.Delete, Resolve(holon).Descriptor, View);
        return Change(editor => editor.DeleteHolon(holon, _cancellation));
    }

    /// <summary>What a refusal is to the guest.</summary>
    public AbiResult Refused(HolonException refusal)
    {
        LastError = refusal.Message;
        return refusal.Errors[0].Code switch
        {
            HolonErrorCode.HolonNotFound or HolonErrorCode.KeyNotFound or HolonErrorCode.PropertyNotFound or HolonErrorCode.MemberNotFound
                => AbiResult.NotFound,
            HolonErrorCode.AmbiguousKey => AbiResult.Ambiguous,
            _ => AbiResult.Refused,
        };
    }
}

/// <summary>The error that a guest answers.</summary>
/// <param name="Code">A code of its own.</param>
/// <param name="Message">For a person.</param>
internal sealed record GuestError(string Code, string Message);

/// <summary>What calls of all kinds have.</summary>
/// <param name="Declared">The capabilities that the module declares.</param>
/// <param name="Limits">How much the call may hold.</param>
/// <param name="Log">Where log lines go.</param>
/// <param name="Cancellation">Ends reads that take long, at the deadline or when the caller no longer waits.</param>
internal sealed record GuestCallSetup(Modules.Capabilities Declared, GuestCallLimits Limits, GuestLines Log, CancellationToken Cancellation);

/// <summary>How much one call may hold.</summary>
internal sealed record GuestCallLimits
{
    /// <summary>Handles open at a time.</summary>
    public int MaxHandles { get; init; } = 65_536;

    /// <summary>Cursors among them.</summary>
    public int MaxCursors { get; init; } = 1_024;

    /// <summary>What a validator finds, and what a dance warns of.</summary>
    public int MaxFindings { get; init; } = 100;
}

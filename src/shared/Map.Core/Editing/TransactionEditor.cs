using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Loading;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Core.Editing;

/// <summary>
/// One mutation under way: starts from a state and ends with the next. The caller takes <see cref="State"/> when the
/// command succeeded and drops the editor when it threw; the state it started from is never touched.
/// </summary>
/// <param name="state">The state to start from.</param>
/// <param name="saved">Saved holons of the space.</param>
/// <param name="savedContracts">Contracts of saved descriptors.</param>
/// <param name="limits">What the transaction may hold.</param>
/// <param name="newId">Makes the id of a new holon: UUIDv7s that rise.</param>
public sealed class TransactionEditor(
    TransactionState state,
    IHolonService saved,
    ContractCache savedContracts,
    TransactionLimits limits,
    Func<LocalId> newId)
{
    private readonly TransactionState _start = state;
    private readonly List<StateChange> _changes = [];

    /// <summary>The state so far.</summary>
    public TransactionState State { get; private set; } = state;

    /// <summary>What led from the state it started from to <see cref="State"/>, in order.</summary>
    public IReadOnlyList<StateChange> Changes => _changes;

    /// <summary>What may be held.</summary>
    public TransactionLimits Limits => limits;

    /// <summary>What the transaction sees, with what this mutation did so far.</summary>
    public TransactionView View => new(State, saved, savedContracts);

    /// <summary>Changes the state. Nothing else does.</summary>
    public void Apply(StateChange change)
    {
        State = State.After(change);
        _changes.Add(change);
    }

    /// <summary>Changes the state in many ways at once.</summary>
    public void Apply(IReadOnlyCollection<StateChange> changes)
    {
        State = State.After(changes);
        _changes.AddRange(changes);
    }

    /// <summary>Does several things, or none: when the work throws, the state is as before it.</summary>
    public T Whole<T>(Func<TransactionEditor, T> work)
    {
        var (before, changes) = (State, _changes.Count);
        try
        {
            return work(this);
        }
        catch
        {
            State = before;
            _changes.RemoveRange(changes, _changes.Count - changes);
            throw;
        }
    }

    /// <summary>Takes back all that was changed.</summary>
    public void Revert()
    {
        State = _start;
        _changes.Clear();
    }

    /// <summary>Makes a transient holon.</summary>
    public TransientReference NewHolon(HolonContent content)
    {
        if (State.Transients.Count >= limits.MaxTransientHolons)
            throw Full($"A transaction holds at most {limits.MaxTransientHolons:N0} transient holons.", limits.MaxTransientHolons);
        var reference = new TransientReference(State.Transaction, newId());
        Start(reference, new DraftHolon { Id = reference.Id, Phase = HolonPhase.Transient }, content);
        return reference;
    }

    /// <summary>Stages a holon for create.</summary>
    public StagedReference StageNewHolon(HolonContent content)
    {
        RequireRoom();
        var reference = new StagedReference(State.Transaction, newId());
        Start(reference, new DraftHolon { Id = reference.Id, Phase = HolonPhase.StagedForCreate }, content);
        return reference;
    }

    /// <summary>Stages a holon for create with what a transient one holds. The transient one remains.</summary>
    public StagedReference StageNewHolon(TransientReference transient)
    {
        var source = View.Resolve(transient);
        var relationships = source.Draft!.Links.Select(pair => (
            pair.Key,
            (IReadOnlyList<HolonReference>)[.. pair.Value.Added.Select(slot => View.ReferenceTo(slot.Other))]));
        var descriptor = source.Descriptor is { } type ? View.ReferenceTo(type) : null;
        return StageNewHolon(new HolonContent(descriptor, source.Properties, [.. relationships]));
    }

    /// <summary>Makes a transient copy of a holon: its properties, its type and the members of its declared relationships.</summary>
    public TransientReference CloneHolon(HolonReference holon) => NewHolon(ContentOf(holon));

    /// <summary>Stages a copy of a holon for create, under another key.</summary>
    /// <param name="holon">The holon, in any phase.</param>
    /// <param name="key">The copy's key; null for none.</param>
    public StagedReference StageNewFromClone(HolonReference holon, string? key)
    {
        var content = ContentOf(holon);
        var properties = content.Properties.Without(Names.Key);
        if (key is not null) properties = properties.With(Names.Key, new StringValue(key));
        return StageNewHolon(content with { Properties = properties });
    }

    /// <summary>Stages a saved holon for update.</summary>
    public StagedReference StageNewVersion(HolonReference holon)
    {
        RequireRoom();
        RequireUnstaged(holon);
        var current = saved.FindHolon(holon.Id, State.Snapshot);
        Invariant.Holds(current is not null);
        Apply(new StageDraft(DraftHolon.From(current, HolonPhase.StagedForUpdate)));
        return new StagedReference(State.Transaction, current.Id);
    }

    /// <summary>
    /// Stages a saved holon for delete, or drops one staged for create, with all that relationships of the deletion semantic
    /// cascade take along, as far as it is in view. Each of these may be abandoned by itself; the others stay as they are then.
    /// </summary>
    /// <param name="holon">The holon.</param>
    /// <param name="cancellation">Ends the deletion before it takes effect.</param>
    /// <returns>How many holons go, itself among them.</returns>
    public int DeleteHolon(HolonReference holon, CancellationToken cancellation)
    {
        if (View.Resolve(holon).Id == saved.SpaceHolon)
            throw new HolonException(HolonErrorCode.NotAccessible, "The holon of the space itself cannot be deleted.", holon);
        if (holon is StagedReference) Writable(holon);
        else RequireUnstaged(holon);
        var changes = new CascadingDeletion(this, cancellation).Of(holon.Id);
        Apply(changes);
        return changes.Count;
    }

    /// <summary>
    /// Takes a staged holon out of what commit saves. One staged for create is gone then; of one staged for update or delete
    /// the saved holon is in view again, and may be staged anew.
    /// </summary>
    public void Abandon(HolonReference holon)
    {
        var current = View.Resolve(holon);
        if (holon is not StagedReference)
        {
            throw new HolonException(
                HolonErrorCode.WrongReferenceKind, "Only a staged holon can be abandoned; nothing is staged here.", holon);
        }

        if (current.Phase == HolonPhase.Abandoned)
            throw new HolonException(HolonErrorCode.NotAccessible, "The holon is abandoned already.", holon);
        Apply(new SetPhase(current.Id, HolonPhase.Abandoned));
    }

    /// <summary>Records which holon one staged for create came from; null for none.</summary>
    public void WithPredecessor(HolonReference holon, HolonReference? predecessor)
    {
        var draft = Writable(holon);
        if (draft.Phase != HolonPhase.StagedForCreate)
        {
            throw new HolonException(
                HolonErrorCode.WrongReferenceKind,
                "Only a holon staged for create records where it came from. The predecessor of a saved one is its version before.",
                holon);
        }

        if (predecessor is not null) RequireOrigin(draft, predecessor);
        Apply(new SetPredecessor(draft.Id, predecessor?.Id));
    }

    /// <summary>Sets properties.</summary>
    public void WithPropertyValues(HolonReference holon, IReadOnlyList<KeyValuePair<string, BaseValue>> properties)
    {
        var draft = Writable(holon);
        foreach (var (name, value) in properties) PropertyRules.Check(name, value, limits, holon);
        Apply(new SetProperties(draft.Id, PropertyMap.Create(properties)));
        PropertyRules.CheckCount(State.FindDraft(draft.Id)!.Properties, limits, holon);
    }

    /// <summary>Removes properties; each must be there.</summary>
    public void RemoveProperties(HolonReference holon, IReadOnlyList<string> names)
    {
        var draft = Writable(holon);
        var left = draft.Properties;
        foreach (var name in names)
        {
            if (left[name] is null)
            {
                throw new HolonException(
                    HolonErrorCode.PropertyNotFound, $"The holon has no value for \"{name}\".", holon, name);
            }

            left = left.Without(name);
        }

        Apply(new RemoveProperties(draft.Id, names));
    }

    /// <summary>Sets the type. Links follow their name, to the relationships for which it stands under the new type.</summary>
    public void WithDescriptor(HolonReference holon, HolonReference descriptor)
    {
        var draft = Writable(holon);
        var type = View.Resolve(descriptor);
        if (descriptor is TransientReference)
        {
            throw new HolonException(
                HolonErrorCode.WrongReferenceKind, "A descriptor must be staged or saved, not transient.", descriptor, "descriptor");
        }

        if (type.Draft is { IsLive: false } || View.IsHidden(type.Id))
        {
            throw new HolonException(
                HolonErrorCode.NotAccessible, "The descriptor is staged for delete or abandoned.", descriptor, "descriptor");
        }

        Apply(new SetDescriptor(draft.Id, type.Id));
        Apply(new LinkMover(View, limits.MaxTargets).Changes(State.FindDraft(draft.Id)!));
    }

    /// <summary>Adds members to a declared relationship; a member that is there already stays as it is.</summary>
    /// <param name="holon">The source.</param>
    /// <param name="name">The declared name.</param>
    /// <param name="targets">The members.</param>
    /// <param name="position">Where in an ordered relationship; null for last.</param>
    public void AddRelated(HolonReference holon, string name, IReadOnlyCollection<HolonReference> targets, MemberPosition? position = null) =>
        new LinkEditor(this, holon, name).Add(targets, position ?? MemberPosition.Last);

    /// <summary>Removes members of a declared relationship; each must be there.</summary>
    /// <param name="holon">The source.</param>
    /// <param name="name">The declared name.</param>
    /// <param name="targets">The members.</param>
    /// <param name="occurrence">Which of equal members, 0 first; null for all.</param>
    public void RemoveRelated(HolonReference holon, string name, IEnumerable<HolonReference> targets, uint? occurrence) =>
        new LinkEditor(this, holon, name).Remove(targets, occurrence);

    /// <summary>Loads import files as one set.</summary>
    /// <param name="files">The files.</param>
    /// <param name="tell">Is told now and then how far it is; quick, since the load waits for it.</param>
    /// <param name="cancellation">Ends the load before it takes effect.</param>
    /// <returns>How many holons were staged, and how many relationship targets resolved.</returns>
    public LoadCounts Load(IReadOnlyList<ImportSource> files, Action<StepProgress>? tell, CancellationToken cancellation)
    {
        var progress = new StepTeller(tell, cancellation);
        var (changes, counts) = new HolonLoader(View, limits, newId, progress).Load(files);
        State = State.After(progress.Over("staging", changes));
        _changes.AddRange(changes);
        return counts;
    }

    /// <summary>
    /// Moves the snapshot to the latest commit. A conflict is a staged holon that was deleted since, or has a further
    /// version where commit would save or end one, or is staged for delete and has new links.
    /// </summary>
    /// <param name="choices">What to keep of staged holons in conflict; choices for others have no effect.</param>
    /// <param name="cancellation">Ends the refresh before it takes effect.</param>
    /// <exception cref="HolonException">Conflicts are not decided; each is listed.</exception>
    public void Refresh(IReadOnlyDictionary<LocalId, RefreshKeep> choices, CancellationToken cancellation) =>
        new Refresher(this, choices, cancellation).Run();

    private void Start(HolonReference reference, DraftHolon draft, HolonContent content)
    {
        foreach (var (name, value) in content.Properties) PropertyRules.Check(name, value, limits, null);
        PropertyRules.CheckCount(content.Properties, limits, null);
        Apply(new StageDraft(draft with { Properties = content.Properties }));
        if (content.Descriptor is not null) WithDescriptor(reference, content.Descriptor);
        foreach (var (name, targets) in content.Relationships) AddRelated(reference, name, targets);
    }

    /// <summary>What a copy of a holon starts with. Members that are not in view are left out.</summary>
    private HolonContent ContentOf(HolonReference holon)
    {
        var source = View.Resolve(holon);
        var descriptor = source.Descriptor is { } type ? View.ReferenceTo(type) : null;
        var relationships = new List<(string, IReadOnlyList<HolonReference>)>();
        var left = limits.MaxTargets;
        foreach (var (name, members) in View.DeclaredMembers(source))
        {
            // One more than there may be, which tells that there are too many.
            var targets = members.Take(left + 1).ToList();
            if (targets.Count > left) throw TooManyTargets(holon);
            left -= targets.Count;
            if (targets.Count > 0) relationships.Add((name, targets));
        }

        return new HolonContent(descriptor, source.Properties, relationships);
    }

    private void RequireOrigin(DraftHolon draft, HolonReference predecessor)
    {
        const string Field = "predecessor";
        var origin = View.Resolve(predecessor);
        if (predecessor is TransientReference or SmartReference { Version: not null })
        {
            throw new HolonException(
                HolonErrorCode.WrongReferenceKind, "A predecessor is a staged or saved holon, without a version.", predecessor, Field);
        }

        if (origin.Phase == HolonPhase.Abandoned)
            throw new HolonException(HolonErrorCode.NotAccessible, "The predecessor is abandoned.", predecessor, Field);
        if (origin.Id == draft.Id)
            throw new HolonException(HolonErrorCode.InvalidRequest, "A holon does not come from itself.", predecessor, Field);
    }

    internal DraftHolon Writable(HolonReference holon)
    {
        var current = View.Resolve(holon);
        if (current.Draft is null)
        {
            throw new HolonException(
                HolonErrorCode.WrongReferenceKind, "The holon is saved, and saved holons do not change. Stage a new version of it first.", holon);
        }

        if (current.Draft.IsLive) return current.Draft;
        var what = current.Phase == HolonPhase.Abandoned ? "abandoned" : "staged for delete";
        throw new HolonException(HolonErrorCode.NotAccessible, $"The holon is {what}. Undo that first.", holon);
    }

    /// <summary>Only a saved holon that is not staged here yet can be.</summary>
    private void RequireUnstaged(HolonReference holon)
    {
        View.Resolve(holon);
        if (holon is not SmartReference { Version: null })
        {
            throw new HolonException(
                HolonErrorCode.WrongReferenceKind, "This takes a reference to a saved holon without a version.", holon);
        }

        if (State.Nursery.Find(holon.Id) is null) return;
        throw new HolonException(
            HolonErrorCode.AlreadyStaged,
            "The holon is already staged in this transaction. Use its staged reference.",
            new StagedReference(State.Transaction, holon.Id));
    }

    /// <summary>One more holon can be staged, beside others that this mutation is about to stage.</summary>
    internal void RequireRoom(int beside = 0)
    {
        if ((long)State.Nursery.Count + State.Nursery.Abandoned + beside >= limits.MaxStagedHolons)
            throw Full($"A transaction holds at most {limits.MaxStagedHolons:N0} staged holons. Commit it.", limits.MaxStagedHolons);
    }

    private HolonException TooManyTargets(HolonReference holon)
    {
        var message = $"The holon is related to more than {limits.MaxTargets:N0} holons, which is too many for one command. "
            + "Make a new holon and add the members in several.";
        return new HolonException([new HolonError(HolonErrorCode.TooLarge, message) { Subject = holon, Field = "holon", Limit = limits.MaxTargets }]);
    }

    private static HolonException Full(string message, long limit) =>
        new([new HolonError(HolonErrorCode.TooManyHolons, message) { Limit = limit }]);
}

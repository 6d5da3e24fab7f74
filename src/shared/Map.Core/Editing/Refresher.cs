using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Views;

namespace Map.Core.Editing;

/// <summary>What to keep of a holon that was changed on both sides.</summary>
public enum RefreshKeep
{
    /// <summary>What this transaction staged, whole, on top of the latest version.</summary>
    Mine = 1,

    /// <summary>What others saved; the staging is dropped.</summary>
    Theirs = 2,
}

/// <summary>
/// Moves a transaction to the latest commit, with what it staged. First every staged holon is judged, then all is
/// moved, or nothing when a conflict is not decided.
/// </summary>
internal sealed class Refresher
{
    private readonly TransactionEditor _editor;
    private readonly TransactionView _before;
    private readonly IHolonService _saved;
    private readonly long _latest;
    private readonly IReadOnlyDictionary<LocalId, RefreshKeep> _choices;
    private readonly CancellationToken _cancellation;
    private readonly List<HolonError> _undecided = [];
    private readonly List<StateChange> _changes = [];
    private readonly List<LocalId> _kept = [];

    public Refresher(
        TransactionEditor editor, IReadOnlyDictionary<LocalId, RefreshKeep> choices, CancellationToken cancellation)
    {
        _editor = editor;
        _before = editor.View;
        _saved = _before.Saved;
        _latest = _saved.LatestCommit;
        _choices = choices;
        _cancellation = cancellation;
    }

    public void Run()
    {
        _changes.Add(new MoveSnapshot(_latest, _saved.SchemaEpoch(_latest)));
        foreach (var draft in _before.State.Nursery.Holons.Values)
        {
            _cancellation.ThrowIfCancellationRequested();
            if (draft.Base is { } version) Move(draft, version);
        }

        if (_undecided.Count > 0) throw new HolonException(ErrorLists.Cut(_undecided));
        _editor.Apply(_changes);
        var links = new LinkRefresher(_editor.View);
        _editor.Apply([.. Kept().SelectMany(draft => links.Changes(draft))]);
        var mover = new LinkMover(_editor.View, _editor.Limits.MaxTargets);
        _editor.Apply([.. Kept().Where(IsOfOtherType).SelectMany(mover.Changes)]);
    }

    private IEnumerable<DraftHolon> Kept() => _kept.Select(id => _editor.State.Nursery.Find(id)!);

    /// <summary>Whether a draft is of another type than it was, or than the saved holon is by now.</summary>
    private bool IsOfOtherType(DraftHolon draft) =>
        draft.Descriptor != draft.Base!.Descriptor || draft.Descriptor != _before.State.Nursery.Find(draft.Id)!.Descriptor;

    private void Move(DraftHolon draft, SavedHolon version)
    {
        var head = _saved.FindHolon(draft.Id, _latest);
        var conflict = FindConflict(draft, version, head);
        if (conflict is null || IsDecided(draft, head, conflict)) Move(draft, version, head, isConflict: conflict is not null);
    }

    private void Move(DraftHolon draft, SavedHolon version, SavedHolon? head, bool isConflict)
    {
        if (head is null || (isConflict && _choices[draft.Id] == RefreshKeep.Theirs))
        {
            _changes.Add(new DropDraft(draft.Id));
            return;
        }

        _kept.Add(draft.Id);
        if (head.Commit == version.Commit) return;
        // What was not touched here is theirs.
        var takesOver = (!isConflict || draft.Phase == HolonPhase.StagedForDelete) && draft.HasContentOf(version);
        _changes.AddRange(takesOver ? TakeOver(draft, head) : [new RebaseDraft(head)]);
    }

    /// <summary>Whether the conflict is decided in a way that can be; else it is listed.</summary>
    private bool IsDecided(DraftHolon draft, SavedHolon? head, HolonError conflict)
    {
        var isDecided = _choices.TryGetValue(draft.Id, out var keep) && (head is not null || keep == RefreshKeep.Theirs);
        if (!isDecided) _undecided.Add(conflict);
        return isDecided;
    }

    /// <summary>Why the staging cannot simply be moved; null when it can.</summary>
    private HolonError? FindConflict(DraftHolon draft, SavedHolon version, SavedHolon? head)
    {
        if (head is null)
        {
            var end = _saved.FindEnd(draft.Id, _latest);
            return Conflict(draft, end, $"{Name(draft)} was deleted by commit {end}. Only theirs can be kept, which drops what is staged of it.");
        }

        if (head.Commit != version.Commit && ChangesVersion(draft, version))
            return Conflict(draft, head.Commit, $"{Name(draft)} was changed by commit {head.Commit}, after this transaction read it. Choose mine or theirs.");
        if (draft.Phase != HolonPhase.StagedForDelete || FindNewLink(draft.Id) is not { } other) return null;
        var message = $"{Name(draft)} is staged for delete, and was linked with {Name(other)} after this transaction read it. "
            + "Choose mine to delete it all the same, or theirs.";
        return Conflict(draft, null, message);
    }

    private HolonError Conflict(DraftHolon draft, long? commit, string message) => new(HolonErrorCode.Conflict, message)
    {
        Subject = new StagedReference(_before.State.Transaction, draft.Id),
        ConflictingCommit = commit,
    };

    private string Name(DraftHolon draft) => _before.Display(draft.Id);

    private string Name(LocalId id) =>
        _saved.FindHolon(id, _latest) is { } holon && TransactionView.KeyOf(holon) is { } key ? $"\"{key}\"" : id.ToString();

    /// <summary>Whether commit would save or end a version, and not only change links beside it.</summary>
    private bool ChangesVersion(DraftHolon draft, SavedHolon version)
    {
        if (draft.Phase == HolonPhase.StagedForDelete || !draft.HasContentOf(version)) return true;
        var contract = _before.ContractOf(draft.Descriptor);
        return draft.Links.Keys.Any(name => contract.Declared(name).IsDefinitional);
    }

    /// <summary>What gives a draft that leaves the content of its holon alone a later version of it.</summary>
    internal static IEnumerable<StateChange> TakeOver(DraftHolon draft, SavedHolon head)
    {
        yield return new RebaseDraft(head);
        var gone = draft.Properties.Select(property => property.Key).Where(name => head.Properties[name] is null).ToList();
        if (gone.Count > 0) yield return new RemoveProperties(draft.Id, gone);
        yield return new SetProperties(draft.Id, head.Properties);
        if (head.Descriptor is { } type && type != draft.Descriptor) yield return new SetDescriptor(draft.Id, type);
    }

    /// <summary>A holon that was linked with another after the snapshot, in either direction.</summary>
    private LocalId? FindNewLink(LocalId holon)
    {
        var snapshot = _before.State.Snapshot;
        foreach (var direction in (LinkDirection[])[LinkDirection.Forward, LinkDirection.Reverse])
        {
            foreach (var group in _saved.LinkGroups(holon, direction, _latest))
            {
                var known = _saved.Links(holon, direction, group.Relationship, null, snapshot).ToHashSet();
                foreach (var slot in _saved.Links(holon, direction, group.Relationship, null, _latest))
                    if (!known.Contains(slot)) return slot.Other;
            }
        }

        return null;
    }
}

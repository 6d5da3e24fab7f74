using Map.Core.Dancing;
using Map.Core.Editing;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Views;

namespace Map.Core.Validation;

/// <summary>
/// Judges the whole staged graph by its types, those staged with it included, and tells everything that is wrong at once.
/// </summary>
public sealed class Validator
{
    private readonly Judgement _judgement;
    private readonly ContentCheck _content;
    private readonly KeyCheck _keys;
    private readonly LinkCheck _links;
    private readonly DeletionCheck _deletions;
    private readonly TypeCheck _types;
    private readonly ValidatorCheck? _validators;

    private Validator(TransactionView view, IGuestRunner? guests = null)
    {
        _judgement = new Judgement(view);
        _content = new ContentCheck(_judgement);
        _keys = new KeyCheck(_judgement);
        _links = new LinkCheck(_judgement);
        _deletions = new DeletionCheck(_judgement);
        _types = new TypeCheck(_judgement);
        _validators = guests is null ? null : new ValidatorCheck(_judgement, guests);
    }

    /// <summary>
    /// Judges what a transaction stages as its commit would: over the latest commit, and completed by default values, by the
    /// kinds of values and by the keys that key rules make.
    /// </summary>
    /// <param name="view">What the transaction sees.</param>
    /// <param name="enforces">Whether violations fail a commit in this space; else they are warnings.</param>
    /// <param name="guests">Runs the validators that are bound to types.</param>
    /// <returns>What is saved if all is well, and what was found.</returns>
    /// <exception cref="OperationCanceledException">The view's cancellation ended it.</exception>
    public static (TransactionView Judged, ValidationReport Report) JudgeLatest(TransactionView view, bool enforces, IGuestRunner guests)
    {
        var latest = view.Saved.LatestCommit;
        var now = view.WithState(view.State with { Snapshot = latest, SchemaEpoch = view.Saved.SchemaEpoch(latest) });
        var judged = Complete(now);
        var report = Judge(judged, guests);
        if (!enforces) report = report.Relaxed();
        if (report.Violations.Count > 0 && latest > view.State.Snapshot)
            report = report.WithConflicts(Judge(Complete(view), guests: null), latest);
        return (judged, report);
    }

    private static TransactionView Complete(TransactionView view)
    {
        // Links that others added to a holon that gets another type here follow their name as well.
        var moved = After(view, [.. LinkMover.ChangesOfRetyped(view)]);
        return After(moved, ContentCompletion.Changes(moved));
    }

    private static TransactionView After(TransactionView view, List<StateChange> changes) =>
        changes.Count == 0 ? view : view.WithState(view.State.After(changes));

    /// <summary>Judges what a view stages over what is saved, as of the view's snapshot.</summary>
    private static ValidationReport Judge(TransactionView view, IGuestRunner? guests)
    {
        var validator = new Validator(view, guests);
        var nursery = view.State.Nursery;
        nursery.Hash();
        foreach (var draft in new StepTeller(view.Tell, view.Cancellation).Over("validating", nursery.Holons.Values, nursery.Count))
        {
            view.Cancellation.ThrowIfCancellationRequested();
            if (draft.IsLive) validator.JudgeLive(draft);
            else validator.JudgeDeleted(draft);
        }

        InstanceCheck.Run(validator._judgement);
        validator._validators?.Run();
        return validator._judgement.ToReport();
    }

    private void JudgeLive(DraftHolon draft)
    {
        if (!HasType(draft) || (draft.Descriptor is { } type && _judgement.IsGone(type))) return;
        var contract = _judgement.View.ContractOf(draft.Descriptor);
        _content.Run(draft.Id, draft.Descriptor, draft.Properties, contract);
        _keys.Run(draft);
        _links.Run(draft, contract);
        if (draft.IsDescriptor) _types.Run(draft);
        _validators?.Ask(draft, contract);
    }

    private void JudgeDeleted(DraftHolon draft)
    {
        _deletions.Run(draft);
        _links.RunAroundDeleted(draft);
    }

    private bool HasType(DraftHolon draft)
    {
        // The space's own holon was saved before there was any type.
        if (draft.Descriptor is null && draft.Id == _judgement.View.Saved.SpaceHolon) return true;
        if (draft.Descriptor is { } type && !_judgement.View.IsHidden(type)) return true;
        var name = _judgement.Display(draft.Id);
        if (draft.Descriptor is null)
        {
            _judgement.Violation(
                TypeRule.HasType, draft.Id, CoreSchema.DescribedBy,
                $"{name} has no descriptor; every saved holon needs a type. Use WithDescriptor.");
        }
        else
        {
            _judgement.Violation(
                TypeRule.TypeInView, draft.Id, CoreSchema.DescribedBy,
                $"{name} is described by {_judgement.Display(draft.Descriptor.Value)}, which is staged for delete or abandoned. "
                + "Choose another type with WithDescriptor.");
        }

        return false;
    }

    /// <summary>Judges what a draft holds by itself, whether it is to be saved or not.</summary>
    /// <returns>What is wrong with it, in sentences.</returns>
    internal static IReadOnlyList<string> JudgeContent(TransactionView view, DraftHolon draft)
    {
        var validator = new Validator(view);
        validator._content.Run(draft.Id, draft.Descriptor, draft.Properties, view.ContractOf(draft.Descriptor));
        return [.. validator._judgement.Sentences];
    }

    /// <summary>Judges one saved holon that is not staged.</summary>
    /// <returns>What is wrong with it, in sentences.</returns>
    internal static IReadOnlyList<string> JudgeSaved(TransactionView view, SavedHolon holon)
    {
        var validator = new Validator(view);
        var contract = view.ContractOf(holon.Descriptor);
        validator._content.Run(holon.Id, holon.Descriptor, holon.Properties, contract);
        validator._links.RunSaved(holon.Id, contract);
        return [.. validator._judgement.Sentences];
    }
}

using Map.Core.Dancing;
using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Views;

namespace Map.Core.Validation;

/// <summary>
/// Has the validators that are bound to types judge their staged instances, after all else was judged: a holon in which
/// something was found wrong already is mended first. What validators read is relied on.
/// </summary>
internal sealed class ValidatorCheck(Judgement judgement, IGuestRunner guests)
{
    private const string Step = "running validators";
    private const int MaxFailures = 10;

    private readonly List<(LocalId Holon, IReadOnlyList<LocalId> Validators)> _asked = [];
    private readonly Dictionary<LocalId, int> _failures = [];

    /// <summary>Asks for a live draft to be judged.</summary>
    public void Ask(DraftHolon draft, Contract contract)
    {
        if (contract.Validators.Count > 0) _asked.Add((draft.Id, contract.Validators));
    }

    /// <summary>Judges what was asked for.</summary>
    public void Run()
    {
        _asked.RemoveAll(each => judgement.IsFaulty(each.Holon));
        if (_asked.Count == 0) return;
        var recorder = new ReadRecorder(judgement.View.Saved);
        var view = ToLatest(judgement.View, recorder).Through(recorder);
        var code = new CodeReader(view);
        for (var i = 0; i < _asked.Count; i++)
        {
            view.Cancellation.ThrowIfCancellationRequested();
            view.Tell?.Invoke(new StepProgress(Step, i, _asked.Count));
            foreach (var validator in _asked[i].Validators) Run(validator, _asked[i].Holon, view, code);
        }

        judgement.Rely(recorder.ToFacts());
    }

    /// <summary>
    /// The view in which drafts that leave a holon's content alone have what is saved of it by now, as it stays so. It is
    /// relied on that it does.
    /// </summary>
    private static TransactionView ToLatest(TransactionView view, ReadRecorder recorder)
    {
        var changes = new List<StateChange>();
        foreach (var draft in view.State.Nursery.OfSaved)
        {
            if (!draft.IsLive || !draft.HasContentOf(draft.Base!)) continue;
            recorder.NoteHolon(draft.Id);
            if (view.Saved.FindHolon(draft.Id, view.State.Snapshot) is { } head && head.Commit != draft.Base!.Commit)
                changes.AddRange(Refresher.TakeOver(draft, head));
        }

        return changes.Count == 0 ? view : view.WithState(view.State.After(changes));
    }

    private void Run(LocalId validator, LocalId holon, TransactionView view, CodeReader code)
    {
        var failures = _failures.GetValueOrDefault(validator);
        // One that is deleted, here or by now, binds nothing any more.
        if (failures >= MaxFailures || view.Descriptors.Properties(validator) is null) return;
        var name = code.NameOf(validator);
        try
        {
            foreach (var finding in guests.Validate(code.Guest(validator), new ValidatorCall(name, holon), view))
                Tell(new HolonError(HolonErrorCode.ValidatorViolation, $"{judgement.Display(holon)}: {finding.Message} (Told by {name}.)") { Field = finding.Member });
        }
        catch (HolonException failure)
        {
            _failures[validator] = ++failures;
            var end = failures == MaxFailures ? $" It failed {MaxFailures} times and is not run any further." : "";
            var message = $"The validator {name} could not judge {judgement.Display(holon)}: {failure.Message}{end}";
            Tell(failure.Errors[0] with { Code = HolonErrorCode.ValidatorFailed, Message = message, Field = null, Candidates = [] });
        }

        void Tell(HolonError error) => judgement.Find(error with { Subject = view.ReferenceTo(holon) });
    }
}

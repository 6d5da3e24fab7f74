using Map.Core.Services;
using Map.Core.Views;

namespace Map.Core.Validation;

/// <summary>What of saved holons does not follow their types.</summary>
/// <param name="Count">How many holons do not.</param>
/// <param name="Sentences">What is wrong with the first 100 of them, for a person.</param>
public sealed record SavedReport(long Count, IReadOnlyList<string> Sentences);

/// <summary>
/// Judges all saved holons of a space by their types. Commits keep what they save in order; what does not follow its type
/// was there before the type was changed, or stands in a space that only reports.
/// </summary>
public static class SavedCheck
{
    private const int MaxTold = 100;

    /// <summary>Judges them as of a view's snapshot, one by one.</summary>
    /// <param name="view">A view in which nothing is staged.</param>
    /// <param name="tell">Is told how far it is; null for nobody.</param>
    /// <exception cref="OperationCanceledException">The view's cancellation ended it.</exception>
    public static SavedReport Run(TransactionView view, Action<StepProgress>? tell)
    {
        var (saved, snapshot) = (view.Saved, view.State.Snapshot);
        var progress = new StepTeller(tell, view.Cancellation);
        var sentences = new List<string>();
        long count = 0;
        foreach (var id in progress.Over("types", saved.ScanHolons(null, snapshot), (int)saved.CountHolons(snapshot) + 1))
        {
            if (saved.FindHolon(id, snapshot) is not { } holon || Validator.JudgeSaved(view, holon) is not [var first, ..]) continue;
            if (++count <= MaxTold) sentences.Add(first);
        }

        return new SavedReport(count, sentences);
    }
}

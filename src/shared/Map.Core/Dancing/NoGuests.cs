using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.Views;

namespace Map.Core.Dancing;

/// <summary>What stands where there is nothing that runs guests: it says so.</summary>
public sealed class NoGuests : IGuestRunner
{
    /// <summary>The one there is.</summary>
    public static readonly NoGuests Instance = new();

    private NoGuests()
    {
    }

    /// <inheritdoc/>
    public DanceResponse? Dance(GuestEntry entry, DanceCall call, TransactionEditor editor, CancellationToken cancellation) => throw None();

    /// <inheritdoc/>
    public IReadOnlyList<GuestFinding> Validate(GuestEntry entry, ValidatorCall call, TransactionView view) => throw None();

    private static HolonException None() => new(
        HolonErrorCode.NotImplemented, "This daemon runs no guests. Use one that does, or an implementation that is built in.");
}

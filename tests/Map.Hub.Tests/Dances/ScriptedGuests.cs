using System.Collections.Concurrent;
using Map.Core.Dancing;
using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.Views;
using CoreHolonReference = Map.Core.References.HolonReference;

namespace Map.Hub.Tests.Dances;

/// <summary>Stands for guests where the test is about what the hub does with them: one rule in place of all modules.</summary>
internal sealed class ScriptedGuests : IGuestRunner
{
    /// <summary>The keys of the holons that were judged, in order.</summary>
    public ConcurrentQueue<string> Judged { get; } = [];

    /// <summary>Says what is wrong with a holon; null for nothing.</summary>
    public Func<TransactionView, HolonSnapshot, string?> Rule { get; set; } = (_, _) => null;

    public DanceResponse? Dance(GuestEntry entry, DanceCall call, TransactionEditor editor, CancellationToken cancellation) =>
        throw new HolonException(HolonErrorCode.ModuleNotFound, "There are no modules here.");

    public IReadOnlyList<GuestFinding> Validate(GuestEntry entry, ValidatorCall call, TransactionView view)
    {
        var holon = view.Resolve(view.ReferenceTo(call.Holon));
        Judged.Enqueue(holon.Key!);
        return Rule(view, holon) is { } wrong ? [new GuestFinding("Title", wrong)] : [];
    }

    /// <summary>The members of a relationship, as guests read them.</summary>
    public static IReadOnlyList<CoreHolonReference> Members(TransactionView view, CoreHolonReference holon, string name) =>
        [.. view.Related(holon, name, null, 1_000).Members.Select(member => member.Reference)];

    /// <summary>The text of a property; null where there is none.</summary>
    public static string? Text(TransactionView view, CoreHolonReference holon, string name) =>
        (view.Resolve(holon).Properties[name] as Core.Values.StringValue)?.Value;
}

using System.Globalization;
using Map.Core.Errors;
using Map.Core.Transactions;

namespace Map.Core.Views;

/// <summary>Tells a holon in a sentence for a person.</summary>
internal static class HolonSentence
{
    public static string Of(TransactionView view, HolonSnapshot holon, int relationships)
    {
        var name = holon.Key is { } key ? $"\"{key}\"" : holon.Id.ToString();
        var type = holon.Descriptor is { } descriptor ? $"of type {view.Display(descriptor)}" : "without a type";
        var properties = Count(holon.Properties.Count, "property", "properties");
        return $"The holon {name} {type} is {Phase(holon)}, with {properties} and {Count(relationships, "relationship", "relationships")}.";
    }

    private static string Phase(HolonSnapshot holon) => holon.Phase switch
    {
        HolonPhase.Transient => "transient",
        HolonPhase.StagedForCreate => "staged for create",
        HolonPhase.StagedForUpdate => $"staged for update of version {holon.Version}",
        HolonPhase.StagedForDelete => $"staged for delete of version {holon.Version}",
        HolonPhase.Abandoned => "abandoned, so that commit passes it over",
        HolonPhase.Saved => $"saved as version {holon.Version}",
        _ => throw new InvariantException($"No such phase: {holon.Phase}"),
    };

    private static string Count(int number, string one, string many) =>
        number == 1 ? $"1 {one}" : $"{number.ToString("N0", CultureInfo.InvariantCulture)} {many}";
}

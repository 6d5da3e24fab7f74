using System.Text;
using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Storage.Tests;

/// <summary>Everything that can be read of a store as of a commit, by its public reads, as text.</summary>
internal static class SpaceDump
{
    internal static string Of(HolonStore store, long asOf)
    {
        var text = new StringBuilder();
        text.AppendLine($"commit {asOf}, {store.CountHolons(asOf)} holons, epoch {store.SchemaEpoch(asOf)}");
        foreach (var match in store.ScanKeys("", null, asOf))
            text.AppendLine($"key {match.Key} {match.Type} {match.Holon} {store.FindByKey(match.Key, asOf).Count()}");
        foreach (var id in store.ScanHolons(null, asOf)) Write(text, store, id, asOf);
        return text.ToString();
    }

    private static void Write(StringBuilder text, HolonStore store, LocalId id, long asOf)
    {
        var holon = store.FindHolon(id, asOf) ?? throw new StoreException($"Holon {id} is scanned but not found.");
        text.AppendLine($"{id} {holon.Version} {holon.Commit} {holon.Descriptor} {holon.Predecessor}");
        foreach (var (name, value) in holon.Properties.AsSpan()) text.AppendLine($"  {name} = {value.Kind} {value}");
        for (var version = 1; version <= holon.Version; version++)
            text.AppendLine($"  version {store.FindVersion(id, version, asOf)?.Commit}");
        text.AppendLine($"  instances {store.CountInstances(id, asOf)} {string.Join(' ', store.ScanInstances(id, null, asOf))}");
        foreach (var direction in (LinkDirection[])[LinkDirection.Forward, LinkDirection.Reverse])
            foreach (var group in store.LinkGroups(id, direction, asOf))
                text.AppendLine(
                    $"  {direction} {group.Relationship} {group.Name} {group.Count}: "
                    + string.Join(' ', store.Links(id, direction, group.Relationship, null, asOf)));
    }
}

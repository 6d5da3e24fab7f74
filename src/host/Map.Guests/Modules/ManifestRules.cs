using Map.Guests.Abi;

namespace Map.Guests.Modules;

/// <summary>What the members of a manifest may be, beyond their kinds (docs/guest-abi.md).</summary>
internal static class ManifestRules
{
    private const int MaxNameLength = 100;
    private const int MaxVersionLength = 50;
    private const int MaxDescriptionLength = 1_000;
    private const int MaxTypes = 1_000;
    private const int MaxKeyLength = 1_000;
    private const int MaxPages = 65_536;

    internal static void Check(ModuleManifest manifest)
    {
        Require(manifest.Abi == GuestInterface.Name, "abi", $"is \"{manifest.Abi}\"; this daemon has {GuestInterface.Name}");
        Require(!string.IsNullOrWhiteSpace(manifest.Name), "name", "is empty");
        RequireText(manifest.Name, MaxNameLength, "name");
        RequireText(manifest.Version, MaxVersionLength, "version");
        RequireText(manifest.Description, MaxDescriptionLength, "description");
        RequireTypes(manifest.Capabilities.Read, "capabilities.read");
        RequireTypes(manifest.Capabilities.Write, "capabilities.write");
        RequireTypes(manifest.Capabilities.Delete, "capabilities.delete");
        Require(manifest.Fuel is null or >= 1, "fuel", "is 1 or more");
        Require(manifest.MemoryPages is null or (>= 1 and <= MaxPages), "memoryPages", $"is between 1 and {MaxPages:N0}");
    }

    private static void RequireTypes(IReadOnlyList<string> types, string member)
    {
        Require(types.Count <= MaxTypes, member, $"has at most {MaxTypes:N0} types");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < types.Count; i++)
        {
            var item = $"{member}[{i}]";
            Require(!string.IsNullOrWhiteSpace(types[i]), item, "is the key of a holon type, or \"*\"");
            RequireText(types[i], MaxKeyLength, item);
            Require(seen.Add(types[i]), item, "stands twice");
        }
    }

    /// <summary>Texts of manifests are printed and logged; none of them is to steer a terminal or to fill a log.</summary>
    private static void RequireText(string text, int most, string member)
    {
        Require(text.Length <= most, member, $"has at most {most:N0} characters");
        Require(!text.Any(char.IsControl), member, "has a control character");
    }

    private static void Require(bool holds, string member, string rule)
    {
        if (!holds) throw ModuleManifest.Invalid($"{ModuleManifest.Section}: \"{member}\" {rule}.", member);
    }
}

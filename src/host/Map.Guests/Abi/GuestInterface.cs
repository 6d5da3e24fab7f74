using Map.Guests.Abi.Imports;
using Map.Wasm;

namespace Map.Guests.Abi;

/// <summary>The interface <c>map:guest/1</c>: what guests may import. docs/guest-abi.md tells of it.</summary>
public static class GuestInterface
{
    /// <summary>Its name, as manifests and implementations have it.</summary>
    public const string Name = "map:guest/1";

    /// <summary>The module that guests import from.</summary>
    public const string Module = "map";

    /// <summary>The type of an entry point.</summary>
    public static readonly FunctionType EntryPoint = new([ValueKind.I32], [ValueKind.I32]);

    /// <summary>The functions, in the order of the page.</summary>
    internal static readonly IReadOnlyList<GuestImport> Imports =
        [.. RequestImports.All, .. ReadingImports.All, .. CursorImports.All, .. FindingImports.All, .. WritingImports.All, .. ResponseImports.All];

    /// <summary>What guests are linked with.</summary>
    internal static readonly Linker Linker = Imports.Aggregate(
        new Linker(), (linker, import) => linker.DefineFunction(Module, import.Name, import.Callback));

    private static readonly Dictionary<string, FunctionType> Types =
        Imports.ToDictionary(import => import.Name, import => FunctionType.FromDelegate(import.Callback.GetType()));

    /// <summary>Says why a guest cannot import something, for a person; null when it can.</summary>
    public static string? FindProblem(Import import)
    {
        var path = $"\"{import.Module}\" \"{import.Name}\"";
        if (import.Module != Module || !Types.TryGetValue(import.Name, out var type))
            return $"The module imports {path}: {import.Type}. {Name} has no such import.";
        return type.Equals(import.Type) ? null : $"The module imports {path} as {import.Type}. In {Name} it is {type}.";
    }
}

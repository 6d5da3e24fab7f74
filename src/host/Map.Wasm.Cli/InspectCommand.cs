namespace Map.Wasm.Cli;

/// <summary>Lists what a module needs and offers.</summary>
internal static class InspectCommand
{
    public static void Run(string path)
    {
        using var engine = new Engine();
        var module = Module.Inspect(engine, File.ReadAllBytes(path));
        Console.WriteLine(module.Name is { } name ? $"valid module \"{name}\"" : "valid module");
        foreach (var import in module.Imports) Console.WriteLine($"import {Kind(import.Type)} \"{import.Module}\" \"{import.Name}\": {import.Type}");
        foreach (var export in module.Exports) Console.WriteLine($"export {Kind(export.Type)} \"{export.Name}\": {export.Type}");
        foreach (var section in module.CustomSections) Console.WriteLine($"custom section \"{section.Name}\": {section.Content.Length} bytes");
    }

    private static string Kind(ExternType type) => type.Kind.ToString().ToLowerInvariant();
}

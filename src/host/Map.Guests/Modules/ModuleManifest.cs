using System.Text.Json;
using Map.Core.Errors;
using Map.Wasm;

namespace Map.Guests.Modules;

/// <summary>What a module says of itself, in its custom section <c>map.manifest</c> (docs/guest-abi.md).</summary>
/// <param name="Abi">The interface that it was built for.</param>
/// <param name="Name">Its name, for a person.</param>
public sealed record ModuleManifest(string Abi, string Name)
{
    /// <summary>The name of the custom section.</summary>
    public const string Section = "map.manifest";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Its version, for a person.</summary>
    public string Version { get; init; } = "";

    /// <summary>What it does, for a person.</summary>
    public string Description { get; init; } = "";

    /// <summary>What it asks to be allowed.</summary>
    public Capabilities Capabilities { get; init; } = new();

    /// <summary>How much fuel it wants for a call; null for as much as there is.</summary>
    public long? Fuel { get; init; }

    /// <summary>How many pages of 64 kB of memory it wants; null for as many as there are.</summary>
    public int? MemoryPages { get; init; }

    /// <summary>Reads the manifest of a module.</summary>
    /// <exception cref="HolonException">It is missing or cannot be read.</exception>
    public static ModuleManifest Of(Module module)
    {
        var section = module.CustomSections.FirstOrDefault(each => each.Name == Section);
        if (section is null) throw Invalid($"The module has no custom section {Section}.");
        try
        {
            return JsonSerializer.Deserialize<ModuleManifest>(section.Content.Span, Json) ?? throw Invalid($"{Section} is null.");
        }
        catch (JsonException e)
        {
            throw Invalid($"{Section} cannot be read: {e.Message}");
        }
    }

    private static HolonException Invalid(string message) => new(HolonErrorCode.ManifestInvalid, message);
}

/// <summary>What a module asks to be allowed: keys of holon types, or <c>*</c> for all.</summary>
public sealed record Capabilities
{
    /// <summary>The types of which it reads holons.</summary>
    public IReadOnlyList<string> Read { get; init; } = [];

    /// <summary>The types of which it makes and changes holons.</summary>
    public IReadOnlyList<string> Write { get; init; } = [];

    /// <summary>The types of which it deletes holons.</summary>
    public IReadOnlyList<string> Delete { get; init; } = [];
}

using System.Text.Json;
using Map.Core.Errors;
using Map.Guests.Abi;
using Map.Wasm;

namespace Map.Guests.Modules;

/// <summary>What a module says of itself, in its custom section <c>map.manifest</c> (docs/guest-abi.md).</summary>
/// <param name="Abi">The interface that it was built for.</param>
/// <param name="Name">Its name, for a person.</param>
public sealed record ModuleManifest(string Abi, string Name)
{
    /// <summary>The name of the custom section.</summary>
    public const string Section = "map.manifest";

    private const int MaxBytes = 64 << 10;

    // No comments, no members that the page does not name, none twice, no null where a value belongs.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Strict) { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

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
    /// <exception cref="HolonException"><see cref="HolonErrorCode.ManifestInvalid"/>; the message has the place.</exception>
    public static ModuleManifest Of(Module module)
    {
        var sections = module.CustomSections.Where(each => each.Name == Section).ToArray();
        if (sections.Length != 1)
            throw Invalid($"The module has {(sections.Length == 0 ? "no custom section" : "more than one custom section")} {Section}.");
        var content = sections[0].Content.Span;
        if (content.Length > MaxBytes) throw Invalid($"{Section} has {content.Length:N0} bytes; at most {MaxBytes:N0} are allowed.");
        var manifest = Read(content);
        ManifestRules.Check(manifest);
        return manifest;
    }

    internal static HolonException Invalid(string message, string? field = null) => new(HolonErrorCode.ManifestInvalid, message, field: field);

    private static ModuleManifest Read(ReadOnlySpan<byte> content)
    {
        try
        {
            return JsonSerializer.Deserialize<ModuleManifest>(content, Json) ?? throw Invalid($"{Section} is null.");
        }
        catch (JsonException e)
        {
            throw new HolonException([new HolonError(HolonErrorCode.ManifestInvalid, Explain(e))
            {
                Place = new SourcePlace(Section, (int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1),
                Field = MemberOf(e),
            }]);
        }
    }

    private static string? MemberOf(JsonException e) => e.Path?.TrimStart('$', '.') is { Length: > 0 } member ? member : null;

    /// <summary>In the words of the page; the library's sentences name types of this program.</summary>
    private static string Explain(JsonException e)
    {
        var about = MemberOf(e) is { } member ? $"\"{member}\"" : "the manifest";
        if (e.Message.StartsWith("The JSON property", StringComparison.Ordinal)) return $"{about} is no member that {GuestInterface.Name} knows.";
        if (e.Message.StartsWith("Duplicate property", StringComparison.Ordinal)) return $"{about} has a member twice.";
        if (e.Message.Contains("was missing required", StringComparison.Ordinal)) return "\"abi\" and \"name\" are required.";
        return e.InnerException is JsonException
            ? "this is not JSON."
            : $"{about} has a value of the wrong kind.";
    }
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

using System.Text.Json;

namespace Map.Wasm.Tests.Specification;

/// <summary>A command of a script, as <c>wast2json</c> writes it.</summary>
public sealed record SpecCommand
{
    public required string Type { get; init; }

    public int Line { get; init; }

    public string? Name { get; init; }

    public string? As { get; init; }

    public string? Filename { get; init; }

    public string? Text { get; init; }

    public string? ModuleType { get; init; }

    public SpecAction? Action { get; init; }

    public SpecValue[] Expected { get; init; } = [];
}

/// <summary>A call of an export, or the reading of an exported global.</summary>
public sealed record SpecAction
{
    public required string Type { get; init; }

    public string? Module { get; init; }

    public required string Field { get; init; }

    public SpecValue[] Args { get; init; } = [];
}

/// <summary>A value; floats by their bits or as a pattern for NaNs.</summary>
public sealed record SpecValue
{
    public required string Type { get; init; }

    public string? Value { get; init; }
}

/// <summary>A script with its modules beside it.</summary>
public sealed record SpecScript
{
    public static JsonSerializerOptions Options { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public required SpecCommand[] Commands { get; init; }

    public static SpecScript Read(string path) => JsonSerializer.Deserialize<SpecScript>(File.ReadAllText(path), Options)!;
}

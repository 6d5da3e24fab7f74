using Map.Core.Validation;
using Map.V1;

namespace Map.Hub.Tests.Rules;

/// <summary>Over what an example can be tried.</summary>
[Flags]
internal enum Over
{
    /// <summary>Everything staged in one transaction.</summary>
    Nothing = 1,

    /// <summary>The types and what is given are saved.</summary>
    Saved = 2,
}

/// <summary>What a violation is told as.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Code">The code.</param>
/// <param name="Subject">The key of the holon; empty where it has none.</param>
/// <param name="Field">The property or relationship.</param>
/// <param name="Sentence">The whole sentence; an id stands as <c>{id}</c>.</param>
internal sealed record Finding(TypeRule Rule, ErrorCode Code, string Subject, string Field, string Sentence);

/// <summary>One side of a rule: a small graph that satisfies it, and one that violates it.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Side">Which side of it, for a person.</param>
internal sealed record RuleCase(TypeRule Rule, string Side)
{
    /// <summary>The types.</summary>
    public Part[] Types { get; init; } = [];

    /// <summary>What is there before.</summary>
    public Step[] Given { get; init; } = [];

    /// <summary>What is fine.</summary>
    public required Step[] Satisfies { get; init; }

    /// <summary>What is not.</summary>
    public required Step[] Violates { get; init; }

    /// <summary>What is told then.</summary>
    public required Finding[] Findings { get; init; }

    /// <summary>Over what it can be tried.</summary>
    public Over Over { get; init; } = Over.Nothing | Over.Saved;

    /// <inheritdoc/>
    public override string ToString() => $"{Rule}: {Side}";
}

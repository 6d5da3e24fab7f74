namespace Map.Core.Types;

/// <summary>From what keys are made.</summary>
public enum KeyRuleKind : byte
{
    /// <summary>Nothing: a key is free and may be absent.</summary>
    None = 0,

    /// <summary>A template that values of the holon fill.</summary>
    Format = 1,

    /// <summary>The type name.</summary>
    TypeName = 2,

    /// <summary><c>(Source)-[Name]-&gt;(Target)</c>, with the keys of the two ends of a relationship type.</summary>
    Relationship = 3,

    /// <summary>The key of the enumeration, a full stop, and the type name.</summary>
    EnumVariant = 4,

    /// <summary>The type name, a full stop, and the type name of what the type extends.</summary>
    ExtendedType = 5,

    /// <summary>The type name, a full stop, and the type name of the descriptor.</summary>
    DescribedType = 6,

    /// <summary>The schema name.</summary>
    SchemaName = 7,
}

/// <summary>How the keys of a type's instances are made.</summary>
/// <param name="Kind">From what.</param>
/// <param name="Template">For <see cref="KeyRuleKind.Format"/>: text with {0}, {1} and so on.</param>
/// <param name="Parameters">For <see cref="KeyRuleKind.Format"/>: the properties that fill it, the first for {0}.</param>
public sealed record KeyRule(KeyRuleKind Kind, string Template, IReadOnlyList<string> Parameters)
{
    /// <summary>Keys are free.</summary>
    public static readonly KeyRule None = new(KeyRuleKind.None, "", []);

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Template} {string.Join(' ', Parameters)}";
}

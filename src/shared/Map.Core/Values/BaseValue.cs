using System.Collections.Immutable;
using System.Globalization;

namespace Map.Core.Values;

/// <summary>The kinds of property value.</summary>
public enum ValueKind : byte
{
    /// <summary>Unicode text without U+0000.</summary>
    String = 1,

    /// <summary>True or false.</summary>
    Boolean = 2,

    /// <summary>A signed 64-bit number.</summary>
    Integer = 3,

    /// <summary>An IEEE 754 binary64.</summary>
    Double = 4,

    /// <summary>The name of a variant of an enum type.</summary>
    Enum = 5,

    /// <summary>Bytes.</summary>
    Bytes = 6,

    /// <summary>Microseconds since 1970-01-01T00:00:00Z.</summary>
    Timestamp = 7,

    /// <summary>Scalars of one kind.</summary>
    Array = 8,
}

/// <summary>A property value. Immutable; equal by content.</summary>
public abstract record BaseValue
{
    private protected BaseValue()
    {
    }

    /// <summary>Which kind this is.</summary>
    public abstract ValueKind Kind { get; }
}

/// <summary>Text.</summary>
/// <param name="Value">The text.</param>
public sealed record StringValue(string Value) : BaseValue
{
    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.String;

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>True or false.</summary>
/// <param name="Value">Which.</param>
public sealed record BooleanValue(bool Value) : BaseValue
{
    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Boolean;

    /// <inheritdoc/>
    public override string ToString() => Value ? "true" : "false";
}

/// <summary>A signed 64-bit number.</summary>
/// <param name="Value">The number.</param>
public sealed record IntegerValue(long Value) : BaseValue
{
    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Integer;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A floating-point number; equal by bits, so that NaN equals itself.</summary>
/// <param name="Value">The number.</param>
public sealed record DoubleValue(double Value) : BaseValue
{
    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Double;

    /// <inheritdoc/>
    public bool Equals(DoubleValue? other) =>
        other is not null && BitConverter.DoubleToInt64Bits(Value) == BitConverter.DoubleToInt64Bits(other.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.DoubleToInt64Bits(Value).GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>A variant of an enum type.</summary>
/// <param name="Variant">The variant's name.</param>
public sealed record EnumValue(string Variant) : BaseValue
{
    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Enum;

    /// <inheritdoc/>
    public override string ToString() => Variant;
}

/// <summary>Bytes.</summary>
/// <param name="Value">The bytes.</param>
public sealed record BytesValue(ImmutableArray<byte> Value) : BaseValue
{
    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Bytes;

    /// <inheritdoc/>
    public bool Equals(BytesValue? other) => other is not null && Value.AsSpan().SequenceEqual(other.Value.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Value.AsSpan());
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => Convert.ToBase64String(Value.AsSpan());
}

/// <summary>A moment in UTC.</summary>
/// <param name="UnixMicros">Microseconds since 1970-01-01T00:00:00Z, leap seconds ignored.</param>
public sealed record TimestampValue(long UnixMicros) : BaseValue
{
    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Timestamp;

    /// <inheritdoc/>
    public override string ToString() => TimestampText.Of(this);
}

/// <summary>Scalars of one kind; arrays do not nest.</summary>
/// <param name="Items">The scalars.</param>
public sealed record ArrayValue(ImmutableArray<BaseValue> Items) : BaseValue
{
    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Array;

    /// <inheritdoc/>
    public bool Equals(ArrayValue? other) => other is not null && Items.AsSpan().SequenceEqual(other.Items.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var item in Items) hash.Add(item);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", Items)}]";
}

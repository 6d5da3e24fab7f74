using System.Text;
using Map.Core.Errors;
using Map.Core.References;
using Map.Core.Transactions;
using Map.Core.Values;

namespace Map.Core.Editing;

/// <summary>What holds for every property value, whatever its type says.</summary>
internal static class PropertyRules
{
    /// <exception cref="HolonException">The value breaks a rule.</exception>
    public static void Check(string name, BaseValue value, TransactionLimits limits, HolonReference? holon)
    {
        if (Find(name, value, limits) is { } error) throw new HolonException([error with { Subject = holon }]);
    }

    /// <exception cref="HolonException">There are too many properties.</exception>
    public static void CheckCount(PropertyMap map, TransactionLimits limits, HolonReference? holon)
    {
        if (FindCount(map, limits) is { } error) throw new HolonException([error with { Subject = holon }]);
    }

    /// <summary>The rule that a value breaks, or null.</summary>
    public static HolonError? Find(string name, BaseValue value, TransactionLimits limits)
    {
        var isKey = string.Equals(name, Names.Key, StringComparison.Ordinal);
        if (isKey && FindInKey(value) is { } wrongKey) return wrongKey;
        if (value is ArrayValue array && FindInArray(name, array, limits) is { } wrongArray) return wrongArray;
        var size = Size(value);
        return size <= limits.MaxValueBytes
            ? null
            : TooLarge($"The value of \"{name}\" has {size:N0} bytes; at most {limits.MaxValueBytes:N0} are allowed.", name, limits.MaxValueBytes);
    }

    /// <summary>Whether there are too many properties, or too large ones, in words; or null.</summary>
    public static HolonError? FindCount(PropertyMap map, TransactionLimits limits)
    {
        if (map.Count > limits.MaxProperties)
            return TooLarge($"A holon has at most {limits.MaxProperties:N0} properties.", null, limits.MaxProperties);
        long size = 0;
        foreach (var (_, value) in map.AsSpan()) size += Size(value);
        return size <= limits.MaxHolonBytes
            ? null
            : TooLarge(
                $"The properties of a holon have at most {limits.MaxHolonBytes:N0} bytes; these have {size:N0}.", null, limits.MaxHolonBytes);
    }

    private static HolonError? FindInKey(BaseValue value)
    {
        if (value is not StringValue text)
        {
            var kind = value.Kind.ToString().ToLowerInvariant();
            return new HolonError(HolonErrorCode.ValueKindMismatch, $"A key is a string, not {kind}.") { Field = Names.Key };
        }

        if (Names.IsValidKey(text.Value)) return null;
        var message = $"A key has 1 to {Names.MaxKeyBytes} bytes of UTF-8 and no U+0000.";
        return new HolonError(HolonErrorCode.InvalidName, message) { Field = Names.Key };
    }

    private static HolonError? FindInArray(string name, ArrayValue array, TransactionLimits limits)
    {
        if (array.Items.Length > limits.MaxArrayItems)
        {
            return TooLarge(
                $"The array \"{name}\" has {array.Items.Length:N0} items; at most {limits.MaxArrayItems:N0} are allowed.",
                name, limits.MaxArrayItems);
        }

        foreach (var item in array.Items)
        {
            if (item.Kind != ValueKind.Array && item.Kind == array.Items[0].Kind) continue;
            var message = $"The items of \"{name}\" must be scalars of one kind.";
            return new HolonError(HolonErrorCode.ValueKindMismatch, message) { Field = name };
        }

        return null;
    }

    private static HolonError TooLarge(string message, string? field, long limit) =>
        new(HolonErrorCode.TooLarge, message) { Field = field, Limit = limit };

    /// <summary>The size of a value in bytes, text as UTF-8.</summary>
    internal static long Size(BaseValue value) => value switch
    {
        StringValue text => Encoding.UTF8.GetByteCount(text.Value),
        EnumValue variant => Encoding.UTF8.GetByteCount(variant.Variant),
        BytesValue bytes => bytes.Value.Length,
        ArrayValue array => array.Items.Sum(Size),
        _ => sizeof(long),
    };
}

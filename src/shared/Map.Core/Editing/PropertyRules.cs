using System.Text;
using Map.Core.Errors;
using Map.Core.References;
using Map.Core.Transactions;
using Map.Core.Values;

namespace Map.Core.Editing;

/// <summary>What holds for every property value, whatever its type says.</summary>
internal static class PropertyRules
{
    public static void Check(string name, BaseValue value, TransactionLimits limits, HolonReference? holon)
    {
        if (string.Equals(name, Names.Key, StringComparison.Ordinal)) CheckKey(value, holon);
        if (value is ArrayValue array) CheckArray(name, array, limits, holon);
        var size = Size(value);
        if (size <= limits.MaxValueBytes) return;
        var message = $"The value of \"{name}\" has {size:N0} bytes; at most {limits.MaxValueBytes:N0} are allowed.";
        throw new HolonException(
            [new HolonError(HolonErrorCode.TooLarge, message) { Subject = holon, Field = name, Limit = limits.MaxValueBytes }]);
    }

    public static void CheckCount(PropertyMap map, TransactionLimits limits, HolonReference? holon)
    {
        if (map.Count <= limits.MaxProperties) return;
        var message = $"A holon has at most {limits.MaxProperties:N0} properties.";
        throw new HolonException(
            [new HolonError(HolonErrorCode.TooLarge, message) { Subject = holon, Limit = limits.MaxProperties }]);
    }

    private static void CheckKey(BaseValue value, HolonReference? holon)
    {
        if (value is not StringValue text)
        {
            throw new HolonException(
                HolonErrorCode.ValueKindMismatch, $"A key is a string, not {value.Kind.ToString().ToLowerInvariant()}.", holon, Names.Key);
        }

        if (!Names.IsValidKey(text.Value))
        {
            throw new HolonException(
                HolonErrorCode.InvalidName,
                $"A key has 1 to {Names.MaxKeyBytes} bytes of UTF-8 and no U+0000.",
                holon,
                Names.Key);
        }
    }

    private static void CheckArray(string name, ArrayValue array, TransactionLimits limits, HolonReference? holon)
    {
        if (array.Items.Length > limits.MaxArrayItems)
        {
            var message = $"The array \"{name}\" has {array.Items.Length:N0} items; at most {limits.MaxArrayItems:N0} are allowed.";
            throw new HolonException(
                [new HolonError(HolonErrorCode.TooLarge, message) { Subject = holon, Field = name, Limit = limits.MaxArrayItems }]);
        }

        foreach (var item in array.Items)
        {
            if (item.Kind != ValueKind.Array && item.Kind == array.Items[0].Kind) continue;
            throw new HolonException(
                HolonErrorCode.ValueKindMismatch, $"The items of \"{name}\" must be scalars of one kind.", holon, name);
        }
    }

    private static long Size(BaseValue value) => value switch
    {
        StringValue text => Encoding.UTF8.GetByteCount(text.Value),
        EnumValue variant => Encoding.UTF8.GetByteCount(variant.Variant),
        BytesValue bytes => bytes.Value.Length,
        ArrayValue array => array.Items.Sum(Size),
        _ => sizeof(long),
    };
}

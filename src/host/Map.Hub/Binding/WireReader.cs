using System.Collections.Immutable;
using System.Text;
using Google.Protobuf;
using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Values;

namespace Map.Hub.Binding;

/// <summary>
/// Turns messages into the core's types. Below this seam nothing knows a protobuf type. Whatever a message lacks or
/// has in the wrong form is told with the field's path.
/// </summary>
public static class WireReader
{
    internal const int MaxMarkerIdBytes = 200;
    internal const int MaxMarkerLabelBytes = 1_000;

    /// <summary>An id from its 16 bytes.</summary>
    /// <exception cref="HolonException">There are not 16.</exception>
    public static LocalId ToLocalId(ByteString bytes, string field)
    {
        if (bytes.Length == LocalId.Size) return LocalId.Read(bytes.Span);
        throw Invalid(field, bytes.IsEmpty ? "is missing" : $"must have {LocalId.Size} bytes, not {bytes.Length}");
    }

    internal static HolonId ToHolonId(V1.HolonId? id, string field)
    {
        if (id is null) throw Missing(field);
        return new HolonId(new SpaceId(ToLocalId(id.SpaceId, $"{field}.space_id")), ToLocalId(id.LocalId, $"{field}.local_id"));
    }

    /// <summary>A transaction's identity.</summary>
    /// <exception cref="HolonException">It is missing or has another form.</exception>
    public static TransactionId ToTransactionId(V1.TransactionId? id, string field)
    {
        if (id is null) throw Missing(field);
        return new TransactionId(new SpaceId(ToLocalId(id.SpaceId, $"{field}.space_id")), ToLocalId(id.LocalId, $"{field}.local_id"));
    }

    internal static HolonReference ToReference(V1.HolonReference? reference, string field)
    {
        if (reference is null) throw Missing(field);
        var transaction = ToTransactionId(reference.TransactionId, $"{field}.transaction_id");
        switch (reference.KindCase)
        {
            case V1.HolonReference.KindOneofCase.Transient:
                return new TransientReference(transaction, ToLocalId(reference.Transient.LocalId, $"{field}.transient.local_id"));
            case V1.HolonReference.KindOneofCase.Staged:
                return new StagedReference(transaction, ToLocalId(reference.Staged.LocalId, $"{field}.staged.local_id"));
            case V1.HolonReference.KindOneofCase.Smart:
                return ToSmartReference(transaction, reference.Smart, $"{field}.smart");
            default:
                throw Invalid(field, "must be transient, staged or smart");
        }
    }

    internal static HolonReference? ToOptionalReference(V1.HolonReference? reference, string field) =>
        reference is null ? null : ToReference(reference, field);

    internal static List<HolonReference> ToReferences(IReadOnlyList<V1.HolonReference> references, string field)
    {
        if (references.Count == 0) throw Missing(field);
        return [.. references.Select((reference, i) => ToReference(reference, $"{field}[{i}]"))];
    }

    /// <summary>The canonical form of a name.</summary>
    internal static string ToName(string raw, string field) =>
        Names.Canonicalise(raw) ?? throw new HolonException(
            HolonErrorCode.InvalidName,
            $"\"{field}\": a name has 1 to {Names.MaxLength} characters, letters or digits among them, and no U+0000.",
            field: field);

    internal static string ToKey(string key, string field)
    {
        if (Names.IsValidKey(key)) return key;
        throw new HolonException(
            HolonErrorCode.InvalidName, $"\"{field}\": a key has 1 to {Names.MaxKeyBytes} bytes of UTF-8 and no U+0000.", field: field);
    }

    internal static string ToMarkerId(string id) =>
        id.Length == 0 ? throw Missing("marker_id") : ToText(id, "marker_id", MaxMarkerIdBytes);

    /// <summary>Text that is kept as it is.</summary>
    internal static string ToText(string text, string field, int maxBytes)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        return bytes <= maxBytes ? text : throw Invalid(field, $"has {bytes:N0} bytes of UTF-8; at most {maxBytes:N0} are allowed");
    }

    internal static List<KeyValuePair<string, BaseValue>> ToProperties(IReadOnlyList<V1.Property> properties, string field)
    {
        var read = new List<KeyValuePair<string, BaseValue>>(properties.Count);
        for (var i = 0; i < properties.Count; i++)
        {
            var path = $"{field}[{i}]";
            read.Add(new(ToName(properties[i].Name, $"{path}.name"), ToValue(properties[i].Value, $"{path}.value")));
        }

        return read;
    }

    /// <summary>A value from its message.</summary>
    /// <exception cref="HolonException">It is of no kind.</exception>
    public static BaseValue ToValue(V1.BaseValue? value, string field) => value?.KindCase switch
    {
        V1.BaseValue.KindOneofCase.StringValue => new StringValue(value.StringValue),
        V1.BaseValue.KindOneofCase.BoolValue => new BooleanValue(value.BoolValue),
        V1.BaseValue.KindOneofCase.IntegerValue => new IntegerValue(value.IntegerValue),
        V1.BaseValue.KindOneofCase.DoubleValue => new DoubleValue(value.DoubleValue),
        V1.BaseValue.KindOneofCase.EnumValue => new EnumValue(value.EnumValue),
        V1.BaseValue.KindOneofCase.BytesValue => new BytesValue([.. value.BytesValue.Span]),
        V1.BaseValue.KindOneofCase.TimestampValue => new TimestampValue(value.TimestampValue.UnixMicros),
        V1.BaseValue.KindOneofCase.ArrayValue => ToArray(value.ArrayValue, field),
        null => throw Missing(field),
        _ => throw Invalid(field, "must be of one of the kinds of value"),
    };

    internal static HolonContent ToContent(V1.HolonContent? content, string field)
    {
        if (content is null) return HolonContent.Empty;
        var properties = ToProperties(content.Properties, $"{field}.properties");
        if (content.HasKey) properties.Add(new(Names.Key, new StringValue(ToKey(content.Key, $"{field}.key"))));
        var relationships = content.Relationships.Select((relationship, i) => (
            ToName(relationship.Name, $"{field}.relationships[{i}].name"),
            (IReadOnlyList<HolonReference>)ToReferences(relationship.Targets, $"{field}.relationships[{i}].targets")));
        return new HolonContent(
            ToOptionalReference(content.Descriptor_, $"{field}.descriptor"), PropertyMap.Create(properties), [.. relationships]);
    }

    internal static HolonException Missing(string field) => Invalid(field, "is missing");

    /// <summary>The refusal of a field that does not have the form it needs.</summary>
    /// <param name="field">The field's path.</param>
    /// <param name="rule">What must hold of it.</param>
    public static HolonException Invalid(string field, string rule) =>
        new(HolonErrorCode.InvalidRequest, $"\"{field}\" {rule}.", field: field);

    private static SmartReference ToSmartReference(TransactionId transaction, V1.SmartRef smart, string field)
    {
        var id = ToHolonId(smart.HolonId, $"{field}.holon_id");
        if (id.Space != transaction.Space)
        {
            throw new HolonException(
                HolonErrorCode.OtherSpace, $"The holon {id} is in another space; links across spaces do not exist yet.", field: field);
        }

        if (smart is { HasVersion: true, Version: 0 or > int.MaxValue }) throw Invalid($"{field}.version", "must be 1 or more");
        return new SmartReference(transaction, id.Local, smart.HasVersion ? (int)smart.Version : null);
    }

    private static ArrayValue ToArray(V1.ArrayValue array, string field)
    {
        var items = ImmutableArray.CreateBuilder<BaseValue>(array.Items.Count);
        for (var i = 0; i < array.Items.Count; i++)
        {
            // Checked before the item is read: arrays do not nest, however deep a message does.
            if (array.Items[i].KindCase == V1.BaseValue.KindOneofCase.ArrayValue)
                throw new HolonException(HolonErrorCode.ValueKindMismatch, $"\"{field}[{i}]\": arrays do not nest.", field: field);
            items.Add(ToValue(array.Items[i], $"{field}[{i}]"));
        }

        return new ArrayValue(items.MoveToImmutable());
    }
}

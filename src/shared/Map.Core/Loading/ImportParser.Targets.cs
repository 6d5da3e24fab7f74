using System.Text.Json;
using Map.Core.Errors;
using Map.Core.Values;

namespace Map.Core.Loading;

/// <content>How types and the targets of links are written.</content>
internal sealed partial class ImportParser
{
    /// <summary>A reference by a key, as a file has it, so that it is read as that key whatever it begins with.</summary>
    public static string ReferenceTo(string key) => key.StartsWith('#') || IsId(key) || IsElsewhere(key) ? "#" + key : key;

    /// <summary>The key that a reference names.</summary>
    public static string KeyIn(string reference) => reference.StartsWith('#') ? reference[1..] : reference;

    private ImportTarget? ParseTarget(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String) return ParseReference(ref reader, "target");
        if (!Expect(ref reader, JsonTokenType.StartObject, "A target is a key, {\"$ref\": key}, {space, id} or a holon.")) return null;
        var probe = reader;
        probe.Read();
        var first = probe.TokenType == JsonTokenType.PropertyName ? _text.Read(ref probe) : null;
        if (first is "$ref") return ParseRefObject(ref reader);
        if (first is "space" or "id") return ParseIdObject(ref reader);
        var offset = Offset(reader);
        return ParseHolon(ref reader) is { } holon ? new ImportTarget(ImportTargetKind.Embedded, "", offset, holon) : null;
    }

    private ImportTarget? ParseType(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.StartObject
        ? ParseRefObject(ref reader)
        : ParseReference(ref reader, "type");

    private void ParseLabel(ref Utf8JsonReader reader, ImportHolon holon)
    {
        if (!Expect(ref reader, JsonTokenType.String, "A label (\"$id\") is a string.")) return;
        var label = _text.Read(ref reader);
        holon.LabelOffset = Offset(reader);
        if (!IsId(label) && !IsElsewhere(label) && Names.IsValidKey(KeyIn(label))) holon.Label = label;
        else Report(HolonErrorCode.ImportFormat, At(reader), $"A label (\"$id\") has 1 to {Names.MaxKeyBytes} bytes of UTF-8 and does not begin with id:, ext: or @.", "$id");
    }

    private ImportTarget? ParseRefObject(ref Utf8JsonReader reader)
    {
        ImportTarget? target = null;
        while (NextField(ref reader, out var name, out var offset))
        {
            if (name == "$ref")
            {
                target = ParseReference(ref reader, "$ref");
                // A label goes before a key.
                if (target is { Kind: ImportTargetKind.Key } key)
                    target = key with { Kind = ImportTargetKind.Label, Text = _text.Read(ref reader) };
                continue;
            }

            Report(HolonErrorCode.ImportFormat, offset, $"A reference has no field \"{name}\"; only $ref.", name);
            reader.Skip();
        }

        return target;
    }

    private ImportTarget? ParseIdObject(ref Utf8JsonReader reader)
    {
        string? space = null, id = null;
        var start = Offset(reader);
        while (NextField(ref reader, out var name, out var offset))
        {
            if (name is not ("space" or "id"))
            {
                Report(HolonErrorCode.ImportFormat, offset, $"A holon id has no field \"{name}\"; only space and id.", name);
                reader.Skip();
            }
            else if (Expect(ref reader, JsonTokenType.String, $"\"{name}\" is a string."))
            {
                var text = _text.Read(ref reader);
                if (name == "id") id = text;
                else space = text;
            }
        }

        if (id is not null && space is not null) return new ImportTarget(ImportTargetKind.Id, id, start) { Space = space };
        Report(HolonErrorCode.ImportFormat, start - _start, "A holon id needs \"space\" and \"id\".", null);
        return null;
    }

    private ImportTarget? ParseReference(ref Utf8JsonReader reader, string field)
    {
        if (!Expect(ref reader, JsonTokenType.String, $"\"{field}\" is a key.")) return null;
        var text = _text.Read(ref reader);
        if (IsId(text)) return new ImportTarget(ImportTargetKind.Id, text[3..], Offset(reader));
        if (IsElsewhere(text))
        {
            Report(HolonErrorCode.OtherSpace, At(reader), $"\"{text}\" is in another space; links across spaces do not exist yet.", field);
            return null;
        }

        var key = KeyIn(text);
        if (Names.IsValidKey(key)) return new ImportTarget(ImportTargetKind.Key, key, Offset(reader));
        Report(HolonErrorCode.InvalidName, At(reader), "A reference names a key, which is not empty.", field);
        return null;
    }

    private static bool IsId(string reference) => reference.StartsWith("id:", StringComparison.Ordinal);

    private static bool IsElsewhere(string reference) =>
        reference.StartsWith('@') || reference.StartsWith("ext:", StringComparison.Ordinal);
}

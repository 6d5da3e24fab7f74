using System.Runtime.InteropServices;
using System.Text.Json;
using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.Transactions;
using Map.Core.Values;

namespace Map.Core.Loading;

/// <summary>
/// Parses one file of the import format. Reports every error with its place and goes on behind it; only text that is
/// not JSON ends the file.
/// </summary>
internal sealed partial class ImportParser
{
    private const int MaxDepth = 64;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly ImportFile _file;
    private readonly TransactionLimits _limits;
    private readonly ImportText _text = new();
    private readonly Dictionary<string, string?> _names = new(StringComparer.Ordinal);
    private readonly ImportValueParser _values;
    private readonly Dictionary<string, BaseValue> _properties = new(StringComparer.Ordinal);

    // Of the holons under way: those of an embedded one stand behind those of the one that embeds it.
    private readonly List<ImportLink> _links = [];

    private readonly long _start;
    private readonly Action<long>? _advance;
    private long _told;

    private ImportParser(ImportFile file, TransactionLimits limits, long start, Action<long>? advance)
    {
        _advance = advance;
        _file = file;
        _limits = limits;
        _start = start;
        _values = new ImportValueParser(_text, Report);
    }

    /// <summary>Parses a file.</summary>
    /// <param name="source">The file.</param>
    /// <param name="limits">What a holon may hold.</param>
    /// <param name="advance">Is told how many bytes each holon took.</param>
    public static ImportFile Parse(ImportSource source, TransactionLimits limits, Action<long>? advance = null)
    {
        var file = new ImportFile(source);
        var start = source.Content.Span.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        var parser = new ImportParser(file, limits, start, advance);
        try
        {
            var reader = new Utf8JsonReader(
                source.Content.Span[start..], new JsonReaderOptions { MaxDepth = MaxDepth });
            parser.ParseFile(ref reader);
        }
        catch (JsonException e)
        {
            parser.ReportSyntax(e);
        }
        catch (ImportTextException e)
        {
            file.IsBroken = true;
            parser.Report(HolonErrorCode.ImportSyntax, e.Offset, e.Message, null);
        }

        return file;
    }

    private void ReportSyntax(JsonException e)
    {
        _file.IsBroken = true;
        var place = new SourcePlace(
            _file.Source.Name, (int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1);
        // The parser's own words end with its count of lines from 0; the place says it from 1.
        var reason = e.Message.Split(" LineNumber:", 2)[0];
        _file.Errors.Add(new HolonError(HolonErrorCode.ImportSyntax, $"Not well-formed JSON: {reason}") { Place = place });
    }

    private void ParseFile(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (!Expect(ref reader, JsonTokenType.StartObject, "A file is an object with \"holons\"."))
        {
            ReadToEnd(ref reader);
            return;
        }

        var hasHolons = false;
        while (NextField(ref reader, out var name, out var offset))
        {
            if (name == "holons")
            {
                hasHolons = true;
                if (Expect(ref reader, JsonTokenType.StartArray, "\"holons\" is an array of holons."))
                    while (NextItem(ref reader)) ParseItem(ref reader);
            }
            else
            {
                if (name != "meta") Report(HolonErrorCode.ImportFormat, offset, $"A file has no field \"{name}\"; only \"meta\" and \"holons\".", name);
                reader.Skip();
            }
        }

        if (!hasHolons) Report(HolonErrorCode.ImportFormat, 0, "The file has no \"holons\".", "holons");
        ReadToEnd(ref reader);
    }

    private void ParseItem(ref Utf8JsonReader reader)
    {
        ParseHolon(ref reader);
        _advance?.Invoke(reader.BytesConsumed - _told);
        _told = reader.BytesConsumed;
    }

    private ImportHolon? ParseHolon(ref Utf8JsonReader reader)
    {
        if (!Expect(ref reader, JsonTokenType.StartObject, "A holon is an object.")) return null;
        var holon = new ImportHolon(_file, Offset(reader));
        _file.Holons.Add(holon);
        var hasType = false;
        var hasProperties = false;
        while (NextField(ref reader, out var name, out var offset))
        {
            switch (name)
            {
                case "type":
                    hasType = true;
                    holon.Type = ParseType(ref reader);
                    break;
                case "$id":
                    ParseLabel(ref reader, holon);
                    break;
                case "key":
                    ParseKey(ref reader, holon);
                    break;
                case "properties":
                    hasProperties = true;
                    ParseProperties(ref reader, holon);
                    break;
                case "relationships":
                    ParseRelationships(ref reader, holon);
                    break;
                default:
                    Report(HolonErrorCode.ImportFormat, offset, $"A holon has no field \"{name}\"; only $id, type, key, properties and relationships.", name);
                    reader.Skip();
                    break;
            }
        }

        Complete(holon, hasType, hasProperties);
        return holon;
    }

    private void Complete(ImportHolon holon, bool hasType, bool hasProperties)
    {
        if (!hasType) Report(HolonErrorCode.ImportFormat, holon.Offset - _start, "The holon has no \"type\".", "type");
        if (!hasProperties) Report(HolonErrorCode.ImportFormat, holon.Offset - _start, "The holon has no \"properties\"; write {} for none.", "properties");
        var written = (holon.Properties[Names.Key] as StringValue)?.Value;
        if (holon.Key is null)
        {
            holon.Key = written;
            holon.KeyOffset = holon.Offset;
        }
        else if (written is not null && written != holon.Key)
        {
            Report(HolonErrorCode.ImportFormat, holon.KeyOffset - _start, $"The holon has two keys: \"{holon.Key}\" and, as a property, \"{written}\".", "key");
        }
        else if (written is null)
        {
            holon.Properties = holon.Properties.With(Names.Key, new StringValue(holon.Key));
        }

        if (PropertyRules.FindCount(holon.Properties, _limits) is { } tooMany) Report(tooMany, holon.Offset - _start);
    }

    private void ParseKey(ref Utf8JsonReader reader, ImportHolon holon)
    {
        if (!Expect(ref reader, JsonTokenType.String, "A key is a string.")) return;
        var key = _text.Read(ref reader);
        holon.KeyOffset = Offset(reader);
        if (Names.IsValidKey(key)) holon.Key = key;
        else Report(HolonErrorCode.InvalidName, At(reader), $"A key has 1 to {Names.MaxKeyBytes} bytes of UTF-8 and no U+0000.", "key");
    }

    private void ParseProperties(ref Utf8JsonReader reader, ImportHolon holon)
    {
        if (!Expect(ref reader, JsonTokenType.StartObject, "\"properties\" is an object.")) return;
        _properties.Clear();
        while (NextField(ref reader, out var raw, out var offset))
        {
            var valueOffset = At(reader);
            var value = _values.Parse(ref reader, raw);
            if (Canonicalise(raw, offset) is not { } name || value is null) continue;
            if (PropertyRules.Find(name, value, _limits) is { } wrong) Report(wrong, valueOffset);
            else if (!_properties.TryAdd(name, value))
                Report(HolonErrorCode.ImportFormat, offset, $"The property \"{name}\" is given twice.", name);
        }

        if (holon.Key is not null) _properties.TryAdd(Names.Key, new StringValue(holon.Key));
        holon.Properties = PropertyMap.Create(_properties);
    }

    private void ParseRelationships(ref Utf8JsonReader reader, ImportHolon holon)
    {
        if (!Expect(ref reader, JsonTokenType.StartArray, "\"relationships\" is an array of {name, target}.")) return;
        var first = _links.Count;
        while (NextItem(ref reader))
        {
            if (Expect(ref reader, JsonTokenType.StartObject, "A relationship is an object with \"name\" and \"target\"."))
                ParseRelationship(ref reader);
        }

        holon.Links = [.. holon.Links, .. CollectionsMarshal.AsSpan(_links)[first..]];
        DropLinks(first);
    }

    private void DropLinks(int first) => _links.RemoveRange(first, _links.Count - first);

    private void ParseRelationship(ref Utf8JsonReader reader)
    {
        var start = At(reader);
        var first = _links.Count;
        string? name = null;
        long nameOffset = start;
        var (hasName, hasTarget) = (false, false);
        while (NextField(ref reader, out var field, out var offset))
        {
            hasName |= field == "name";
            if (field == "name" && Expect(ref reader, JsonTokenType.String, "A relationship's name is a string."))
            {
                nameOffset = At(reader);
                name = Canonicalise(_text.Read(ref reader), nameOffset);
            }
            else if (field == "target")
            {
                hasTarget = true;
                DropLinks(first);
                ParseTargets(ref reader);
            }
            else if (field != "name")
            {
                Report(HolonErrorCode.ImportFormat, offset, $"A relationship has no field \"{field}\"; only name and target.", field);
                reader.Skip();
            }
        }

        if (!hasName || !hasTarget)
            Report(HolonErrorCode.ImportFormat, start, "A relationship needs a \"name\" and a \"target\".", null);
        if (name is null) DropLinks(first);
        foreach (ref var link in CollectionsMarshal.AsSpan(_links)[first..])
            link = link with { Name = name!, NameOffset = nameOffset + _start };
    }

    /// <summary>Takes links to the targets, which get their name later.</summary>
    private void ParseTargets(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            if (ParseTarget(ref reader) is { } target) _links.Add(new ImportLink("", 0, target));
            return;
        }

        while (NextItem(ref reader))
            if (ParseTarget(ref reader) is { } target) _links.Add(new ImportLink("", 0, target));
    }

    private string? Canonicalise(string raw, long offset)
    {
        if (!_names.TryGetValue(raw, out var name)) _names.Add(raw, name = Names.Canonicalise(raw));
        if (name is null) Report(HolonErrorCode.InvalidName, offset, $"\"{raw}\" cannot be a name: a name has 1 to {Names.MaxLength} characters, letters or digits among them.", raw);
        return name;
    }

    /// <summary>Moves to the value of an object's next field; false at the object's end.</summary>
    private bool NextField(ref Utf8JsonReader reader, out string name, out long offset)
    {
        Require(ref reader);
        offset = At(reader);
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            name = "";
            return false;
        }

        name = _text.Read(ref reader);
        Require(ref reader);
        return true;
    }

    private static bool NextItem(ref Utf8JsonReader reader)
    {
        Require(ref reader);
        return reader.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>Reads on; the reader itself throws where the text ends too soon.</summary>
    private static void Require(ref Utf8JsonReader reader) => Invariant.Holds(reader.Read());

    private static void ReadToEnd(ref Utf8JsonReader reader)
    {
        while (reader.Read())
        {
        }
    }

    /// <summary>Whether the value is of a kind; if not, reports it and passes over it.</summary>
    private bool Expect(ref Utf8JsonReader reader, JsonTokenType kind, string rule)
    {
        if (reader.TokenType == kind) return true;
        Report(HolonErrorCode.ImportFormat, At(reader), rule, null);
        reader.Skip();
        return false;
    }

    private static long At(Utf8JsonReader reader) => reader.TokenStartIndex;

    private long Offset(Utf8JsonReader reader) => reader.TokenStartIndex + _start;

    private void Report(HolonErrorCode code, long offset, string message, string? field) =>
        Report(new HolonError(code, message) { Field = field }, offset);

    private void Report(HolonError error, long offset) =>
        _file.Errors.Add(error with { Place = _file.PlaceOf(offset + _start) });
}

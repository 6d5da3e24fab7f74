using System.Text.Json;
using Map.V1;

namespace Map.Daemon.CommandLine.Queries;

/// <summary>Reads JSON with the places of its parts. Only text that is not JSON ends it; other problems are collected.</summary>
internal sealed class QueryReader
{
    private const int MaxDepth = 64;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly string _source;
    private readonly ReadOnlyMemory<byte> _text;
    private readonly List<QueryProblem> _problems;

    // Places are asked for as the text is read, so that lines are counted on from the last one.
    private int _counted;
    private int _line = 1;
    private int _lineStart;

    private QueryReader(string source, ReadOnlyMemory<byte> text, List<QueryProblem> problems) =>
        (_source, _text, _problems) = (source, text, problems);

    /// <summary>Reads a text.</summary>
    /// <param name="source">What places call it.</param>
    /// <param name="text">JSON in UTF-8.</param>
    /// <param name="problems">Takes what is wrong.</param>
    /// <returns>Null when it is not JSON.</returns>
    public static QueryNode? Read(string source, ReadOnlyMemory<byte> text, List<QueryProblem> problems)
    {
        if (text.Span.StartsWith(ByteOrderMark)) text = text[ByteOrderMark.Length..];
        var self = new QueryReader(source, text, problems);
        try
        {
            var reader = new Utf8JsonReader(text.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            var node = self.ReadNode(ref reader);
            // Throws when more follows.
            reader.Read();
            return node;
        }
        catch (JsonException e)
        {
            var place = new QueryPlace(source, (int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1);
            // The parser's own words end with its count of lines from 0; the place says it from 1.
            problems.Add(new QueryProblem(place, $"Not well-formed JSON: {e.Message.Split(" LineNumber:", 2)[0]}"));
            return null;
        }
    }

    private QueryNode ReadNode(ref Utf8JsonReader reader)
    {
        var place = PlaceOf(reader);
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadObject(ref reader, place),
            JsonTokenType.StartArray => ReadList(ref reader, place),
            JsonTokenType.String => ReadText(ref reader, place) is { } text ? Scalar(new BaseValue { StringValue = text }) : Unreadable(),
            JsonTokenType.True or JsonTokenType.False => Scalar(new BaseValue { BoolValue = reader.GetBoolean() }),
            JsonTokenType.Number when QueryNumber.Read(reader.ValueSpan) is { } number => Scalar(number),
            JsonTokenType.Number => Unreadable("The number is out of range: 64 bits, or a double."),
            _ => Unreadable("null says nothing. Leave the field out, or ask with \"exists\"."),
        };

        QueryScalar Scalar(BaseValue value) => new(place, value);

        QueryUnreadable Unreadable(string? message = null)
        {
            if (message is not null) Report(place, message);
            return new QueryUnreadable(place);
        }
    }

    private QueryObject ReadObject(ref Utf8JsonReader reader, QueryPlace place)
    {
        var fields = new List<QueryField>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var at = PlaceOf(reader);
            var name = ReadText(ref reader, at);
            reader.Read();
            var value = ReadNode(ref reader);
            if (name is null) continue;
            if (fields.Exists(field => field.Name == name)) Report(at, $"\"{name}\" stands twice in this object. Leave one out.");
            else fields.Add(new QueryField(name, at, value));
        }

        return new QueryObject(place, fields);
    }

    private QueryList ReadList(ref Utf8JsonReader reader, QueryPlace place)
    {
        var items = new List<QueryNode>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(ReadNode(ref reader));
        return new QueryList(place, items);
    }

    private string? ReadText(ref Utf8JsonReader reader, QueryPlace place)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            Report(place, "The text is not well-formed Unicode.");
            return null;
        }
    }

    private QueryPlace PlaceOf(Utf8JsonReader reader)
    {
        var offset = (int)reader.TokenStartIndex;
        var passed = _text.Span[_counted..offset];
        if (passed.LastIndexOf((byte)'\n') is >= 0 and var last)
        {
            _line += passed.Count((byte)'\n');
            _lineStart = _counted + last + 1;
        }

        _counted = offset;
        return new QueryPlace(_source, _line, offset - _lineStart + 1);
    }

    private void Report(QueryPlace place, string message) => _problems.Add(new QueryProblem(place, message));
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Map.V1;

namespace Map.Daemon.CommandLine.Queries;

/// <summary>Prints what a query found.</summary>
internal static class QueryOutput
{
    // A terminal shows letters of all languages; control characters stay escaped.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints rows as JSON, one object a line.</summary>
    /// <returns>How many there were.</returns>
    public static async Task<long> WriteJsonAsync(QueryRows rows, CancellationToken cancellation)
    {
        var count = 0L;
        await foreach (var page in rows.PagesAsync(cancellation))
        {
            foreach (var row in page) Console.WriteLine(ToJson(row, rows.HasTypes).ToJsonString(Plain));
            count += page.Count;
        }

        return count;
    }

    /// <summary>Prints rows as a table. Nothing is cut; columns are as wide as the first page needs them, or the widest row so far.</summary>
    /// <returns>How many rows there were.</returns>
    public static async Task<long> WriteTableAsync(QueryRows rows, CancellationToken cancellation)
    {
        string[] headers = ["KEY", .. rows.HasTypes ? ["TYPE"] : rows.Selected.Select(name => name.ToUpperInvariant())];
        var widths = headers.Select(header => header.Length).ToArray();
        var count = 0L;
        await foreach (var page in rows.PagesAsync(cancellation))
        {
            var lines = page.Select(row => ToCells(row, rows)).ToList();
            widths = [.. widths.Select((width, column) => lines.Select(line => line[column].Length).Append(width).Max())];
            if (count == 0 && lines.Count > 0) lines.Insert(0, headers);
            foreach (var line in lines) Console.WriteLine(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
            count += page.Count;
        }

        return count;
    }

    /// <summary>Prints how a query was worked out.</summary>
    public static void WritePlan(TraversePlan plan) => Output.WriteTable(
        ["READS BY", "AT MOST", "READ", "STEP"],
        [.. plan.Steps.Select(step => (string[])[step.Index.Length > 0 ? step.Index : "-", $"{step.MostRows:N0}", $"{step.RowsRead:N0}", step.Text])]);

    private static string[] ToCells(QueryRow row, QueryRows rows)
    {
        IEnumerable<string?> others = rows.HasTypes
            ? [row.Type]
            : rows.Selected.Select(name => row.Properties.TryGetValue(name, out var value) ? QueryRows.Text(value) : null);
        return [.. others.Prepend(row.Key ?? row.Id).Select(cell => cell is null ? "-" : Output.Printable(cell.ReplaceLineEndings(" ")))];
    }

    private static JsonObject ToJson(QueryRow row, bool hasType)
    {
        var json = new JsonObject { ["id"] = row.Id, ["key"] = row.Key };
        if (hasType) json["type"] = row.Type;
        else json["properties"] = new JsonObject(row.Properties.Select(property => KeyValuePair.Create(property.Key, (JsonNode?)ToJson(property.Value))));
        return json;
    }

    /// <summary>A value as import files have it: typed by its JSON kind.</summary>
    private static JsonNode ToJson(BaseValue value) => value.KindCase switch
    {
        BaseValue.KindOneofCase.BoolValue => JsonValue.Create(value.BoolValue),
        BaseValue.KindOneofCase.IntegerValue => JsonValue.Create(value.IntegerValue),
        BaseValue.KindOneofCase.DoubleValue => JsonValue.Create(value.DoubleValue),
        BaseValue.KindOneofCase.ArrayValue => new JsonArray([.. value.ArrayValue.Items.Select(ToJson)]),
        _ => JsonValue.Create(QueryRows.Text(value)),
    };
}

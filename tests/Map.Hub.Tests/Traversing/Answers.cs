using System.Globalization;
using Google.Protobuf;
using Map.V1;

namespace Map.Hub.Tests.Traversing;

/// <summary>What Traverse answers, as text that can be compared.</summary>
internal static class Answers
{
    /// <summary>Sends one page.</summary>
    public static MapResponse Ask(this TestTransaction transaction, TraverseQuery query) =>
        transaction.Send(new QueryCommand { Traverse = query });

    public static TraverseResult Traverse(this TestTransaction transaction, TraverseQuery query) =>
        transaction.Ok(new QueryCommand { Traverse = query }).Traverse;

    /// <summary>All rows, page by page.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="query">The query; its page does not count.</param>
    /// <param name="pageSize">Rows of a page; 0 for the default.</param>
    public static List<TraverseRow> Rows(this TestTransaction transaction, TraverseQuery query, uint pageSize = 0)
    {
        var (rows, page) = (new List<TraverseRow>(), query.Clone());
        var token = ByteString.Empty;
        do
        {
            page.Page = new PageRequest { Size = pageSize, Token = token };
            var answer = transaction.Traverse(page);
            if (pageSize > 0) Assert.InRange(answer.Rows.Count, 0, (int)pageSize);
            Assert.True(answer.NextToken.IsEmpty || answer.Rows.Count > 0, "A page without rows is followed by another.");
            rows.AddRange(answer.Rows);
            token = answer.NextToken;
        }
        while (!token.IsEmpty);
        return rows;
    }

    /// <summary>Rows as text: the key, <c>-</c> for none, and what was selected.</summary>
    public static string Text(this TestTransaction transaction, IEnumerable<TraverseRow> rows) =>
        string.Join(" | ", rows.Select(row => Text(transaction, row)));

    private static string Text(TestTransaction transaction, TraverseRow row)
    {
        var content = transaction.Content(row.Reference);
        var key = content.HasKey ? content.Key : "-";
        if (row.Properties.Count == 0) return key;
        return $"{key} {{{string.Join(", ", row.Properties.Select(property => $"{property.Name}={Text(property.Value)}"))}}}";
    }

    private static string Text(BaseValue value) => value.KindCase switch
    {
        BaseValue.KindOneofCase.StringValue => value.StringValue,
        BaseValue.KindOneofCase.EnumValue => value.EnumValue,
        BaseValue.KindOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        BaseValue.KindOneofCase.IntegerValue => value.IntegerValue.ToString(CultureInfo.InvariantCulture),
        BaseValue.KindOneofCase.DoubleValue => value.DoubleValue.ToString(CultureInfo.InvariantCulture),
        BaseValue.KindOneofCase.BytesValue => Convert.ToHexStringLower(value.BytesValue.Span),
        BaseValue.KindOneofCase.TimestampValue =>
            DateTime.UnixEpoch.AddTicks(value.TimestampValue.UnixMicros * 10).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture),
        BaseValue.KindOneofCase.ArrayValue => $"[{string.Join(", ", value.ArrayValue.Items.Select(Text))}]",
        _ => "nothing",
    };
}

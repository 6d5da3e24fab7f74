using System.Text;
using Map.Core.Errors;
using Map.Core.Loading;
using Map.Core.Transactions;
using Map.Core.Values;

namespace Map.Core.Tests;

public class ImportParserTests
{
    [Fact]
    public void A_file_reads_as_written()
    {
        var file = Parse("""
            { "meta": { "anything": [1, {"a": null}] },
              "holons": [
                { "type": "#Book", "key": "K", "properties": { "page_count": 3, "Tags": ["a", "b"], "Ratio": [1, 2.5], "Open": true },
                  "relationships": [
                    { "name": "authored_by", "target": "P" },
                    { "name": "About", "target": [{ "$ref": "S" }, { "type": "T", "properties": {} }, "id:0198c0de-0000-7000-8000-000000000001"] } ] } ] }
            """);
        Assert.Empty(file.Errors);
        Assert.Equal(2, file.Holons.Count);
        var book = file.Holons[0];
        Assert.Equal("K", book.Key);
        Assert.Equal("Book", book.Type!.Value.Text);
        Assert.Equal(new IntegerValue(3), book.Properties["PageCount"]);
        Assert.Equal(new StringValue("K"), book.Properties["Key"]);
        Assert.Equal<BaseValue>(new ArrayValue([new DoubleValue(1), new DoubleValue(2.5)]), book.Properties["Ratio"]!);
        Assert.Equal(["AuthoredBy", "About", "About", "About"], book.Links.Select(link => link.Name));
        Assert.Equal(
            [ImportTargetKind.Key, ImportTargetKind.Label, ImportTargetKind.Embedded, ImportTargetKind.Id],
            book.Links.Select(link => link.Target.Kind));
    }

    [Theory]
    [InlineData(HolonErrorCode.ImportNullValue, "{'holons': [\n  {'type': 'T', 'properties': {'A': ^null}}]}")]
    [InlineData(HolonErrorCode.ImportFormat, "{'holons': [\n  {'type': 'T', 'properties': {'A': ^{'x': 1}}}]}")]
    [InlineData(HolonErrorCode.ValueKindMismatch, "{'holons': [\n  {'type': 'T', 'properties': {'A': ^[1, 'x']}}]}")]
    [InlineData(HolonErrorCode.ValueOutOfRange, "{'holons': [\n  {'type': 'T', 'properties': {'A': ^99999999999999999999}}]}")]
    [InlineData(HolonErrorCode.InvalidName, "{'holons': [\n  {'type': 'T', 'properties': {^'--': 1}}]}")]
    [InlineData(HolonErrorCode.ImportFormat, "{'holons': [\n  {'type': 'T', 'properties': {'a': 1, ^'A': 1}}]}")]
    [InlineData(HolonErrorCode.ImportFormat, "{'holons': [\n  ^{'properties': {}}]}")]
    [InlineData(HolonErrorCode.ImportFormat, "{'holons': [\n  ^{'type': 'T'}]}")]
    [InlineData(HolonErrorCode.ImportFormat, "{'holons': [\n  {'type': 'T', 'properties': {}, ^'extra': 1}]}")]
    [InlineData(HolonErrorCode.OtherSpace, "{'holons': [\n  {'type': ^'@other', 'properties': {}}]}")]
    [InlineData(HolonErrorCode.ImportFormat, "{'holons': ^1}")]
    [InlineData(HolonErrorCode.ImportFormat, "^{'meta': 1}")]
    [InlineData(HolonErrorCode.ImportFormat, "^[]")]
    [InlineData(HolonErrorCode.ImportSyntax, "{'holons': [\n  {'type': 'T' ^'properties': {}}]}")]
    [InlineData(HolonErrorCode.ImportSyntax, "{'holons': [\n^")]
    [InlineData(HolonErrorCode.ImportSyntax, "^")]
    [InlineData(HolonErrorCode.ImportSyntax, "{'holons': []} ^x")]
    [InlineData(HolonErrorCode.ImportSyntax, "{'holons': [\n  {'type': ^'\\uD800', 'properties': {}}]}")]
    public void Each_fault_has_its_error_and_place(HolonErrorCode code, string marked)
    {
        var before = marked[..marked.IndexOf('^', StringComparison.Ordinal)];
        var line = before.Count(c => c == '\n') + 1;
        var column = before.Length - before.LastIndexOf('\n');
        var file = Parse(marked.Replace("^", "", StringComparison.Ordinal).Replace('\'', '"'));
        var error = file.Errors[0];
        Assert.Equal(code, error.Code);
        Assert.Equal(new SourcePlace("f.json", line, column), error.Place);
    }

    [Fact]
    public void A_fault_of_format_does_not_hide_those_behind_it()
    {
        var file = Parse("""
            {"holons": [
              {"type": "T", "properties": {"A": null}, "relationships": [{"name": "R"}]},
              {"type": 1, "properties": []},
              {"key": "", "type": "T", "properties": {}, "relationships": {"a": 1}}
            ]}
            """);
        Assert.Equal(
            [2, 2, 3, 3, 4, 4],
            file.Errors.Select(error => error.Place!.Line).Order());
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over_and_counted_in_places()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. "{\"holons\": [{\"type\": \"T\", \"properties\": {\"A\": null}}]}"u8];
        var file = Parse(bytes);
        Assert.Equal(HolonErrorCode.ImportNullValue, Assert.Single(file.Errors).Code);
        Assert.Equal(bytes.AsSpan().IndexOf("null"u8) + 1, file.Errors[0].Place!.Column);
    }

    [Fact]
    public void Mutated_text_never_ends_in_anything_but_reported_errors()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var original = Encoding.UTF8.GetBytes("""{"meta":{"a":1},"holons":[{"$id":"#1","type":{"$ref":"T"},"key":"K","properties":{"A":[1,2.5,"x"],"B":"\u00e9","C":{"$double":"NaN"},"D":[{"$timestamp":1}]},"relationships":[{"name":"R","target":[{"$ref":"K"},{"space":"s","id":"i"},{"type":"T","properties":{}}]}]}]}""");
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = original.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var file = Parse(bytes.AsMemory(0, random.Next(bytes.Length + 1)));
            Assert.True(file.Errors.All(error => error.Place is not null), $"seed {seed}, round {i}");
        }
    }

    private static ImportFile Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    private static ImportFile Parse(ReadOnlyMemory<byte> text) =>
        ImportParser.Parse(new ImportSource("f.json", text), new TransactionLimits());
}

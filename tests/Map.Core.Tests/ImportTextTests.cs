using System.Text;
using Map.Core.Errors;
using Map.Core.Loading;
using Map.Core.Transactions;
using Map.Core.Values;

namespace Map.Core.Tests;

public class ImportTextTests
{
    [Fact]
    public void Text_that_repeats_is_one_string()
    {
        var holons = Parse("""{"holons": [{"key": "K", "type": "T", "properties": {"Title": "K"}}, {"key": "L", "type": "T", "properties": {"Title": "L"}}]}""").Holons;
        Assert.Same(holons[0].Type!.Value.Text, holons[1].Type!.Value.Text);
        Assert.Same(holons[0].Key, ((StringValue)holons[0].Properties["Title"]!).Value);
        Assert.Equal("L", holons[1].Key);
    }

    [Fact]
    public void Many_different_texts_stay_different()
    {
        var keys = Enumerable.Range(0, 20_000).Select(i => i % 3 == 0 ? $"é{i}" : i % 3 == 1 ? $"a{i}" : $"\\n{i}").ToList();
        var holons = keys.Concat(keys).Select(key => $"{{\"key\": \"{key}\", \"type\": \"T\", \"properties\": {{}}}}");
        var file = Parse($$"""{"holons": [{{string.Join(',', holons)}}]}""");
        Assert.Empty(file.Errors);
        Assert.Equal(keys.Concat(keys).Select(key => key.Replace("\\n", "\n", StringComparison.Ordinal)), file.Holons.Select(holon => holon.Key));
    }

    [Fact]
    public void Text_that_is_not_well_formed_is_found_also_after_text_that_is()
    {
        byte[] good = [.. "{\"holons\": [{\"type\": \"T\", \"properties\": {\"A\": \"x\"}}, {\"type\": \"T\", \"properties\": {\"A\": \""u8];
        byte[] bytes = [.. good, 0xC3, .. "\"}}]}"u8];
        var error = Assert.Single(ImportParser.Parse(new ImportSource("f.json", bytes), new TransactionLimits()).Errors);
        Assert.Equal(HolonErrorCode.ImportSyntax, error.Code);
        Assert.Equal(good.Length, error.Place!.Column);
    }

    [Theory]
    [InlineData("""{"key": "K", "type": "T", "properties": {"A": 1}}""")]
    [InlineData("""{"type": "T", "properties": {"A": 1}, "key": "K"}""")]
    [InlineData("""{"type": "T", "properties": {"A": 1, "key": "K"}}""")]
    [InlineData("""{"key": "K", "type": "T", "properties": {"A": 1, "Key": "K"}}""")]
    public void A_key_is_a_property_wherever_it_stands(string holon)
    {
        var file = Parse($$"""{"holons": [{{holon}}]}""");
        Assert.Empty(file.Errors);
        Assert.Equal("K", file.Holons[0].Key);
        Assert.Equal(
            PropertyMap.Create([new("Key", new StringValue("K")), new("A", new IntegerValue(1))]), file.Holons[0].Properties);
    }

    private static ImportFile Parse(string text) => ImportParser.Parse(new ImportSource("f.json", Encoding.UTF8.GetBytes(text)), new TransactionLimits());
}

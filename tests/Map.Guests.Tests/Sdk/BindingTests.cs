using System.Text.RegularExpressions;
using Map.Fixtures;
using Map.Wasm;

namespace Map.Guests.Tests.Sdk;

/// <summary>The SDK and the C header bind what docs/guest-abi.md offers, all of it and nothing else.</summary>
public sealed partial class BindingTests
{
    [Fact]
    public void The_page_offers_functions() => Assert.True(Documented().Count > 30);

    [Fact]
    public void The_sdk_binds_each_function_of_the_page()
    {
        var text = File.ReadAllText(Path.Combine(GuestSdk.Folder, "sdk", "assembly", "imports.ts"));
        Assert.Equal(Documented(), InOrder(SdkImport().Matches(text), @"(\w+): "));
    }

    [Fact]
    public void The_c_header_declares_each_function_of_the_page()
    {
        var text = File.ReadAllText(Path.Combine(GuestSdk.Folder, "c", "map.h"));
        Assert.Equal(Documented(), InOrder(CImport().Matches(text), @"(\w+)(?:,|$)").Select(each => each.Replace("(void)", "()", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_c_header_has_the_codes_and_tags_of_the_page()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryFiles.Docs, "guest-abi.md"));
        var header = File.ReadAllText(Path.Combine(GuestSdk.Folder, "c", "map.h"));
        var codes = Code().Matches(page).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["code"].Value);
        var tags = Tag().Matches(page).ToDictionary(match => match.Groups["name"].Value.ToUpperInvariant(), match => match.Groups["code"].Value);
        Assert.Equal((6, 8), (codes.Count, tags.Count));
        Assert.All(codes.Concat(tags), each => Assert.Contains($"MAP_{each.Key} = {each.Value},", header, StringComparison.Ordinal));
    }

    [Fact]
    public void The_built_dances_import_nothing_but_functions_of_the_page()
    {
        using var engine = new Engine();
        var offered = Documented().ToDictionary(each => each[..each.IndexOf('(', StringComparison.Ordinal)], Parameters);
        var modules = GuestSdk.Modules.ToList();
        Assert.NotEmpty(modules);
        foreach (var import in modules.SelectMany(file => GuestSdk.Inspect(engine, file).Imports))
        {
            Assert.Equal("map", import.Module);
            Assert.Equal(new FunctionType([.. Enumerable.Repeat(ValueKind.I32, offered[import.Name])], [ValueKind.I32]), import.Type);
        }
    }

    [Fact]
    public void One_of_them_uses_every_function()
    {
        using var engine = new Engine();
        var used = GuestSdk.Inspect(engine, GuestSdk.Built("every-function")).Imports.Select(import => import.Name).Order();
        Assert.Equal(Documented().Select(each => each[..each.IndexOf('(', StringComparison.Ordinal)]), used);
    }

    private static int Parameters(string signature) => signature.EndsWith("()", StringComparison.Ordinal) ? 0 : signature.Count(c => c == ',') + 1;

    /// <summary>The functions of the page as <c>name(parameter, parameter)</c>.</summary>
    private static List<string> Documented() =>
        InOrder(Row().Matches(File.ReadAllText(Path.Combine(RepositoryFiles.Docs, "guest-abi.md"))), @"(\w+):i32");

    private static List<string> InOrder(MatchCollection functions, string parameter) =>
        [.. functions.Select(match => $"{match.Groups["name"].Value}({string.Join(", ", Names(match.Groups["parameters"].Value, parameter))})").Order()];

    private static IEnumerable<string> Names(string parameters, string parameter) => Regex.Matches(parameters, parameter).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"^\| `(?<name>\w+)` \| (?<parameters>[^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^@external\('map', '(?<name>\w+)'\) export declare function \w+\((?<parameters>[^)]*)\): i32$", RegexOptions.Multiline)]
    private static partial Regex SdkImport();

    [GeneratedRegex(@"^MAP_IMPORT\(""(?<name>\w+)""\) int32_t map_\k<name>\((?<parameters>[^)]*)\);$", RegexOptions.Multiline)]
    private static partial Regex CImport();

    [GeneratedRegex(@"^\| (?<code>-\d) \| (?<name>[A-Z_]+) \|", RegexOptions.Multiline)]
    private static partial Regex Code();

    [GeneratedRegex(@"^\| (?<code>\d) \| (?<name>[a-z]+) \|", RegexOptions.Multiline)]
    private static partial Regex Tag();
}

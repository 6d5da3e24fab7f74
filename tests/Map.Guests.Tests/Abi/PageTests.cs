using System.Text.RegularExpressions;
using Map.Fixtures;
using Map.Guests.Abi;
using Map.Wasm;
using static Map.Wasm.ValueKind;

namespace Map.Guests.Tests.Abi;

/// <summary>The page and the linker tell the same.</summary>
public sealed partial class PageTests
{
    [Fact]
    public void The_page_has_the_imports_of_the_linker_in_their_order_with_their_parameters()
    {
        var page = Row().Matches(File.ReadAllText(Path.Combine(RepositoryFiles.Docs, "guest-abi.md")))
            .Select(row => $"{row.Groups["name"].Value}({string.Join(", ", Parameter().Matches(row.Groups["parameters"].Value).Select(each => each.Groups[1].Value))})");
        var linker = GuestInterface.Imports.Select(import => $"{import.Name}({string.Join(", ", import.Parameters)})");
        Assert.Equal(linker, page);
    }

    [Fact]
    public void Every_import_takes_and_gives_numbers_of_32_bits()
    {
        foreach (var import in GuestInterface.Imports)
        {
            var type = FunctionType.FromDelegate(import.Callback.GetType());
            Assert.Equal(new FunctionType(import.Parameters.Select(_ => I32), [I32]), type);
            Assert.Null(GuestInterface.FindProblem(new Import("map", import.Name, type)));
        }
    }

    [Theory]
    [InlineData("env", "close", "no such import")]
    [InlineData("map", "open", "no such import")]
    [InlineData("map", "close", "In map:guest/1 it is (i32) -> (i32)")]
    public void Another_import_is_refused_with_its_name(string module, string name, string why)
    {
        var problem = GuestInterface.FindProblem(new Import(module, name, new FunctionType([I64], [])));
        Assert.Contains($"\"{module}\" \"{name}\"", problem, StringComparison.Ordinal);
        Assert.Contains(why, problem, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\| `(?<name>\w+)` \|(?<parameters>[^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"(\w+):i32")]
    private static partial Regex Parameter();
}

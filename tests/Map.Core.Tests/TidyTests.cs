using System.Text.RegularExpressions;
using Map.Fixtures;

namespace Map.Core.Tests;

/// <summary>Style that a reviewer should not have to look for.</summary>
public partial class TidyTests
{
    private const int MaxFileLines = 400;
    private const int MaxLineLength = 150;

    private static readonly string[] CodeEndings = [".cs", ".ts", ".mjs", ".proto", ".sh", ".ps1"];

    private static readonly string[] Generated = ["bin", "obj", "node_modules", "dist", "gen", "artifacts", ".git"];

    /// <summary>What each project of ours may know.</summary>
    private static readonly Dictionary<string, string[]> Dependencies = new()
    {
        ["Map.Core"] = [],
        ["Map.Storage"] = ["Map.Core"],
        ["Map.Hub"] = ["Map.Core"],
        ["Map.Rpc"] = ["Map.Hub"],
        ["Map.Wasm"] = [],
        ["Map.Guests"] = ["Map.Core", "Map.Wasm"],
        ["Map.Wasm.Cli"] = ["Map.Wasm"],
        ["Map.Daemon"] = ["Map.Guests", "Map.Hub", "Map.Rpc", "Map.Storage", "Map.Wasm.Cli"],
    };

    [Fact]
    public void Files_are_short_enough_to_see_whole()
    {
        var long_ = CodeFiles().Select(file => (file, Lines: File.ReadLines(file).Count())).Where(each => each.Lines > MaxFileLines);
        Assert.Empty(long_.Select(each => $"{each.file} has {each.Lines} lines"));
    }

    [Fact]
    public void Lines_fit_and_end_clean()
    {
        var faults = new List<string>();
        foreach (var file in CodeFiles())
        {
            var number = 0;
            foreach (var line in File.ReadLines(file))
            {
                number++;
                if (line.Length > 0 && char.IsWhiteSpace(line[^1])) faults.Add($"{file}:{number} ends in white space");
                if (line.Length > MaxLineLength && IsProduct(file) && !line.Contains('"')) faults.Add($"{file}:{number} has {line.Length} characters");
            }
        }

        Assert.Empty(faults);
    }

    [Fact]
    public void Nothing_is_left_for_later_without_an_issue()
    {
        var files = CodeFiles().Where(file => !file.EndsWith("TidyTests.cs", StringComparison.Ordinal));
        Assert.DoesNotContain(files, file => Unfinished().IsMatch(File.ReadAllText(file)));
    }

    [Fact]
    public void Projects_depend_one_way()
    {
        foreach (var (project, allowed) in Dependencies)
        {
            var file = Directory.GetFiles(Path.Combine(RepositoryFiles.Root, "src"), $"{project}.csproj", SearchOption.AllDirectories).Single();
            var references = ProjectReference().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value);
            Assert.Equal(allowed.Order(), references.Order());
        }
    }

    [Fact]
    public void Every_error_code_says_cause_and_whether_a_retry_helps()
    {
        var text = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "proto", "map", "v1", "errors.proto"));
        var codes = ErrorCode().Matches(text);
        Assert.True(codes.Count > 60);
        Assert.All(codes.Where(code => code.Groups["number"].Value != "0"), code => Assert.Matches(@"(No retry|[Rr]etry( may)? helps?)", code.Groups["comment"].Value));
        Assert.Equal(codes.Count, codes.Select(code => code.Groups["number"].Value).Distinct().Count());
    }

    /// <summary>Tests may spell a whole message in one line.</summary>
    private static bool IsProduct(string file) =>
        file.EndsWith(".cs", StringComparison.Ordinal) && file.StartsWith(Path.Combine(RepositoryFiles.Root, "src"), StringComparison.Ordinal);

    private static IEnumerable<string> CodeFiles() =>
        Directory.EnumerateFiles(RepositoryFiles.Root, "*", SearchOption.AllDirectories)
            .Where(file => CodeEndings.Contains(Path.GetExtension(file)))
            .Where(file => !Path.GetRelativePath(RepositoryFiles.Root, file).Split(Path.DirectorySeparatorChar).Any(Generated.Contains));

    [GeneratedRegex(@"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedException")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"<ProjectReference Include=""[^""]*/([\w.]+)\.csproj""")]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"(?<comment>(?:^  // .*\n)*)^  ERROR_CODE_\w+ = (?<number>\d+);", RegexOptions.Multiline)]
    private static partial Regex ErrorCode();
}

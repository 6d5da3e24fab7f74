using System.Text.RegularExpressions;
using Map.Fixtures;
using Map.V1;

namespace Map.Daemon.Tests;

/// <summary>The limits that a person sets.</summary>
public sealed class LimitsTests
{
    [Theory]
    [InlineData("{ \"maxUndoStep\": 5 }", "limits.json, line 1, column ", "there is no such limit. The limits are maxMemoryBytes, ")]
    [InlineData("{\n  \"maxUndoSteps\": \"many\"\n}", "limits.json, line 2, column ", "\"maxUndoSteps\" is not a whole number in range.")]
    [InlineData("{\n  \"maxUndoSteps\": 99999999999\n}", "limits.json, line 2, column ", "\"maxUndoSteps\" is not a whole number in range.")]
    [InlineData("{ \"maxUndoSteps\": 0 }", "limits.json", "\"maxUndoSteps\" must be 1 or more.")]
    [InlineData("[1]", "limits.json, line 1, column ", "this is not a JSON object.")]
    [InlineData("null", "limits.json", "has no object with limits.")]
    public async Task A_wrong_file_is_refused_with_its_place_and_the_reason(string content, string place, string reason)
    {
        using var folder = new Folder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "limits.json"), content);
        var ending = await MapProgram.RunAsync("run", "--data", folder.Path, "--no-tcp");
        Assert.NotEqual(0, ending.ExitCode);
        Assert.StartsWith("map-daemon cannot start: ", ending.Error);
        Assert.Contains(place, ending.Error);
        Assert.Contains(reason, ending.Error);
    }

    [Fact]
    public async Task A_file_that_is_named_has_to_be_there()
    {
        using var folder = new Folder();
        var ending = await MapProgram.RunAsync("run", "--data", folder.Path, "--no-tcp", "--limits", Path.Combine(folder.Path, "none.json"));
        Assert.NotEqual(0, ending.ExitCode);
        Assert.Contains("none.json", ending.Error);
    }

    [Fact]
    public async Task A_limit_that_is_set_holds()
    {
        var data = RepositoryFiles.NewDirectory();
        await File.WriteAllTextAsync(Path.Combine(data, "limits.json"), "{ /* one */ \"maxUndoMarkers\": 1, }");
        using var daemon = await TestDaemon.StartOnAsync(data);
        await daemon.MustAsync("space", "create", "small", "--no-schema");
        var transaction = await daemon.Owner.BeginAsync("small");
        Assert.True((await daemon.Owner.MutateAsync(transaction, Mark("a"))).Success);
        var refused = await daemon.Owner.MutateAsync(transaction, Mark("b"));
        Assert.Equal((ErrorCode.LimitReached, 1UL), (refused.Errors[0].Code, refused.Errors[0].Details.Limit));
    }

    [Fact]
    public async Task The_page_of_operations_lists_every_limit()
    {
        using var folder = new Folder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "limits.json"), "{ \"none\": 1 }");
        var ending = await MapProgram.RunAsync("run", "--data", folder.Path, "--no-tcp");
        var names = Regex.Match(ending.Error, "The limits are (?<names>[^.]*)\\.").Groups["names"].Value.Split(", ");
        Assert.True(names.Length > 15);
        var page = await File.ReadAllTextAsync(Path.Combine(RepositoryFiles.Docs, "operations.md"));
        Assert.All(names, name => Assert.Contains($"`{name}`", page));
    }

    private static MutationCommand Mark(string id) => new() { AddUndoMarker = new AddUndoMarkerCommand { MarkerId = id } };
}

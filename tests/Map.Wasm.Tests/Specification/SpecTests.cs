using Map.Fixtures;
using Xunit.Abstractions;

namespace Map.Wasm.Tests.Specification;

/// <summary>Conformance with the specification, by its own scripts.</summary>
public class SpecTests(ITestOutputHelper output)
{
    [SpecScriptsFact]
    public void Every_assertion_of_the_specification_holds()
    {
        var directory = RepositoryFiles.NewDirectory();
        var outcomes = new List<SpecOutcome>();
        foreach (var script in SpecScripts.All)
            outcomes.Add(SpecRunner.Run(SpecScripts.Convert(script, directory)));

        System.IO.Directory.Delete(directory, recursive: true);
        var failures = outcomes.SelectMany(outcome => outcome.Failures).ToList();
        foreach (var outcome in outcomes)
            output.WriteLine($"{outcome.Script,-32}{outcome.Passed,6} passed{outcome.Failures.Count,6} failed{outcome.Text,6} of the text format, counted apart");
        output.WriteLine($"total: {outcomes.Sum(each => each.Passed)} passed, {failures.Count} failed, {outcomes.Sum(each => each.Text)} of the text format");
        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(100)));
    }
}

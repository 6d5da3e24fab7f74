using Map.Fixtures;

namespace Map.Wasm.Tests.Specification;

/// <summary>The scripts of the specification, beside the repository, and their conversion to commands and binary modules.</summary>
internal static class SpecScripts
{
    public static string Directory => Path.Combine(RepositoryFiles.Root, "..", "shared", "wasm-spec");

    /// <summary>All but the ones about vectors.</summary>
    public static IEnumerable<string> All =>
        System.IO.Directory.GetFiles(Directory, "*.wast").Where(path => !Path.GetFileName(path).StartsWith("simd_", StringComparison.Ordinal)).Order();

    /// <summary>Converts a script and returns the path of its commands.</summary>
    public static string Convert(string script, string directory)
    {
        var json = Path.Combine(directory, Path.GetFileNameWithoutExtension(script) + ".json");
        var (exitCode, _, _) = Programs.TryRun("wast2json", script, "-o", json);
        return exitCode == 0 ? json : new WastConverter(script, directory).Convert();
    }
}

/// <summary>A test that needs the specification's scripts; skipped with its reason where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SpecScriptsFactAttribute : FactAttribute
{
    public SpecScriptsFactAttribute()
    {
        if (!System.IO.Directory.Exists(SpecScripts.Directory))
            Skip = "the specification's scripts (shared/wasm-spec) are not beside this clone";
        else if (!NodeTools.AreInstalled || !Wabt.IsInstalled)
            Skip = "wabt is not installed; ./build.sh setup installs it";
    }
}

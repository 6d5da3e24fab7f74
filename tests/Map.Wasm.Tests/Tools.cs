using System.Diagnostics;
using Map.Fixtures;

namespace Map.Wasm.Tests;

/// <summary>Programs of the tests' own npm folder.</summary>
internal static class NodeTools
{
    private static readonly string Folder = Path.Combine(RepositoryFiles.Root, "tests", "Map.Wasm.Tests", "tools");

    public static bool AreInstalled => Directory.Exists(Path.Combine(Folder, "node_modules", "wabt"));

    public static void Run(string script, params string[] arguments) => Programs.Run("node", [Path.Combine(Folder, script), .. arguments]);
}

/// <summary>The tools of Debian's package wabt.</summary>
internal static class Wabt
{
    public static bool IsInstalled => File.Exists("/usr/bin/wast2json");
}

/// <summary>Programs that a test needs.</summary>
internal static class Programs
{
    /// <summary>Runs a program to its end and returns what it wrote; fails when it does.</summary>
    public static string Run(string program, params string[] arguments)
    {
        var (exitCode, output, errors) = TryRun(program, arguments);
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)}: {errors}");
        return output;
    }

    public static (int ExitCode, string Output, string Errors) TryRun(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}

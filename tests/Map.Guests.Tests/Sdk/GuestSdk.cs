using System.Diagnostics;
using Map.Fixtures;
using Map.Wasm;

namespace Map.Guests.Tests.Sdk;

/// <summary>The guest SDK of this repository, and what was built with it.</summary>
internal static class GuestSdk
{
    public static string Folder { get; } = Path.Combine(RepositoryFiles.Root, "src", "guest");

    /// <summary>The modules that the build makes of the dances.</summary>
    public static IEnumerable<string> Modules => Directory.GetFiles(Path.Combine(Folder, "dances"), "*.ts").Select(source => Built(Path.GetFileNameWithoutExtension(source)));

    public static string Built(string name) => Path.Combine(Folder, "dances", "build", $"{name}.wasm");

    public static Module Inspect(Engine engine, string file) => Module.Inspect(engine, File.ReadAllBytes(file));

    /// <summary>Runs <c>map-guest</c>; returns its exit code and what it wrote.</summary>
    public static (int ExitCode, string Output) MapGuest(params string[] arguments) =>
        Run("node", [Path.Combine(Folder, "sdk", "tool", "map-guest.mjs"), .. arguments]);

    /// <summary>Runs a program to its end.</summary>
    public static (int ExitCode, string Output) Run(string program, params string[] arguments)
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
        return (process.ExitCode, output + errors.Result);
    }
}

/// <summary>The example in C, built by what its header says.</summary>
internal sealed class InitialsInC : IDisposable
{
    private readonly string _folder = RepositoryFiles.NewDirectory();

    public InitialsInC()
    {
        Module = Path.Combine(_folder, "initials.wasm");
        var source = Path.Combine(GuestSdk.Folder, "c", "initials.c");
        var (compiled, messages) = GuestSdk.Run("clang", "--target=wasm32", "-O2", "-nostdlib", "-Wall", "-Werror", "-Wl,--no-entry", "-o", Module, source);
        Assert.True(compiled == 0, messages);
        var (added, problem) = GuestSdk.MapGuest("manifest", Module, Path.ChangeExtension(source, "json"));
        Assert.True(added == 0, problem);
    }

    public string Module { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

/// <summary>A test that compiles C for WebAssembly; skipped with its reason where clang cannot.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClangFactAttribute : FactAttribute
{
    public ClangFactAttribute()
    {
        if (!OnPath("clang") || !OnPath("wasm-ld")) Skip = "clang and wasm-ld, which build guests in C, are not installed";
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}

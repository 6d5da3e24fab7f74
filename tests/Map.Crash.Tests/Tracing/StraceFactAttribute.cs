using System.ComponentModel;
using System.Diagnostics;

namespace Map.Crash.Tests.Tracing;

/// <summary>A test that looks at system calls; skipped with its reason where strace is missing or may not trace.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class StraceFactAttribute : FactAttribute
{
    private static readonly string? _hindrance = FindHindrance();

    public StraceFactAttribute() => Skip = _hindrance!;

    private static string? FindHindrance()
    {
        try
        {
            var start = new ProcessStartInfo("strace", ["-f", "-o", "/dev/null", "true"]) { UseShellExecute = false, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"strace cannot trace here: {error.Trim()}";
        }
        catch (Win32Exception)
        {
            return "strace is missing; ./build.sh setup installs it";
        }
    }
}

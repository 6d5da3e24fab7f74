using System.Diagnostics;
using Map.Wasm.Checking;

namespace Map.Wasm.Cli;

/// <summary>The far side of <see cref="ModuleChecker"/>: compiles one module and says how that went.</summary>
internal static class CheckCommand
{
    public static int Run()
    {
        var request = CheckRequest.Read(Console.OpenStandardInput());
        using var engine = new Engine(request.Limits);
        var start = Stopwatch.GetTimestamp();
        CheckReply reply;
        try
        {
            Module.Compile(engine, request.Module);
            reply = new CheckReply(null, 0, null, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (ModuleException e)
        {
            reply = new CheckReply(e.Error, e.Offset, e.Reason, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        reply.Write(Console.OpenStandardOutput());
        return 0;
    }
}

using System.CommandLine;
using System.Runtime.InteropServices;
using Map.Daemon.CommandLine;
using Map.Daemon.Hosting;
using Map.Storage;
using Serilog.Events;

namespace Map.Crash.Host;

/// <summary>The daemon as <c>map-daemon run</c> puts it together, with steps of its store in the hands of a test.</summary>
internal static class HostCommand
{
    /// <summary>SIGUSR2 on Linux.</summary>
    private const int ArmingSignal = 12;

    private static readonly Option<string> Data = new("--data") { Required = true };

    private static readonly Option<int> Port = new("--port");

    private static readonly Option<bool> NoTcp = new("--no-tcp");

    private static readonly Option<string?> CrashAt = new("--crash-at") { Description = "A step and a count, as CommitSynced:17" };

    private static readonly Option<long?> WriteBuffer = new("--write-buffer") { Description = "Bytes; small ones make many tables" };

    private static readonly Argument<string> Backups = new("backups");

    private static readonly Option<bool> NoSync = new("--no-sync") { Description = "Write commits without a sync" };

    public static RootCommand Build()
    {
        var run = new Command("run") { Data, Port, NoTcp, CrashAt, WriteBuffer, NoSync };
        run.SetAction((result, _) => RunAsync(result));
        var restore = new Command("restore") { Data, Backups, CrashAt };
        restore.SetAction(Restore);
        return new RootCommand { run, restore };
    }

    /// <summary>Restores the newest backup, as <c>map-daemon restore</c> does.</summary>
    private static int Restore(ParseResult result)
    {
        var crash = CrashPoint.Parse(result.GetValue(CrashAt)!);
        crash.Arm();
        var storage = new StorageOptions { DataDirectory = result.GetValue(Data)!, Faults = crash.Reach };
        ClosedDirectory.Restore(result.GetValue(Backups)!, null, storage, TimeProvider.System, null, CancellationToken.None);
        return ExitCodes.Ok;
    }

    private static async Task<int> RunAsync(ParseResult result)
    {
        using var interruption = new Interruption();
        var options = new DaemonOptions(
            DaemonPaths.Of(result.GetValue(Data)), result.GetValue(NoTcp) ? null : result.GetValue(Port), LogEventLevel.Information);
        PrivateFiles.Prepare(options.Paths.Data);
        using var loggers = DaemonLog.Open(options, LogEventLevel.Warning);
        var crash = result.GetValue(CrashAt) is { } step ? CrashPoint.Parse(step) : null;

        // Armed from outside, so that what a test looks at first is not hit. A hang-up would not do: whoever runs the tests
        // under nohup has it ignored.
        using var arming = PosixSignalRegistration.Create((PosixSignal)ArmingSignal, context =>
        {
            context.Cancel = true;
            crash?.Arm();
        });
        var storage = new StorageOptions
        {
            DataDirectory = options.Paths.Data,
            Faults = crash is null ? null : crash.Reach,
            IsSynced = !result.GetValue(NoSync),
        };
        if (result.GetValue(WriteBuffer) is { } bytes) storage = storage with { WriteBufferBytes = bytes };
        var host = new DaemonHost(options, loggers) { Storage = storage };
        await host.RunAsync(static _ => { }, interruption.Token);
        return ExitCodes.Ok;
    }
}

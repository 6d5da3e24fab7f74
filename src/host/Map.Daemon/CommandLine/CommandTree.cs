using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Map.Daemon.CommandLine;

/// <summary>The commands.</summary>
internal static class CommandTree
{
    /// <summary>Runs what the command line asks for.</summary>
    /// <param name="args">The command line.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var result = Build().Parse(args);
        var isInformation = result.Action is HelpAction or HelpWithExamples or VersionText;
        if (!isInformation && WrongUsage.Find(result, args) is { Count: > 0 } problems)
            return WrongUsage.Report(result, problems);

        // Signals are the commands' own: the library would end a daemon that still finishes running calls.
        var configuration = new InvocationConfiguration
        {
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        };
        try
        {
            if (result.Action is not ParseErrorAction) return await result.InvokeAsync(configuration);
            // What is left is a command that wants a subcommand: its help tells them.
            configuration.Output = Console.Error;
            await Build().Parse([.. args, "--help"]).InvokeAsync(configuration);
            return ExitCodes.Usage;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync(
                $"map-daemon met a defect of its own. Please report it with the version and what follows.\n{e}");
            return ExitCodes.Defect;
        }
    }

    /// <summary>The commands with their help.</summary>
    internal static RootCommand Build()
    {
        var root = new RootCommand("Keeps self-describing holons in spaces, and lets clients edit them in transactions.")
        {
            CommonOptions.Data,
            CommonOptions.Json,
            RunCommand.Build(),
            StatusCommand.Build(),
            SpaceCommand.Build(),
            ImportCommand.Build(),
            QueryCommand.Build(),
            ExportCommand.Build(),
            TransactionsCommand.Build(),
            TokenCommand.Build(),
            GuestCommand.Build(),
            VerifyCommand.Build(),
            BackupCommand.Build(),
            RestoreCommand.Build(),
        };
        foreach (var option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction help }) option.Action = new HelpWithExamples(help);
            if (option is VersionOption) option.Action = new VersionText();
        }

        HelpWithExamples.Add(
            root,
            """
            map-daemon run                          serve ~/.local/share/map-daemon until Ctrl+C
            map-daemon status                       tell whether it runs
            map-daemon space create notes           make a space with the core schema
            map-daemon import --space notes *.json  import files, all or none
            map-daemon query --space notes q.json   ask a question that goes over several relationships
            map-daemon export --space notes         write all of it as one such file
            map-daemon guest install dances.wasm    install a module of dances
            map-daemon verify                       check everything that is saved
            map-daemon backup /srv/map-backups      back up all spaces while the daemon runs
            map-daemon import --help                more about one command

            Exit codes:
              0 done; 1 refused, or errors in the input; 2 wrong usage; 3 no daemon; 4 cannot start;
              5 verify or backup found something wrong; 70 a defect of map-daemon; 130 interrupted
            """);
        return root;
    }

    /// <summary>Prints the version.</summary>
    private sealed class VersionText : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"map-daemon {Hosting.ProductVersion.Long}");
            return ExitCodes.Ok;
        }
    }
}

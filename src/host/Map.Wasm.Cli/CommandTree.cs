using System.CommandLine;

namespace Map.Wasm.Cli;

/// <summary>The command line.</summary>
internal static class CommandTree
{
    private static readonly Argument<FileInfo> File = new("FILE") { Description = "A module in the binary format" };

    private static readonly Option<string> Invoke = new("--invoke") { Description = "The exported function to call; its arguments follow", Required = true };

    private static readonly Argument<string[]> Arguments = new("ARGUMENTS") { Description = "Numbers for its parameters" };

    private static readonly Option<long> Fuel = new("--fuel")
    {
        Description = "Fuel that the guest may use, about one unit for an instruction",
        DefaultValueFactory = _ => 1_000_000_000,
    };

    private static readonly Option<int> Timeout = new("--timeout-ms")
    {
        Description = "Time that the guest may take",
        DefaultValueFactory = _ => 10_000,
    };

    private static readonly Option<int> MaxPages = new("--max-pages")
    {
        Description = "Pages of 64 kB that its memory may have",
        DefaultValueFactory = _ => 1_024,
    };

    public static RootCommand Build()
    {
        var root = new RootCommand("""
            Runs and inspects WebAssembly modules with the engine of map-daemon. Numbers that begin with a minus sign follow
            after "--".

            Exit codes: 0 done; 1 the module is refused, the guest trapped, or wrong usage.
            """)
        {
            BuildRun(), BuildInspect(), BuildCheck(),
        };
        return root;
    }

    private static Command BuildRun()
    {
        var run = new Command("run", "Call an exported function and print its results") { File, Arguments, Invoke, Fuel, Timeout, MaxPages };
        Require(Fuel, value => value >= 0, "cannot be negative");
        Require(Timeout, value => value > 0, "must be positive");
        Require(MaxPages, value => value is >= 0 and <= 65_536, "must be 0 to 65536");
        run.SetAction(result => Reports.Guard(() => RunCommand.Run(
            result.GetValue(File)!.FullName,
            result.GetValue(Invoke)!,
            result.GetValue(Arguments) ?? [],
            new RunLimits(result.GetValue(Fuel), TimeSpan.FromMilliseconds(result.GetValue(Timeout)), result.GetValue(MaxPages)))));
        return run;
    }

    private static void Require<T>(Option<T> option, Func<T?, bool> isFine, string rule) => option.Validators.Add(result =>
    {
        if (!result.Implicit && !isFine(result.GetValueOrDefault<T>())) result.AddError($"{option.Name} {rule}.");
    });

    private static Command BuildInspect()
    {
        var inspect = new Command("inspect", "Validate a module and list its imports, exports and custom sections") { File };
        inspect.SetAction(result => Reports.Guard(() => InspectCommand.Run(result.GetValue(File)!.FullName)));
        return inspect;
    }

    private static Command BuildCheck()
    {
        var check = new Command("check", "Compile the module on standard input and report as JSON; the engine's module checker runs this") { Hidden = true };
        check.SetAction(_ => CheckCommand.Run());
        return check;
    }
}

namespace Map.Wasm.Tests.Specification;

/// <summary>What became of the assertions of a script.</summary>
public sealed record SpecOutcome(string Script)
{
    public int Passed { get; set; }

    /// <summary>Assertions about the text format, which test a parser that the engine does not have.</summary>
    public int Text { get; set; }

    public List<string> Failures { get; } = [];
}

/// <summary>Runs the commands of one script.</summary>
internal sealed class SpecRunner : IDisposable
{
    private readonly string _directory;
    private readonly Engine _engine = new();
    private readonly Store _store;
    private readonly Linker _linker = new();
    private readonly Dictionary<string, Instance> _named = [];
    private readonly SpecOutcome _outcome;
    private Instance? _last;

    private SpecRunner(string directory, string script)
    {
        _directory = directory;
        _outcome = new SpecOutcome(script);
        _store = new Store(_engine, new StoreLimits { MaxMemoryPages = 65_536, MaxTableElements = 20_000_000, MaxInstances = 10_000, MaxMemories = 10_000 });
        DefineHost();
    }

    public static SpecOutcome Run(string jsonPath)
    {
        using var runner = new SpecRunner(Path.GetDirectoryName(jsonPath)!, Path.GetFileNameWithoutExtension(jsonPath));
        foreach (var command in SpecScript.Read(jsonPath).Commands) runner.Run(command);
        return runner._outcome;
    }

    public void Dispose()
    {
        _store.Dispose();
        _engine.Dispose();
    }

    private void DefineHost()
    {
        _linker.DefineFunction("spectest", "print", () => { });
        _linker.DefineFunction("spectest", "print_i32", (int _) => { });
        _linker.DefineFunction("spectest", "print_i64", (long _) => { });
        _linker.DefineFunction("spectest", "print_f32", (float _) => { });
        _linker.DefineFunction("spectest", "print_f64", (double _) => { });
        _linker.DefineFunction("spectest", "print_i32_f32", (int _, float _) => { });
        _linker.DefineFunction("spectest", "print_f64_f64", (double _, double _) => { });
        _linker.Define("spectest", "global_i32", new Global(new GlobalType(ValueKind.I32, false), 666));
        _linker.Define("spectest", "global_i64", new Global(new GlobalType(ValueKind.I64, false), 666L));
        _linker.Define("spectest", "global_f32", new Global(new GlobalType(ValueKind.F32, false), 666.6f));
        _linker.Define("spectest", "global_f64", new Global(new GlobalType(ValueKind.F64, false), 666.6));
        _linker.Define("spectest", "table", new Table(_store, new TableType(ValueKind.FuncRef, 10, 20)));
        _linker.Define("spectest", "memory", new Memory(_store, new MemoryType(1, 2)));
    }

    private void Run(SpecCommand command)
    {
        if (command.ModuleType == "text")
        {
            _outcome.Text++;
            return;
        }

        try
        {
            if (Execute(command) is { } failure) _outcome.Failures.Add($"{_outcome.Script}:{command.Line} {command.Type}: {failure}");
            else if (command.Type.StartsWith("assert", StringComparison.Ordinal)) _outcome.Passed++;
        }
        catch (Exception e)
        {
            _outcome.Failures.Add($"{_outcome.Script}:{command.Line} {command.Type}: {e.GetType().Name} {e.Message}");
        }
    }

    /// <summary>What is wrong, or null.</summary>
    private string? Execute(SpecCommand command)
    {
        switch (command.Type)
        {
            case "module":
                _last = Instantiate(command);
                if (command.Name is not null) _named[command.Name] = _last;
                return null;
            case "register":
                _linker.Define(command.As!, Find(command.Name));
                return null;
            case "action":
                Act(command.Action!);
                return null;
            case "assert_return":
                return CheckReturn(command);
            case "assert_trap" or "assert_exhaustion":
                return CheckTrap(command, () => Act(command.Action!));
            case "assert_uninstantiable":
                return CheckTrap(command, () => Instantiate(command));
            case "assert_malformed" or "assert_invalid":
                return CheckRefused<ModuleException>(() => Module.Inspect(_engine, Bytes(command)));
            case "assert_unlinkable":
                return CheckRefused<LinkException>(() => Instantiate(command), command.Text!);
            default:
                return "the runner does not know this command";
        }
    }

    private byte[] Bytes(SpecCommand command) => File.ReadAllBytes(Path.Combine(_directory, command.Filename!));

    private Instance Instantiate(SpecCommand command) => _linker.Instantiate(_store, Module.Compile(_engine, Bytes(command)));

    private Instance Find(string? name) => name is null ? _last! : _named[name];

    private object?[] Act(SpecAction action)
    {
        var instance = Find(action.Module);
        return action.Type == "get"
            ? [instance.GetGlobal(action.Field)!.Value]
            : instance.GetFunction(action.Field)!.Call([.. action.Args.Select(SpecValues.ToObject)]);
    }

    private string? CheckReturn(SpecCommand command)
    {
        var actual = Act(command.Action!);
        if (actual.Length != command.Expected.Length) return $"{actual.Length} results";
        for (var i = 0; i < actual.Length; i++)
            if (!SpecValues.Matches(command.Expected[i], actual[i])) return $"result {i} is {actual[i] ?? "null"}, expected {command.Expected[i]}";
        return null;
    }

    private static string? CheckTrap(SpecCommand command, Action action)
    {
        try
        {
            action();
            return "no trap";
        }
        catch (TrapException trap)
        {
            // Some texts go on after the reference's message.
            return command.Text!.StartsWith(trap.Message, StringComparison.Ordinal) ? null : $"trap \"{trap.Message}\", expected \"{command.Text}\"";
        }
    }

    private static string? CheckRefused<TException>(Action action, string text = "")
        where TException : Exception
    {
        try
        {
            action();
            return "not refused";
        }
        catch (TException e)
        {
            return e.Message.StartsWith(text, StringComparison.Ordinal) ? null : $"refused with \"{e.Message}\", expected \"{text}\"";
        }
    }
}

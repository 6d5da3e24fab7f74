using System.Globalization;

namespace Map.Wasm.Cli;

/// <summary>What a guest may use.</summary>
/// <param name="Fuel">Fuel.</param>
/// <param name="Timeout">Time of the wall clock.</param>
/// <param name="MaxPages">Pages of memory.</param>
internal sealed record RunLimits(long Fuel, TimeSpan Timeout, int MaxPages);

/// <summary>Calls an exported function of a module.</summary>
internal static class RunCommand
{
    public static void Run(string path, string export, string[] arguments, RunLimits limits)
    {
        using var engine = new Engine();
        var module = Module.Compile(engine, File.ReadAllBytes(path));
        using var store = new Store(engine, new StoreLimits { MaxMemoryPages = limits.MaxPages }) { Fuel = limits.Fuel };
        store.SetDeadline(limits.Timeout);
        var instance = new Linker().Instantiate(store, module);
        var function = instance.GetFunction(export) ?? throw new UsageException(MissingExport(module, export));
        var results = function.Call(Parse(function.Type, arguments));
        foreach (var result in results) Console.WriteLine(Convert.ToString(result, CultureInfo.InvariantCulture) ?? "null");
        Console.Error.WriteLine($"fuel used: {limits.Fuel - store.Fuel}");
    }

    private static string MissingExport(Module module, string export)
    {
        var names = module.Exports.Where(each => each.Type is FunctionType).Select(each => each.Name).ToList();
        return $"The module exports no function \"{export}\"; it exports {(names.Count == 0 ? "none" : string.Join(", ", names))}.";
    }

    private static object?[] Parse(FunctionType type, string[] arguments)
    {
        if (arguments.Length != type.Parameters.Length)
            throw new UsageException($"The function is {type}: it takes {type.Parameters.Length} arguments, not {arguments.Length}.");
        return [.. arguments.Select((text, i) => Parse(text, type.Parameters[i]))];
    }

    private static object Parse(string text, ValueKind kind)
    {
        var culture = CultureInfo.InvariantCulture;
        return kind switch
        {
            ValueKind.I32 when int.TryParse(text, culture, out var value) => (object)value,
            ValueKind.I32 when uint.TryParse(text, culture, out var value) => (object)unchecked((int)value),
            ValueKind.I64 when long.TryParse(text, culture, out var value) => (object)value,
            ValueKind.I64 when ulong.TryParse(text, culture, out var value) => (object)unchecked((long)value),
            ValueKind.F32 when float.TryParse(text, culture, out var value) => (object)value,
            ValueKind.F64 when double.TryParse(text, culture, out var value) => (object)value,
            _ => throw new UsageException($"\"{text}\" is no {kind.ToString().ToLowerInvariant()}."),
        };
    }
}

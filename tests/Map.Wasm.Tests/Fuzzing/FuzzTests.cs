using System.Diagnostics;
using System.Globalization;
using Map.Fixtures;
using Xunit.Abstractions;

namespace Map.Wasm.Tests.Fuzzing;

/// <summary>Whatever the module, nothing comes of it but a refusal, a trap or results; and the results are right.</summary>
public class FuzzTests(ITestOutputHelper output)
{
    private const int Modules = 20_000;
    private const int ManyModules = 1_000_000;
    private const int Programs = 200;
    private const int ManyPrograms = 10_000;
    private const int MutationsOfOne = 40;
    private const long Fuel = 100_000;

    private readonly Dictionary<string, int> _endings = [];

    [Fact]
    public void Mutated_and_generated_modules_end_in_refusals_and_traps_only()
    {
        using var engine = new Engine();
        var count = LongTests.AreOn ? ManyModules : Modules;
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < count / MutationsOfOne; i++)
        {
            var module = new ProgramGenerator(i) { HasOpenNans = true, IsSmall = true }.Generate();
            Try(engine, module, i, -1);
            for (var mutation = 1; mutation < MutationsOfOne; mutation++) Try(engine, Mutator.Mutate(module, new Random(HashCode.Combine(i, mutation))), i, mutation);
        }

        foreach (var (ending, times) in _endings.OrderByDescending(each => each.Value)) output.WriteLine($"{times,8} {ending}");
        output.WriteLine($"{_endings.Values.Sum()} modules in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        Assert.True(_endings.Count > 5, "Modules must end in many ways.");
        Assert.True(_endings["results"] > count / 50, "Enough modules must run to their end.");
    }

    [WabtFact]
    public void Random_programs_agree_with_another_engine()
    {
        using var engine = new Engine();
        var directory = RepositoryFiles.NewDirectory();
        var (compared, values) = (0, 0);
        for (var seed = 0; compared < (LongTests.AreOn ? ManyPrograms : Programs); seed++)
        {
            var module = new ProgramGenerator(seed).Generate();
            if (RunAll(engine, module) is not { } mine) continue;
            var file = Path.Combine(directory, $"{seed}.wasm");
            File.WriteAllBytes(file, module);
            var theirs = Wasm.Tests.Programs.Run("wasm-interp", file, "--run-all-exports").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Normalise).ToList();
            Assert.True(mine.SequenceEqual(theirs), $"seed {seed}: {string.Join("; ", mine)} but {string.Join("; ", theirs)}");
            File.Delete(file);
            compared++;
            values += mine.Count(line => !line.Contains("error", StringComparison.Ordinal));
        }

        Directory.Delete(directory, recursive: true);
        output.WriteLine($"{compared} programs agree, {values} results among them");
        Assert.True(values > compared, "Most functions must come to a result.");
    }

    private void Try(Engine engine, byte[] module, int seed, int mutation)
    {
        string ending;
        try
        {
            ending = RunExports(engine, module);
        }
        catch (Exception e) when (e is not (ModuleException or LinkException or TrapException))
        {
            throw new InvalidOperationException($"Module {seed}, mutation {mutation}: {e.GetType().Name} {e.Message}", e);
        }
        catch (ModuleException e)
        {
            Assert.NotEqual(ModuleError.NotCompiled, e.Error);
            ending = e.Error.ToString();
        }
        catch (LinkException)
        {
            ending = "link";
        }
        catch (TrapException trap)
        {
            ending = $"trap {trap.Code}";
        }

        _endings[ending] = _endings.GetValueOrDefault(ending) + 1;
    }

    private static string RunExports(Engine engine, byte[] bytes)
    {
        var module = Module.Compile(engine, bytes);
        using var store = new Store(engine) { Fuel = Fuel };
        var instance = new Linker().Instantiate(store, module);
        foreach (var export in module.Exports)
        {
            if (export.Type is not FunctionType type) continue;
            instance.GetFunction(export.Name)!.Call([.. type.Parameters.Select(Zero)]);
        }

        return "results";
    }

    /// <summary>The results of all exports as the other engine writes them; null when the program is too long.</summary>
    private static List<string>? RunAll(Engine engine, byte[] bytes)
    {
        var module = Module.Compile(engine, bytes);
        using var store = new Store(engine) { Fuel = 20 * Fuel };
        var instance = new Linker().Instantiate(store, module);
        var lines = new List<string>();
        foreach (var export in module.Exports)
        {
            try
            {
                var result = instance.GetFunction(export.Name)!.Call()[0];
                lines.Add(result is int i32 ? $"{export.Name} i32:{(uint)i32}" : $"{export.Name} i64:{(ulong)(long)result!}");
            }
            catch (TrapException trap) when (trap.Code == TrapCode.FuelExhausted)
            {
                return null;
            }
            catch (TrapException trap)
            {
                lines.Add($"{export.Name} error: {trap.Message}");
            }
        }

        return lines;
    }

    private static string Normalise(string line)
    {
        var text = line.Replace("() => ", " ", StringComparison.Ordinal)
            .Replace("indirect call signature mismatch", TrapCode.IndirectCallTypeMismatch.Message(), StringComparison.Ordinal)
            .Replace("undefined table index", TrapCode.UndefinedElement.Message(), StringComparison.Ordinal)
            .Replace("uninitialized table element", TrapCode.UninitializedElement.Message(), StringComparison.Ordinal)
            .Replace("out of bounds memory access: memory.", "out of bounds memory access: access at memory.", StringComparison.Ordinal);
        var detail = text.IndexOf(": access at", StringComparison.Ordinal);
        return detail < 0 ? text : text[..detail];
    }

    private static object? Zero(ValueKind kind) => kind switch
    {
        ValueKind.I32 => (object)0,
        ValueKind.I64 => (object)0L,
        ValueKind.F32 => (object)0f,
        ValueKind.F64 => (object)0.0,
        _ => null,
    };
}

/// <summary>A test that needs Debian's wabt; skipped with its reason where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WabtFactAttribute : FactAttribute
{
    public WabtFactAttribute()
    {
        if (!Wabt.IsInstalled) Skip = "wabt is not installed; ./build.sh setup installs it";
    }
}

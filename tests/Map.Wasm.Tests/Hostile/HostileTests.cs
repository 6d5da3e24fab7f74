namespace Map.Wasm.Tests.Hostile;

/// <summary>Hostile modules end in a named error within their limits.</summary>
public class HostileTests
{
    private const long Fuel = 20_000_000;

    public static TheoryData<string> Names => [.. HostileModules.All.Select(each => each.Name)];

    public static TheoryData<string> CompileBombNames => [.. HostileModules.CompileBombs.Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_ends_in_its_error(string name)
    {
        using var engine = new Engine();
        var hostile = HostileModules.All.Single(each => each.Name == name);
        Assert.Equal(hostile.Ending, Run(engine, hostile));
    }

    [Theory]
    [MemberData(nameof(CompileBombNames))]
    public void Each_that_is_dear_to_compile_ends_in_its_error_on_a_thread_with_a_small_stack(string name)
    {
        using var engine = new Engine();
        var hostile = HostileModules.CompileBombs.Single(each => each.Name == name);
        Assert.Equal(hostile.Ending, OnSmallStack(() => Run(engine, hostile)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_ends_in_its_error_on_a_thread_with_a_small_stack(string name)
    {
        using var engine = new Engine();
        var hostile = HostileModules.All.Single(each => each.Name == name);
        Assert.Equal(hostile.Ending, OnSmallStack(() => Run(engine, hostile)));
    }

    private static string OnSmallStack(Func<string> run)
    {
        var ending = "";
        var thread = new Thread(() => ending = run(), maxStackSize: 1 << 20);
        thread.Start();
        thread.Join();
        return ending;
    }

    internal static string Run(Engine engine, HostileModule hostile)
    {
        try
        {
            var module = Module.Compile(engine, hostile.Module());
            using var store = new Store(engine) { Fuel = Fuel };
            store.SetDeadline(TimeSpan.FromMinutes(1));
            Instance? instance = null;
            var linker = new Linker().DefineFunction("host", "nothing", () => { })
                .DefineFunction("host", "again", () => instance!.GetFunction<Action>("run")!());
            instance = linker.Instantiate(store, module);
            instance.GetFunction<Action>("run")!();
            return "none";
        }
        catch (TrapException trap)
        {
            return trap.Code.ToString();
        }
        catch (ModuleException refusal)
        {
            return refusal.Error.ToString();
        }
        catch (LinkException)
        {
            return "link";
        }
    }
}

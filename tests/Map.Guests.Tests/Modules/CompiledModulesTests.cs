using System.Runtime.CompilerServices;
using Map.Core.Errors;
using Map.Fixtures;
using Map.Guests.Modules;
using Map.Wasm;

namespace Map.Guests.Tests.Modules;

public sealed class CompiledModulesTests : IDisposable
{
    private readonly string _root = RepositoryFiles.NewDirectory();
    private readonly Engine _engine = new();
    private readonly ModuleStore _store;

    public CompiledModulesTests() => _store = new ModuleStore(Path.Combine(_root, "guests"));

    public void Dispose()
    {
        _engine.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void Many_first_calls_at_once_compile_once()
    {
        var sha256 = Add("one");
        var compiled = new CompiledModules(_engine, _store);
        using var start = new Barrier(8);
        var found = new CompiledGuest[8];
        Together(8, each =>
        {
            start.SignalAndWait();
            found[each] = compiled.Get(sha256);
        });
        Assert.Single(found.Distinct(ReferenceEqualityComparer.Instance));
        Assert.True(found[0].Code.IsCompiled);
        Assert.Equal(1, compiled.Count);
    }

    [Fact]
    public void A_failure_is_not_kept()
    {
        var module = new TinyGuest("one").Build();
        var sha256 = ModuleStore.NameOf(module);
        var compiled = new CompiledModules(_engine, _store);
        Assert.Equal(HolonErrorCode.ModuleNotFound, Assert.Throws<HolonException>(() => compiled.Get(sha256)).Errors[0].Code);
        Assert.Equal(0, compiled.Count);
        _store.Add(module);
        Assert.Equal("one", compiled.Get(sha256).Manifest.Name);
    }

    [Fact]
    public void A_module_that_the_engine_does_not_take_any_more_is_refused()
    {
        var sha256 = Add("one");
        using var smaller = new Engine(new ModuleLimits { MaxModuleBytes = 10 });
        var error = Assert.Throws<HolonException>(() => new CompiledModules(smaller, _store).Get(sha256)).Errors.Single();
        Assert.Equal(HolonErrorCode.ModuleRefused, error.Code);
    }

    [Fact]
    public void Those_not_used_for_longest_make_room()
    {
        var compiled = new CompiledModules(_engine, _store, new ModuleOptions { MaxCompiled = 2 });
        var names = (string[])[Add("one"), Add("two"), Add("three")];
        var first = compiled.Get(names[0]);
        var second = compiled.Get(names[1]);
        Assert.Same(first, compiled.Get(names[0]));
        compiled.Get(names[2]);
        Assert.Equal(2, compiled.Count);
        Assert.Same(first, compiled.Get(names[0]));
        Assert.NotSame(second, compiled.Get(names[1]));
    }

    [Fact]
    public void Bytes_are_a_bound_too_but_one_module_always_fits()
    {
        var compiled = new CompiledModules(_engine, _store, new ModuleOptions { MaxCompiledBytes = 1 });
        var (one, two) = (Add("one"), Add("two"));
        var first = compiled.Get(one);
        Assert.Same(first, compiled.Get(one));
        compiled.Get(two);
        Assert.Equal(1, compiled.Count);
        Assert.NotSame(first, compiled.Get(one));
    }

    [Fact]
    public void The_code_of_a_removed_module_is_freed()
    {
        var compiled = new CompiledModules(_engine, _store);
        var sha256 = Add("one");
        var code = CodeOf(compiled, sha256);
        _store.Remove(sha256);
        compiled.Remove(sha256);
        for (var i = 0; i < 10 && code.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(code.IsAlive);
    }

    [Fact]
    public void A_call_that_has_its_module_goes_on_while_it_is_removed()
    {
        var compiled = new CompiledModules(_engine, _store);
        var guest = compiled.Get(Add("one"));
        _store.Remove(guest.Sha256);
        compiled.Remove(guest.Sha256);
        using var store = new Store(_engine);
        Assert.Equal(0, new Linker().Instantiate(store, guest.Code).GetFunction<Func<int, int>>("run")!(0));
        Assert.Equal(HolonErrorCode.ModuleNotFound, Assert.Throws<HolonException>(() => compiled.Get(guest.Sha256)).Errors[0].Code);
    }

    /// <summary>However first calls and a removal meet: once it is removed, no call finds it.</summary>
    [Fact]
    public void A_module_that_is_removed_while_it_is_compiled_is_not_found_later()
    {
        var module = new TinyGuest("one").Build();
        var compiled = new CompiledModules(_engine, _store);
        for (var round = 0; round < 50; round++)
        {
            var sha256 = _store.Add(module);
            using var start = new Barrier(3);
            Together(3, each =>
            {
                start.SignalAndWait();
                if (each == 0)
                {
                    _store.Remove(sha256);
                    compiled.Remove(sha256);
                    return;
                }

                try
                {
                    Assert.Equal("one", compiled.Get(sha256).Manifest.Name);
                }
                catch (HolonException e)
                {
                    Assert.Equal(HolonErrorCode.ModuleNotFound, e.Errors[0].Code);
                }
            });
            Assert.Throws<HolonException>(() => compiled.Get(sha256));
            Assert.Equal(0, compiled.Count);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference CodeOf(CompiledModules compiled, string sha256) => new(compiled.Get(sha256).Code);

    private static void Together(int count, Action<int> action)
    {
        var tasks = Enumerable.Range(0, count)
            .Select(each => Task.Factory.StartNew(() => action(each), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))
            .ToArray();
        Task.WaitAll(tasks);
    }

    private string Add(string name) => _store.Add(new TinyGuest(name).Build());
}

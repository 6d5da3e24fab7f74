using Map.Wasm.Execution;

namespace Map.Wasm;

/// <summary>Names things that modules can import, and instantiates modules with them.</summary>
public sealed class Linker
{
    private readonly Dictionary<(string Module, string Name), object> _items = [];

    /// <summary>Offers a function of the host under a name; see <see cref="Function.FromDelegate"/>. A later one replaces it.</summary>
    /// <exception cref="ArgumentException">A parameter or the result has no counterpart in WebAssembly.</exception>
    public Linker DefineFunction(string module, string name, Delegate callback)
    {
        _ = HostAdapters.For(callback.GetType());
        _items[(module, name)] = callback;
        return this;
    }

    /// <summary>Offers a function of a store.</summary>
    public Linker Define(string module, string name, Function function) => Put(module, name, function);

    /// <summary>Offers a memory.</summary>
    public Linker Define(string module, string name, Memory memory) => Put(module, name, memory);

    /// <summary>Offers a table.</summary>
    public Linker Define(string module, string name, Table table) => Put(module, name, table);

    /// <summary>Offers a global.</summary>
    public Linker Define(string module, string name, Global global) => Put(module, name, global);

    /// <summary>Offers all exports of an instance.</summary>
    public Linker Define(string module, Instance instance)
    {
        foreach (var export in instance.Module.Exports) Put(module, export.Name, instance.GetExport(export)!);
        return this;
    }

    /// <summary>
    /// Instantiates a module: resolves its imports, copies its segments, and calls its start function, which is guest code
    /// under the fuel and deadline of the store.
    /// </summary>
    /// <exception cref="LinkException">An import is missing or of another type, or a limit of the store forbids it.</exception>
    /// <exception cref="TrapException">A segment does not fit, or the start function trapped.</exception>
    public unsafe Instance Instantiate(Store store, Module module)
    {
        if (module.Code is not { } code) throw new InvalidOperationException("The module was inspected, not compiled.");
        var parts = Resolve(store, module);
        store.AddInstance(code.MaxResults);
        parts.AddOwn();
        var instance = code.Create(parts);
        instance.SetFunctionGlobals();
        // Segments and the start function are guest's work: they are charged, and run on a measured stack.
        var previous = store.Enter();
        try
        {
            Segments.CopyActive(instance);
        }
        finally
        {
            store.Leave(previous);
        }

        if (module.Definition.Start is { } start) instance.FunctionAt(start).ToDelegate<Action>()();
        return instance;
    }

    private Linker Put(string module, string name, object item)
    {
        _items[(module, name)] = item;
        return this;
    }

    private InstanceParts Resolve(Store store, Module module)
    {
        var parts = new InstanceParts(module, store);
        var (functions, tables, globals) = (0, 0, 0);
        foreach (var import in module.Imports)
        {
            if (!_items.TryGetValue((import.Module, import.Name), out var item))
                throw new LinkException($"unknown import \"{import.Module}\" \"{import.Name}\": {import.Type}");
            switch (import.Type)
            {
                case FunctionType: parts.Functions[functions++] = Check(import, store, item as Function ?? FromDelegate(store, item)); break;
                case TableType: parts.Tables[tables++] = Check(import, store, item as Table); break;
                case MemoryType: parts.Memory = Check(import, store, item as Memory); break;
                default: parts.Globals[globals++] = Check(import, item as Global); break;
            }
        }

        return parts;
    }

    private static Function? FromDelegate(Store store, object item) => item is Delegate callback ? Function.FromDelegate(store, callback) : null;

    private static Function Check(Import import, Store store, Function? function)
    {
        if (function is null || !function.Type.Equals((FunctionType)import.Type)) throw Incompatible(import, function?.Type);
        return function.Store == store ? function : throw OfAnotherStore(import);
    }

    private static Table Check(Import import, Store store, Table? table)
    {
        var wanted = (TableType)import.Type;
        if (table is null || table.Declared.Element != wanted.Element
            || !Fits(table.Type.Minimum, table.Declared.Maximum, wanted.Minimum, wanted.Maximum))
            throw Incompatible(import, table?.Type);
        return table.Store == store ? table : throw OfAnotherStore(import);
    }

    private static Memory Check(Import import, Store store, Memory? memory)
    {
        var wanted = (MemoryType)import.Type;
        if (memory is null || !Fits(memory.Pages, memory.Declared.Maximum, wanted.Minimum, wanted.Maximum)) throw Incompatible(import, memory?.Type);
        return memory.Store == store ? memory : throw OfAnotherStore(import);
    }

    private static Global Check(Import import, Global? global) =>
        global is not null && global.Type == (GlobalType)import.Type ? global : throw Incompatible(import, global?.Type);

    private static bool Fits(uint minimum, uint? maximum, uint wantedMinimum, uint? wantedMaximum) =>
        minimum >= wantedMinimum && (wantedMaximum is null || maximum <= wantedMaximum);

    private static LinkException Incompatible(Import import, ExternType? actual) =>
        new($"incompatible import type: \"{import.Module}\" \"{import.Name}\" must be {import.Type}, is {actual?.ToString() ?? "something else"}");

    private static LinkException OfAnotherStore(Import import) =>
        new($"The import \"{import.Module}\" \"{import.Name}\" belongs to another store.");
}

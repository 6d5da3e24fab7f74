using System.Reflection;
using Map.Wasm.Execution;

namespace Map.Wasm;

/// <summary>A function of an instance, or one of the host.</summary>
public sealed class Function
{
    /// <summary>The address of its code, whose last parameter is <see cref="Target"/>.</summary>
    internal readonly nint Code;

    /// <summary>What the code is bound to: an instance, or a <see cref="HostFunction"/>.</summary>
    internal readonly object Target;

    /// <summary>The store. Compiled code compares it with its own before an indirect call.</summary>
    internal readonly Store Store;

    private readonly MethodInfo _method;

    internal Function(FunctionType type, Store store, MethodInfo method, nint code, object target)
    {
        Type = type;
        Store = store;
        _method = method;
        Code = code;
        Target = target;
    }

    /// <summary>Its type.</summary>
    public FunctionType Type { get; }

    /// <summary>
    /// A function of the host. Parameters and result are int, long, float, double, <see cref="Function"/> or object; the first
    /// parameter may be a <see cref="Caller"/>. What it throws passes through the guest to whoever called it.
    /// </summary>
    /// <exception cref="ArgumentException">A parameter or the result is of another type.</exception>
    public static Function FromDelegate(Store store, Delegate callback)
    {
        var adapter = HostAdapters.For(callback.GetType());
        return new Function(adapter.Type, store, adapter.Method, adapter.Code, new HostFunction(store, callback));
    }

    /// <summary>A delegate that calls it: the fast way in. The first use of a delegate type costs about a millisecond.</summary>
    /// <typeparam name="TDelegate">A delegate type of the same signature.</typeparam>
    /// <exception cref="LinkException">The signatures differ.</exception>
    public TDelegate ToDelegate<TDelegate>()
        where TDelegate : Delegate
    {
        var adapter = EntryAdapters.For(typeof(TDelegate));
        if (!adapter.Type.Equals(Type)) throw new LinkException($"The function is {Type}; {typeof(TDelegate)} is {adapter.Type}.");
        return adapter.Method.CreateDelegate<TDelegate>(this);
    }

    /// <summary>Calls it with arguments of the exact types, and returns its results: for tools, not for speed.</summary>
    /// <exception cref="ArgumentException">The arguments do not fit.</exception>
    /// <exception cref="TrapException">The guest trapped.</exception>
    public object?[] Call(params object?[] arguments)
    {
        if (arguments.Length != Type.Parameters.Length)
            throw new ArgumentException($"The function takes {Type.Parameters.Length} arguments, not {arguments.Length}.", nameof(arguments));
        for (var i = 0; i < arguments.Length; i++) CheckArgument(i, arguments[i]);
        var previous = Store.Enter();
        try
        {
            var result = _method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [.. arguments, Target], null);
            return Type.Results.Length == 1 ? [result] : [.. Type.Results.Select((kind, i) => ResultSlots.Read(Store, i, kind))];
        }
        finally
        {
            Store.Leave(previous);
        }
    }

    private void CheckArgument(int index, object? argument)
    {
        var kind = Type.Parameters[index];
        var fits = kind switch
        {
            ValueKind.ExternRef => true,
            ValueKind.FuncRef => argument is null || (argument is Function function && function.Store == Store),
            _ => argument?.GetType() == kind.ClrType(),
        };
        if (!fits) throw new ArgumentException($"Argument {index} must be {kind.Name()}, not {argument?.GetType().Name ?? "null"}.", nameof(argument));
    }
}

/// <summary>What a function of the host is bound to.</summary>
internal sealed class HostFunction(Store store, Delegate callback)
{
    public readonly Store Store = store;
    public readonly Delegate Callback = callback;
}

using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Map.Wasm.Execution;

/// <summary>Code that leads from one side to the other, emitted once for a delegate type.</summary>
/// <param name="Type">The signature.</param>
/// <param name="Method">The code.</param>
/// <param name="Code">Its address.</param>
internal sealed record Adapter(FunctionType Type, MethodInfo Method, nint Code);

/// <summary>
/// Where adapters are emitted. They live as long as the process: delegate types are the embedder's, so that a guest cannot
/// make more of them.
/// </summary>
internal static class AdapterAssembly
{
    private static readonly ModuleBuilder Module = AssemblyBuilder
        .DefineDynamicAssembly(new AssemblyName("Map.Wasm.Adapters"), AssemblyBuilderAccess.Run).DefineDynamicModule("Adapters");

    private static readonly Lock Gate = new();
    private static int s_count;

    public static Adapter Emit(FunctionType type, Type result, Type[] parameters, Action<ILGenerator> body)
    {
        lock (Gate)
        {
            var holder = Module.DefineType($"Adapter{s_count++}", TypeAttributes.Abstract | TypeAttributes.Sealed | TypeAttributes.NotPublic);
            var builder = holder.DefineMethod("Call", MethodAttributes.Static | MethodAttributes.Public, result, parameters);
            // An adapter is called from the first call on as often as any: no tiers, which would compile it anew later.
            builder.SetImplementationFlags(MethodImplAttributes.AggressiveOptimization);
            body(builder.GetILGenerator());
            var method = holder.CreateType().GetMethod("Call")!;
            RuntimeHelpers.PrepareMethod(method.MethodHandle);
            return new Adapter(type, method, method.MethodHandle.GetFunctionPointer());
        }
    }
}

/// <summary>Adapters from guest code to a delegate of the host.</summary>
internal static class HostAdapters
{
    private static readonly ConcurrentDictionary<Type, Lazy<Adapter>> Known = new();

    public static Adapter For(Type delegateType) => Known.GetOrAdd(delegateType, static type => new Lazy<Adapter>(() => Emit(type))).Value;

    private static Adapter Emit(Type delegateType)
    {
        var type = FunctionType.FromDelegate(delegateType);
        var invoke = FunctionType.InvokeOf(delegateType);
        var takesCaller = invoke.GetParameters().Length > type.Parameters.Length;
        return AdapterAssembly.Emit(type, type.ClrReturn(), type.ClrParameters(), il =>
        {
            // The target is a HostFunction by construction, and its callback of the delegate type; neither is checked again.
            var target = type.Parameters.Length;
            il.Emit(OpCodes.Ldarg, target);
            il.Emit(OpCodes.Ldfld, typeof(HostFunction).GetField(nameof(HostFunction.Callback))!);
            if (takesCaller)
            {
                il.Emit(OpCodes.Ldarg, target);
                il.Emit(OpCodes.Ldfld, typeof(HostFunction).GetField(nameof(HostFunction.Store))!);
                il.Emit(OpCodes.Newobj, typeof(Caller).GetConstructor(BindingFlags.NonPublic | BindingFlags.Instance, [typeof(Store)])!);
            }

            for (var i = 0; i < target; i++) il.Emit(OpCodes.Ldarg, i);
            il.Emit(OpCodes.Callvirt, invoke);
            il.Emit(OpCodes.Ret);
        });
    }
}

/// <summary>Adapters from a delegate that the host calls to guest code.</summary>
internal static class EntryAdapters
{
    private const BindingFlags Hidden = BindingFlags.NonPublic | BindingFlags.Instance;

    private static readonly ConcurrentDictionary<Type, Lazy<Adapter>> Known = new();

    public static Adapter For(Type delegateType) => Known.GetOrAdd(delegateType, static type => new Lazy<Adapter>(() => Emit(type))).Value;

    private static Adapter Emit(Type delegateType)
    {
        var type = FunctionType.FromDelegate(delegateType);
        var invoke = FunctionType.InvokeOf(delegateType);
        Type[] parameters = [typeof(Function), .. invoke.GetParameters().Select(each => each.ParameterType)];
        if (parameters.Contains(typeof(Caller))) throw new ArgumentException($"{delegateType} has a Caller, which only host functions have.", nameof(delegateType));
        return AdapterAssembly.Emit(type, invoke.ReturnType, parameters, il => EmitBody(il, type));
    }

    private static void EmitBody(ILGenerator il, FunctionType type)
    {
        var store = typeof(Function).GetField(nameof(Function.Store), Hidden)!;
        var previous = il.DeclareLocal(typeof(nuint));
        var result = type.Results.Length == 1 ? il.DeclareLocal(type.ClrReturn()) : null;
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, store);
        il.Emit(OpCodes.Call, typeof(Store).GetMethod(nameof(Store.Enter), Hidden)!);
        il.Emit(OpCodes.Stloc, previous);
        il.BeginExceptionBlock();
        for (var i = 0; i < type.Parameters.Length; i++) il.Emit(OpCodes.Ldarg, i + 1);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, typeof(Function).GetField(nameof(Function.Target), Hidden)!);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, typeof(Function).GetField(nameof(Function.Code), Hidden)!);
        il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, type.ClrReturn(), type.ClrParameters(), null);
        if (result is not null) il.Emit(OpCodes.Stloc, result);
        il.BeginFinallyBlock();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, store);
        il.Emit(OpCodes.Ldloc, previous);
        il.Emit(OpCodes.Call, typeof(Store).GetMethod(nameof(Store.Leave), Hidden)!);
        il.EndExceptionBlock();
        if (result is not null) il.Emit(OpCodes.Ldloc, result);
        il.Emit(OpCodes.Ret);
    }
}

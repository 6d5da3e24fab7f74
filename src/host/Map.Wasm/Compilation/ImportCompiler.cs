using System.Reflection;
using System.Reflection.Emit;

namespace Map.Wasm.Compilation;

/// <summary>Emits the method that stands for an imported function: it notes who calls, and calls what was imported.</summary>
internal static class ImportCompiler
{
    private const int FuelPerCall = 20;

    public static void Emit(ModuleLayout layout, int index)
    {
        var type = layout.Module.Functions[index];
        var il = layout.Methods[index].GetILGenerator();
        var instance = type.Parameters.Length;
        var function = il.DeclareLocal(typeof(Function));
        var store = il.DeclareLocal(typeof(Store));
        il.Emit(OpCodes.Ldarg, instance);
        il.Emit(OpCodes.Ldfld, Members.InstanceStore);
        il.Emit(OpCodes.Stloc, store);
        EmitCharge(il, store);
        il.Emit(OpCodes.Ldloc, store);
        il.Emit(OpCodes.Ldarg, instance);
        il.Emit(OpCodes.Stfld, Members.StoreCallingInstance);
        il.Emit(OpCodes.Ldarg, instance);
        il.Emit(OpCodes.Ldfld, layout.Function(index));
        il.Emit(OpCodes.Stloc, function);
        for (var i = 0; i < instance; i++) il.Emit(OpCodes.Ldarg, i);
        il.Emit(OpCodes.Ldloc, function);
        il.Emit(OpCodes.Ldfld, Members.FunctionTarget);
        il.Emit(OpCodes.Ldloc, function);
        il.Emit(OpCodes.Ldfld, Members.FunctionCode);
        il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, type.ClrReturn(), type.ClrParameters(), null);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitCharge(ILGenerator il, LocalBuilder store)
    {
        var enough = il.DefineLabel();
        il.Emit(OpCodes.Ldloc, store);
        il.Emit(OpCodes.Ldloc, store);
        il.Emit(OpCodes.Ldfld, Members.StoreFuelLeft);
        il.Emit(OpCodes.Ldc_I8, (long)FuelPerCall);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Stfld, Members.StoreFuelLeft);
        il.Emit(OpCodes.Ldloc, store);
        il.Emit(OpCodes.Ldfld, Members.StoreFuelLeft);
        il.Emit(OpCodes.Ldloc, store);
        il.Emit(OpCodes.Volatile);
        il.Emit(OpCodes.Ldfld, Members.StoreFuelFloor);
        il.Emit(OpCodes.Bge, enough);
        il.Emit(OpCodes.Ldloc, store);
        il.Emit(OpCodes.Call, Members.StoreStop);
        il.Emit(OpCodes.Throw);
        il.MarkLabel(enough);
    }
}

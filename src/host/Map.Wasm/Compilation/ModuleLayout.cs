using System.Reflection;
using System.Reflection.Emit;
using Map.Wasm.Binary;
using Map.Wasm.Execution;

namespace Map.Wasm.Compilation;

/// <summary>
/// The class that a module becomes: derived from <see cref="Instance"/>, with a field for each global, table, imported
/// function and type, and a static method for each function.
/// </summary>
internal sealed class ModuleLayout
{
    private const BindingFlags Hidden = BindingFlags.NonPublic | BindingFlags.Instance;

    private readonly FieldBuilder[] _globals;
    private readonly FieldBuilder[] _tables;
    private readonly FieldBuilder[] _functions;
    private readonly FieldBuilder[] _types;

    public ModuleLayout(ModuleDefinition module, TypeBuilder type)
    {
        Module = module;
        Type = type;
        _globals = DefineFields("g", typeof(Global), module.Globals.Count);
        _tables = DefineFields("t", typeof(Table), module.Tables.Count);
        _functions = DefineFields("f", typeof(Function), module.ImportedFunctions);
        _types = DefineFields("y", typeof(FunctionType), module.Types.Count);
        Methods = [.. module.Functions.Select(DefineMethod)];
    }

    public ModuleDefinition Module { get; }

    public TypeBuilder Type { get; }

    /// <summary>The methods of all functions; those of imported ones lead to what was imported.</summary>
    public MethodBuilder[] Methods { get; }

    public FieldInfo Global(int index) => _globals[index];

    public FieldInfo Table(int index) => _tables[index];

    public FieldInfo Function(int index) => _functions[index];

    public FieldInfo FunctionType(int index) => _types[index];

    /// <summary>Emits the constructor, which copies the parts into the fields, and a static method that calls it.</summary>
    public void EmitCreate()
    {
        var constructor = Type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, [typeof(InstanceParts)]);
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Call, typeof(Instance).GetConstructor(Hidden, [typeof(InstanceParts)])!);
        EmitCopies(il, _globals, typeof(InstanceParts).GetField(nameof(InstanceParts.Globals))!, null);
        EmitCopies(il, _tables, typeof(InstanceParts).GetField(nameof(InstanceParts.Tables))!, null);
        EmitCopies(il, _functions, typeof(InstanceParts).GetField(nameof(InstanceParts.Functions))!, null);
        var types = typeof(InstanceParts).GetProperty(nameof(InstanceParts.Types))!.GetMethod!;
        EmitCopies(il, _types, null, types);
        il.Emit(OpCodes.Ret);

        var create = Type.DefineMethod(
            GuestMethods.CreateName, MethodAttributes.Public | MethodAttributes.Static, typeof(Instance), [typeof(InstanceParts)]);
        il = create.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Newobj, constructor);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitCopies(ILGenerator il, FieldBuilder[] fields, FieldInfo? array, MethodInfo? list)
    {
        if (fields.Length == 0) return;
        var source = il.DeclareLocal(array?.FieldType ?? list!.ReturnType);
        il.Emit(OpCodes.Ldarg_1);
        if (array is not null) il.Emit(OpCodes.Ldfld, array);
        else il.Emit(OpCodes.Callvirt, list!);
        il.Emit(OpCodes.Stloc, source);
        for (var i = 0; i < fields.Length; i++)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldloc, source);
            il.Emit(OpCodes.Ldc_I4, i);
            if (array is not null) il.Emit(OpCodes.Ldelem_Ref);
            else il.Emit(OpCodes.Callvirt, list!.ReturnType.GetMethod("get_Item")!);
            il.Emit(OpCodes.Stfld, fields[i]);
        }
    }

    private FieldBuilder[] DefineFields(string prefix, Type type, int count) =>
        [.. Enumerable.Range(0, count).Select(i => Type.DefineField($"{prefix}{i}", type, FieldAttributes.Public))];

    private MethodBuilder DefineMethod(FunctionType type, int index)
    {
        var method = Type.DefineMethod(
            GuestMethods.NameOf(Module, index), MethodAttributes.Public | MethodAttributes.Static, type.ClrReturn(), type.ClrParameters());
        // Locals of the guest are zeroed one by one; what the compiler adds need not be.
        method.InitLocals = false;
        return method;
    }
}

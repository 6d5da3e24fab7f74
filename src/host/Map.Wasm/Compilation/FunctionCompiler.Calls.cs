using System.Reflection;
using System.Reflection.Emit;
using Map.Wasm.Binary;
using Map.Wasm.Execution;

namespace Map.Wasm.Compilation;

/// <summary>Calls of other functions and of the engine.</summary>
internal sealed partial class FunctionCompiler
{
    private void EmitCall(int index)
    {
        var type = _module.Functions[index];
        Settle(type.Parameters.Length);
        WriteFuelBack();
        for (var i = type.Parameters.Length - 1; i >= 0; i--) Load(i);
        LoadInstance();
        _il.Emit(OpCodes.Call, layout.Methods[index]);
        PopMany(type.Parameters.Length);
        TakeResults(type);
    }

    private void EmitIndirectCall(int typeIndex, int table)
    {
        var type = _module.Types[typeIndex];
        Settle(1 + type.Parameters.Length);
        var callee = EmitElement(table);
        EmitTypeCheck(callee, typeIndex);
        EmitStoreCheck(callee);
        Pop();
        WriteFuelBack();
        for (var i = type.Parameters.Length - 1; i >= 0; i--) Load(i);
        _il.Emit(OpCodes.Ldloc, callee);
        _il.Emit(OpCodes.Ldfld, Members.FunctionTarget);
        _il.Emit(OpCodes.Ldloc, callee);
        _il.Emit(OpCodes.Ldfld, Members.FunctionCode);
        _il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, type.ClrReturn(), type.ClrParameters(), null);
        PopMany(type.Parameters.Length);
        TakeResults(type);
    }

    /// <summary>The function that the topmost operand selects, in an IL local.</summary>
    private LocalBuilder EmitElement(int table)
    {
        _elements ??= _il.DeclareLocal(typeof(object[]));
        _callee ??= _il.DeclareLocal(typeof(Function));
        LoadTable(table);
        _il.Emit(OpCodes.Ldfld, Members.TableElements);
        _il.Emit(OpCodes.Stloc, _elements);
        Load(0);
        _il.Emit(OpCodes.Ldloc, _elements);
        _il.Emit(OpCodes.Ldlen);
        _il.Emit(OpCodes.Conv_I4);
        _il.Emit(OpCodes.Bge_Un, Trap(TrapCode.UndefinedElement));
        _il.Emit(OpCodes.Ldloc, _elements);
        Load(0);
        _il.Emit(OpCodes.Ldelem_Ref);
        _il.Emit(OpCodes.Stloc, _callee);
        _il.Emit(OpCodes.Ldloc, _callee);
        _il.Emit(OpCodes.Brfalse, Trap(TrapCode.UninitializedElement));
        return _callee;
    }

    private void EmitTypeCheck(LocalBuilder callee, int typeIndex)
    {
        var (other, same) = (_il.DefineLabel(), _il.DefineLabel());
        _il.Emit(OpCodes.Ldloc, callee);
        _il.Emit(OpCodes.Call, Members.FunctionTypeOf);
        LoadInstance();
        _il.Emit(OpCodes.Ldfld, layout.FunctionType(typeIndex));
        _il.Emit(OpCodes.Bne_Un, other);
        _il.MarkLabel(same);
        var mismatch = Trap(TrapCode.IndirectCallTypeMismatch);
        _rare.Add(() =>
        {
            _il.MarkLabel(other);
            _il.Emit(OpCodes.Ldloc, callee);
            _il.Emit(OpCodes.Call, Members.FunctionTypeOf);
            LoadInstance();
            _il.Emit(OpCodes.Ldfld, layout.FunctionType(typeIndex));
            _il.Emit(OpCodes.Call, Members.TypesEqual);
            _il.Emit(OpCodes.Brtrue, same);
            _il.Emit(OpCodes.Br, mismatch);
        });
    }

    private void EmitStoreCheck(LocalBuilder callee)
    {
        var foreign = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloc, callee);
        _il.Emit(OpCodes.Ldfld, Members.FunctionStore);
        _il.Emit(OpCodes.Ldloc, _store);
        _il.Emit(OpCodes.Bne_Un, foreign);
        _rare.Add(() =>
        {
            _il.MarkLabel(foreign);
            _il.Emit(OpCodes.Call, Members.OfAnotherStore);
            _il.Emit(OpCodes.Throw);
        });
    }

    /// <summary>After a call: its results become operands. A single one is on IL's stack.</summary>
    private void TakeResults(FunctionType type)
    {
        if (type.Results.Length == 1) PushResult(type.Results[0]);
        else
        {
            for (var i = 0; i < type.Results.Length; i++)
            {
                _il.Emit(OpCodes.Ldloc, _store);
                _il.Emit(OpCodes.Ldc_I4, i);
                _il.Emit(OpCodes.Call, Members.TakeResult(type.Results[i]));
                PushResult(type.Results[i]);
            }
        }

        ReadFuel();
        ReadMemoryLength();
    }

    private void EmitRuntimeCall(in Instruction instruction)
    {
        var (first, second) = ((int)instruction.Index, (int)instruction.Second);
        switch (instruction.Opcode)
        {
            case Opcode.RefNull:
                Push(new Operand((ValueKind)instruction.First, Place.Constant));
                break;
            case Opcode.RefIsNull:
                Load(0);
                _il.Emit(OpCodes.Ldnull);
                _il.Emit(OpCodes.Ceq);
                Pop();
                PushResult(ValueKind.I32);
                break;
            case Opcode.MemorySize:
                _il.Emit(OpCodes.Ldloc, _length);
                _il.Emit(OpCodes.Ldc_I4, 16);
                _il.Emit(OpCodes.Shr_Un);
                _il.Emit(OpCodes.Conv_I4);
                PushResult(ValueKind.I32);
                break;
            case Opcode.TableSize:
                LoadTable(first);
                _il.Emit(OpCodes.Ldfld, Members.TableElements);
                _il.Emit(OpCodes.Ldlen);
                _il.Emit(OpCodes.Conv_I4);
                PushResult(ValueKind.I32);
                break;
            case Opcode.RefFunc or Opcode.MemoryGrow or Opcode.MemoryFill or Opcode.MemoryCopy or Opcode.MemoryInit or Opcode.DataDrop:
                EmitMemoryCall(instruction.Opcode, first);
                break;
            default:
                EmitTableCall(instruction.Opcode, first, second);
                break;
        }
    }

    private void EmitMemoryCall(Opcode opcode, int index)
    {
        switch (opcode)
        {
            case Opcode.RefFunc:
                CallRuntime(typeof(Traps), nameof(Traps.FunctionReference), 0, ValueKind.FuncRef, LoadInstance, () => LoadIndex(index));
                break;
            case Opcode.MemoryGrow: CallRuntime(typeof(BulkMemory), nameof(BulkMemory.Grow), 1, ValueKind.I32, LoadInstance); break;
            case Opcode.MemoryFill: CallRuntime(typeof(BulkMemory), nameof(BulkMemory.Fill), 3, null, LoadInstance); break;
            case Opcode.MemoryCopy: CallRuntime(typeof(BulkMemory), nameof(BulkMemory.Copy), 3, null, LoadInstance); break;
            case Opcode.MemoryInit: CallRuntime(typeof(BulkMemory), nameof(BulkMemory.Init), 3, null, LoadInstance, () => LoadIndex(index)); break;
            default: CallRuntime(typeof(Instance), nameof(Instance.DropData), 0, null, LoadInstance, () => LoadIndex(index)); break;
        }
    }

    private void EmitTableCall(Opcode opcode, int first, int second)
    {
        var calls = typeof(BulkTable);
        switch (opcode)
        {
            case Opcode.TableGet: CallRuntime(calls, nameof(BulkTable.Get), 1, _module.Tables[first].Element, () => LoadTable(first)); break;
            case Opcode.TableSet: CallRuntime(calls, nameof(BulkTable.Set), 2, null, () => LoadTable(first)); break;
            case Opcode.TableGrow: CallRuntime(calls, nameof(BulkTable.Grow), 2, ValueKind.I32, () => LoadTable(first)); break;
            case Opcode.TableFill: CallRuntime(calls, nameof(BulkTable.Fill), 3, null, () => LoadTable(first)); break;
            case Opcode.TableCopy: CallRuntime(calls, nameof(BulkTable.Copy), 3, null, () => LoadTable(first), () => LoadTable(second)); break;
            case Opcode.TableInit:
                CallRuntime(calls, nameof(BulkTable.Init), 3, null, LoadInstance, () => LoadIndex(second), () => LoadIndex(first));
                break;
            default: CallRuntime(typeof(Instance), nameof(Instance.DropElements), 0, null, LoadInstance, () => LoadIndex(first)); break;
        }
    }

    /// <summary>Calls a method of the engine with what is given and the topmost operands.</summary>
    private void CallRuntime(Type type, string name, int operands, ValueKind? result, params ReadOnlySpan<Action> given)
    {
        Settle(operands);
        WriteFuelBack();
        foreach (var load in given) load();
        for (var i = operands - 1; i >= 0; i--) Load(i);
        _il.Emit(OpCodes.Call, Members.Method(type, name));
        PopMany(operands);
        if (result is { } kind) PushResult(kind);
        ReadFuel();
        ReadMemoryLength();
    }

    private void LoadIndex(int index) => _il.Emit(OpCodes.Ldc_I4, index);

    private void LoadTable(int index)
    {
        LoadInstance();
        _il.Emit(OpCodes.Ldfld, layout.Table(index));
    }
}

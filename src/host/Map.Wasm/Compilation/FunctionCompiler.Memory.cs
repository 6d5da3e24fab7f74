using System.Reflection.Emit;
using Map.Wasm.Binary;

namespace Map.Wasm.Compilation;

/// <summary>
/// Loads and stores. The memory's start and length are kept in IL locals: the start never changes, and the length is read
/// again after everything that may let the memory grow. Addresses are unsigned 32-bit numbers, so that the sum with an
/// offset cannot overflow 64 bits, and one comparison is all that an access needs.
/// </summary>
internal sealed partial class FunctionCompiler
{
    private LocalBuilder _start = null!;
    private LocalBuilder _length = null!;
    private LocalBuilder _address = null!;

    private void EmitMemoryEntry()
    {
        _start = _il.DeclareLocal(typeof(nint));
        _length = _il.DeclareLocal(typeof(nint));
        _address = _il.DeclareLocal(typeof(nint));
        LoadInstance();
        _il.Emit(OpCodes.Ldfld, Members.InstanceMemory);
        _il.Emit(OpCodes.Ldfld, Members.MemoryStart);
        _il.Emit(OpCodes.Stloc, _start);
        ReadMemoryLength();
    }

    private void ReadMemoryLength()
    {
        if (!_facts.UsesMemory) return;
        LoadInstance();
        _il.Emit(OpCodes.Ldfld, Members.InstanceMemory);
        _il.Emit(OpCodes.Ldfld, Members.MemoryLength);
        _il.Emit(OpCodes.Stloc, _length);
    }

    private void EmitLoad(in Instruction instruction, MemoryOperator access)
    {
        EmitAddress(0, instruction.Second, access.SizeBytes);
        _il.Emit(LoadCode(access));
        if (access.Kind == ValueKind.I64 && access.SizeBytes < sizeof(long))
            _il.Emit(access.Name[^1] == 's' ? OpCodes.Conv_I8 : OpCodes.Conv_U8);
        Pop();
        PushResult(access.Kind);
    }

    private void EmitStore(in Instruction instruction, MemoryOperator access)
    {
        Settle(1);
        EmitAddress(1, instruction.Second, access.SizeBytes);
        Load(0);
        _il.Emit(StoreCode(access));
        PopMany(2);
    }

    /// <summary>Checks an access and leaves its address on IL's stack.</summary>
    private void EmitAddress(int fromTop, uint offset, int sizeBytes)
    {
        var operand = _operands[Height - 1 - fromTop];
        if (operand.Place == Place.Constant)
        {
            _il.Emit(OpCodes.Ldc_I8, (long)(uint)operand.Value + offset);
            _il.Emit(OpCodes.Conv_I);
        }
        else
        {
            Load(fromTop);
            _il.Emit(OpCodes.Conv_U);
            if (offset > 0)
            {
                _il.Emit(OpCodes.Ldc_I8, (long)offset);
                _il.Emit(OpCodes.Conv_I);
                _il.Emit(OpCodes.Add);
            }
        }

        _il.Emit(OpCodes.Stloc, _address);
        _il.Emit(OpCodes.Ldloc, _address);
        _il.Emit(OpCodes.Ldloc, _length);
        _il.Emit(OpCodes.Ldc_I4, sizeBytes);
        _il.Emit(OpCodes.Conv_I);
        // Signed: below zero for a memory shorter than the access.
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Bgt, Trap(TrapCode.MemoryOutOfBounds));
        _il.Emit(OpCodes.Ldloc, _start);
        _il.Emit(OpCodes.Ldloc, _address);
        _il.Emit(OpCodes.Add);
    }

    private static OpCode LoadCode(MemoryOperator access)
    {
        if (access.Kind == ValueKind.F32) return OpCodes.Ldind_R4;
        if (access.Kind == ValueKind.F64) return OpCodes.Ldind_R8;
        var isSigned = access.Name[^1] != 'u';
        return access.SizeBytes switch
        {
            1 => isSigned ? OpCodes.Ldind_I1 : OpCodes.Ldind_U1,
            2 => isSigned ? OpCodes.Ldind_I2 : OpCodes.Ldind_U2,
            4 => isSigned ? OpCodes.Ldind_I4 : OpCodes.Ldind_U4,
            _ => OpCodes.Ldind_I8,
        };
    }

    private static OpCode StoreCode(MemoryOperator access) => access switch
    {
        { Kind: ValueKind.F32 } => OpCodes.Stind_R4,
        { Kind: ValueKind.F64 } => OpCodes.Stind_R8,
        { SizeBytes: 1 } => OpCodes.Stind_I1,
        { SizeBytes: 2 } => OpCodes.Stind_I2,
        { SizeBytes: 4 } => OpCodes.Stind_I4,
        _ => OpCodes.Stind_I8,
    };
}
